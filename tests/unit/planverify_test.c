/* Edited plans against both schemas. */
#include "unitfacts.h"

#include "planverify.h"

static const char backup_facts[] = "table\ta.t\ttable\n"
                                   "column\ta.t\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
                                   "column\ta.t\told\tinteger\tyes\t\\N\tno\tno\t\\N\n"
                                   "column\ta.t\tsum\tinteger\tyes\t\\N\tno\tno\t\\N\n"
                                   "data\ta.t\tcopy\t1\t2\tid\told\tsum\n"
                                   "table\ta.none\ttable\n"
                                   "data\ta.gone\tcopy\t1\t2\tid\n"
                                   "data\ta.v\tcopy\t1\t2\tid\n";
static const char live_facts[] = "table\ta.t\ttable\n"
                                 "column\ta.t\tid\tbigint\tyes\t\\N\tno\tno\t\\N\n"
                                 "column\ta.t\tsum\tinteger\tyes\t(1)\tno\tyes\t\\N\n"
                                 "column\ta.t\tnew\tinteger\tyes\t\\N\tno\tno\t\\N\n"
                                 "table\ta.none\ttable\n"
                                 "table\ta.v\tview\n";

#define HEAD "plan\t-\t-\t1\n"
#define TABLE HEAD "table\ta.t\t-\tmerge\t(id)\n"

static const struct {
    const char *plan, *reason; /* NULL: good */
} plans[] = {
    {HEAD, NULL},
    {TABLE, NULL},
    {TABLE "column\ta.t\tid\tset\t-\tbigint\n", NULL},
    {TABLE "column\ta.t\tid\tset\n", NULL},
    {TABLE "column\ta.t\told\tskip\n", NULL},
    {TABLE "column\ta.t\tid\tset\n"
           "end\n",
        NULL},
    {HEAD "table\ta.gone\t-\tskip\n", NULL},
    {HEAD "table\ta.nothing\t-\tappend\n", "the backup holds no rows of a.nothing"},
    {HEAD "table\ta.none\t-\tappend\n", "the backup holds no rows of a.none"},
    {HEAD "table\ta.gone\t-\tappend\n", "a.gone is not in the live database"},
    {HEAD "table\ta.v\t-\tappend\n", "no ordinary table"},
    {HEAD "table\ta.t\t-\tmerge\t(old)\n", "no column old of the key"},
    {TABLE "column\ta.t\tid\tset\t-\tinteger\n", "is bigint, not integer"},
    {TABLE "column\ta.t\told\tset\n", "the live table has no column old"},
    {TABLE "column\ta.t\tnew\tset\n", "the backup's rows have no column new"},
    {TABLE "column\ta.t\tsum\tset\n", "is generated"},
};

START_TEST(the_last_record_is_verified)
{
    struct schema backup = {0}, live = {0};
    struct plan plan = {0};
    char *reason = NULL;

    unitfacts_add(&backup, backup_facts);
    unitfacts_add(&live, live_facts);
    for (const char *text = plans[_i].plan; *text != '\0';) {
        size_t length = strcspn(text, "\n");

        ck_assert(plan_parse(&plan, slice_make(text, length), &reason));
        text += length + (text[length] == '\n');
        if (!planverify_last(&plan, &backup, &live, &reason))
            break;
    }
    if (plans[_i].reason == NULL)
        ck_assert_msg(reason == NULL, "%s", reason);
    else
        ck_assert(reason != NULL && strstr(reason, plans[_i].reason) != NULL);
}
END_TEST

START_TEST(a_missing_type_is_the_live_columns)
{
    struct schema backup = {0}, live = {0};
    struct plan plan = {0};
    char *reason;

    unitfacts_add(&backup, backup_facts);
    unitfacts_add(&live, live_facts);
    ck_assert(plan_parse(&plan, SLICE("plan\t-\t-\t1"), &reason));
    ck_assert(plan_parse(&plan, SLICE("table\ta.t\t-\tmerge\t(id)"), &reason));
    ck_assert(plan_parse(&plan, SLICE("column\ta.t\tid\tset"), &reason));
    ck_assert(planverify_last(&plan, &backup, &live, &reason));
    ck_assert_str_eq(plan.tables[0].columns[0].type, "bigint");
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("planverify");

    tcase_add_loop_test(
        tests, the_last_record_is_verified, 0, (int)(sizeof plans / sizeof plans[0]));
    tcase_add_test(tests, a_missing_type_is_the_live_columns);
    return unit_run(tests);
}
