/* Differences between schemas, line by line. */
#include "unitfacts.h"

#include "differ.h"

#define HEAD "what\ttable\tname\tbackup\tlive\n"
#define DATA "data\ta.t\tcopy\t1\t2\tid\n"
#define ID "column\ta.t\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
#define TABLE "table\ta.t\ttable\n" ID

static const struct {
    const char *backup, *live, *differences;
} scenes[] = {
    {TABLE DATA, TABLE, ""},
    {TABLE DATA, "", "table\ta.t\t\\N\ttable\t\\N\n"},
    {TABLE DATA, "table\ta.t\tview\n", "table\ta.t\t\\N\ttable\tview\n"},
    {TABLE DATA, "table\ta.t\ttable\n", "column\ta.t\tid\tinteger\t\\N\n"},
    {TABLE DATA, TABLE "column\ta.t\tx\ttext\tno\t\\N\tno\tno\t\\N\n",
        "column\ta.t\tx\t\\N\ttext\n"},
    {TABLE DATA, "table\ta.t\ttable\ncolumn\ta.t\tid\tbigint\tyes\t\\N\tno\tno\t\\N\n",
        "type\ta.t\tid\tinteger\tbigint\n"},
    /* the name of a key does not matter, nor whether it is a constraint */
    {TABLE DATA "key\ta.t\tone\tunique\t(id)\tno\tno\n",
        TABLE "key\ta.t\ttwo\tindex\t(id)\tno\tno\n", ""},
    {TABLE DATA "key\ta.t\tone\tprimary\t(id)\tno\tno\n",
        TABLE "key\ta.t\tone\tunique\t(id)\tno\tno\n",
        "key\ta.t\tone\t(id)\t\\N\nkey\ta.t\tone\t\\N\t(id)\n"},
    {TABLE DATA "reference\ta.t\tfk\t(id)\ta.p\t(id)\tno\n", TABLE,
        "reference\ta.t\tfk\t(id) a.p (id)\t\\N\n"},
    {TABLE DATA, TABLE "reference\ta.t\tfk\t(id)\ta.p\t(id)\tno\n",
        "reference\ta.t\tfk\t\\N\t(id) a.p (id)\n"},
    {TABLE DATA "enum\ta.e\tx\ty\n", TABLE "enum\ta.e\tx\n", "enum\t\\N\ta.e\t(x, y)\t(x)\n"},
    {"enum\ta.e\tx\n", "", "enum\t\\N\ta.e\t(x)\t\\N\n"},
    /* a dump of data only declares nothing; nor do tables that only the live database has count */
    {DATA, TABLE "key\ta.t\tk\tprimary\t(id)\tno\tno\n", ""},
    {DATA, "table\ta.t\ttable\n", "column\ta.t\tid\t(not declared)\t\\N\n"},
    {TABLE DATA, TABLE "table\ta.u\ttable\n", ""},
    {TABLE, TABLE, ""},
};

START_TEST(each_difference_is_a_line)
{
    struct schema backup = {0}, live = {0};
    struct rules rules = {0};
    struct decide decide = {.backup = &backup, .live = &live, .rules = &rules};
    struct buf out = {0}, expected = {0};
    size_t n;

    unitfacts_add(&backup, scenes[_i].backup);
    unitfacts_add(&live, scenes[_i].live);
    decide_tables(&decide);
    n = differ_list(&decide, &out);
    buf_add_format(&expected, HEAD "%s", scenes[_i].differences);
    ck_assert_str_eq(buf_string(&out), buf_string(&expected));
    for (const char *p = scenes[_i].differences; *p != '\0'; p++)
        n -= *p == '\n';
    ck_assert_uint_eq(n, 0);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("differ");

    tcase_add_loop_test(
        tests, each_difference_is_a_line, 0, (int)(sizeof scenes / sizeof scenes[0]));
    return unit_run(tests);
}
