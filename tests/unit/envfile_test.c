/* Lines of .env files. */
#include "unit.h"

#include "envfile.h"

static const struct {
    const char *line;
    enum envfile_line kind;
    const char *name, *value;
} lines[] = {
    {"", ENVFILE_NOTHING, "", ""},
    {"   # A=b", ENVFILE_NOTHING, "", ""},
    {"A", ENVFILE_NOTHING, "", ""},
    {"export", ENVFILE_NOTHING, "", ""},
    {"export =x", ENVFILE_NOTHING, "", ""},
    {"A=b", ENVFILE_VALUE, "A", "b"},
    {"A=", ENVFILE_VALUE, "A", ""},
    {"export=b", ENVFILE_VALUE, "export", "b"},
    {"  export\tA_1 = b \r", ENVFILE_VALUE, "A_1", "b"},
    {"A=b # c", ENVFILE_VALUE, "A", "b"},
    {"A=b#c", ENVFILE_VALUE, "A", "b#c"},
    {"A=# c", ENVFILE_VALUE, "A", ""},
    {"A='b # \\n $X' # c", ENVFILE_VALUE, "A", "b # \\n $X"},
    {"A=\"b \\\"c\\\" \\$x\\\\\" # d", ENVFILE_VALUE, "A", "b \"c\" $x\\"},
    {"A=\"b", ENVFILE_VALUE, "A", "b"},
    {"A=a=b", ENVFILE_VALUE, "A", "a=b"},
    {"A=postgresql://u:$P@h/d", ENVFILE_VARIABLE, "A", "postgresql://u:$P@h/d"},
    {"A=\"${P}\"", ENVFILE_VARIABLE, "A", "${P}"},
    {"A=cost$", ENVFILE_VALUE, "A", "cost$"},
};

START_TEST(a_line_gives_name_and_value)
{
    struct buf name = {0}, value = {0};

    ck_assert_int_eq(
        envfile_parse(slice_string(lines[_i].line), &name, &value), (int)lines[_i].kind);
    if (lines[_i].kind != ENVFILE_NOTHING) {
        unit_slice_is(buf_slice(&name), lines[_i].name);
        unit_slice_is(buf_slice(&value), lines[_i].value);
    }
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("envfile");

    tcase_add_loop_test(
        tests, a_line_gives_name_and_value, 0, (int)(sizeof lines / sizeof lines[0]));
    return unit_run(tests);
}
