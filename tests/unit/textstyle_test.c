#include "textstyle.h"

#include "unit.h"

/* What is set one after another, and the value that it comes to. */
static const struct {
    enum textstyle_name name;
    const char *set[3];
    const char *value;
    bool taken; /* the last of them */
} cases[] = {
    {TEXTSTYLE_DATESTYLE, {NULL}, "ISO, YMD", true},
    {TEXTSTYLE_DATESTYLE, {"ISO"}, "ISO, YMD", true},
    {TEXTSTYLE_DATESTYLE, {"German"}, "ISO, DMY", true},
    {TEXTSTYLE_DATESTYLE, {"german, mdy"}, "ISO, MDY", true},
    {TEXTSTYLE_DATESTYLE, {"SQL"}, "ISO, MDY", true},
    {TEXTSTYLE_DATESTYLE, {"sql,  Euro"}, "ISO, DMY", true},
    {TEXTSTYLE_DATESTYLE, {"dmy", "Postgres"}, "ISO, DMY", true},
    {TEXTSTYLE_DATESTYLE, {"mdy", "ISO"}, "ISO, MDY", true},
    {TEXTSTYLE_DATESTYLE, {"mdy", "german"}, "ISO, DMY", true},
    {TEXTSTYLE_DATESTYLE, {"mdy", ""}, "ISO, YMD", true},
    {TEXTSTYLE_DATESTYLE, {"mdy", "dmy; DROP TABLE x"}, "ISO, MDY", false},
    {TEXTSTYLE_INTERVALSTYLE, {"SQL_Standard"}, "sql_standard", true},
    {TEXTSTYLE_INTERVALSTYLE, {"iso_8601", "none"}, "iso_8601", false},
    {TEXTSTYLE_TIMEZONE, {"Europe/Paris"}, "Europe/Paris", true},
    {TEXTSTYLE_TIMEZONE, {"-7"}, "-7", true},
    {TEXTSTYLE_TIMEZONE, {"<+03>-3"}, "<+03>-3", true},
    {TEXTSTYLE_TIMEZONE, {"INTERVAL '-08:00'"}, "INTERVAL '-08:00'", true},
    {TEXTSTYLE_TIMEZONE, {"UTC\"; x"}, "UTC", false},
    {TEXTSTYLE_TIMEZONE,
        {"Asia/Tokyo", "0123456789012345678901234567890123456789012345678901234567890123"},
        "Asia/Tokyo", false},
};

START_TEST(only_checked_values_are_taken)
{
    struct textstyle style = {0};
    const char *name = textstyle_names[cases[_i].name];
    bool taken = true;

    for (size_t i = 0; i < 3 && cases[_i].set[i] != NULL; i++)
        taken = textstyle_set(&style, slice_string(name), slice_string(cases[_i].set[i]));
    ck_assert_int_eq(taken, cases[_i].taken);
    ck_assert_str_eq(textstyle_value(&style, cases[_i].name), cases[_i].value);
}
END_TEST

START_TEST(other_settings_are_not_kept)
{
    struct textstyle style = {0};

    ck_assert(!textstyle_set(&style, SLICE("search_path"), SLICE("x")));
    ck_assert(!textstyle_has(SLICE("role")));
    ck_assert(textstyle_has(SLICE("TimeZone")));
    ck_assert(textstyle_is_own(&style));
}
END_TEST

START_TEST(what_was_set_to_the_own_value_is_the_own_style)
{
    struct textstyle style = {0}, other = {0};

    textstyle_set(&style, SLICE("timezone"), SLICE("UTC"));
    ck_assert(textstyle_is_own(&style));
    textstyle_set(&style, SLICE("timezone"), SLICE("Asia/Tokyo"));
    ck_assert(!textstyle_is_own(&style));
    ck_assert(!textstyle_equal(&style, &other));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("textstyle");

    tcase_add_loop_test(
        tests, only_checked_values_are_taken, 0, (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(tests, other_settings_are_not_kept);
    tcase_add_test(tests, what_was_set_to_the_own_value_is_the_own_style);
    return unit_run(tests);
}
