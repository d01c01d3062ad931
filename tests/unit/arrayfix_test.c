#include "arrayfix.h"

#include "unit.h"

#define KEEP PLAN_UNRESOLVED_KEEP
#define NULLED PLAN_UNRESOLVED_NULL
#define DROP PLAN_UNRESOLVED_DROP
#define REJECT PLAN_UNRESOLVED_REJECT

/* Fields are written as they stand in a row: escaped. */
struct example {
    const char *field;
    enum plan_unresolved unresolved;
    enum arrayfix_result result;
    const char *expected; /* the field, or the reason */
};

/* The map: 1 to 11, 2 to 2, 3 to -33. */
static const struct example numbers[] = {
    {"\\N", REJECT, ARRAYFIX_KEPT, "\\N"},
    {"{}", REJECT, ARRAYFIX_KEPT, "{}"},
    {"{2}", REJECT, ARRAYFIX_KEPT, "{2}"},
    {"{ 2 ,\"2\"}", REJECT, ARRAYFIX_KEPT, "{ 2 ,\"2\"}"},
    {"{2,NULL}", REJECT, ARRAYFIX_KEPT, "{2,NULL}"},
    {"{1}", REJECT, ARRAYFIX_CHANGED, "{11}"},
    {"{1,2,3,NULL}", REJECT, ARRAYFIX_CHANGED, "{11,2,-33,NULL}"},
    {"{{1,2},{3,1}}", REJECT, ARRAYFIX_CHANGED, "{{11,2},{-33,11}}"},
    {"[0:1]={1,2}", REJECT, ARRAYFIX_CHANGED, "[0:1]={11,2}"},
    {"{2,9}", KEEP, ARRAYFIX_KEPT, "{2,9}"},
    {"{1,9}", KEEP, ARRAYFIX_CHANGED, "{11,9}"},
    {"{1,9}", NULLED, ARRAYFIX_CHANGED, "{11,NULL}"},
    {"{{1,9}}", NULLED, ARRAYFIX_CHANGED, "{{11,NULL}}"},
    {"{9,1,9}", DROP, ARRAYFIX_CHANGED, "{11}"},
    {"{9}", DROP, ARRAYFIX_CHANGED, "{}"},
    {"[5:6]={9,2}", DROP, ARRAYFIX_CHANGED, "[5:5]={2}"},
    {"{1,9}", REJECT, ARRAYFIX_REJECTED, "23503 element 2 of c has no row of s.t"},
    {"{{1},{9}}", DROP, ARRAYFIX_REJECTED,
        "23503 element 2 of c cannot be dropped from an array of several dimensions, and has no "
        "row "
        "of s.t"},
    {"{x}", REJECT, ARRAYFIX_REJECTED, "23503 element 1 of c has no row of s.t"},
    {"", REJECT, ARRAYFIX_REJECTED,
        "22P02 c is not an array: it does not start with a brace (at byte 1)"},
    {"{1", REJECT, ARRAYFIX_REJECTED,
        "22P02 c is not an array: the closing brace is missing (at byte 3)"},
    {"{1}\\", REJECT, ARRAYFIX_REJECTED,
        "22P02 c is not an array: the field ends in a backslash (at byte 5)"},
    {"\\N\\N", REJECT, ARRAYFIX_REJECTED,
        "22P02 c is not an array: it does not start with a brace (at byte 1)"},
};

/* The map: a to b, `x y` to `x,y`, back\slash to tab<TAB>, q" to q", <newline> to nl. */
static const struct example texts[] = {
    {"{a}", REJECT, ARRAYFIX_CHANGED, "{b}"},
    {"{x y}", REJECT, ARRAYFIX_CHANGED, "{\"x,y\"}"},
    {"{\"x y\",a}", REJECT, ARRAYFIX_CHANGED, "{\"x,y\",b}"},
    {"{\"back\\\\\\\\slash\"}", REJECT, ARRAYFIX_CHANGED, "{\"tab\\t\"}"},
    {"{\"q\\\\\"\"}", REJECT, ARRAYFIX_KEPT, "{\"q\\\\\"\"}"},
    {"{\"q\\\\\"\",a}", REJECT, ARRAYFIX_CHANGED, "{\"q\\\\\"\",b}"},
    {"{\"\\n\"}", REJECT, ARRAYFIX_CHANGED, "{nl}"},
    {"{s}", REJECT, ARRAYFIX_CHANGED, "{\"\\\\\\\\\"}"},
    {"{\"NULL\",NULL}", REJECT, ARRAYFIX_CHANGED, "{none,NULL}"},
    {"{A}", REJECT, ARRAYFIX_REJECTED, "23503 element 1 of c has no row of s.t"},
};

static void
try(const struct example *example, struct idmap *map)
{
    struct arrayfix fix = {0};
    struct buf out = {0};
    enum arrayfix_result result;

    buf_add_string(&out, "before:");
    result = arrayfix_field(&fix, slice_string(example->field), map, example->unresolved, &out);
    ck_assert_msg(result == example->result, "'%s' gave %d", example->field, (int)result);
    unit_slice_is(slice_make(out.data, 7), "before:");
    if (result == ARRAYFIX_REJECTED) {
        ck_assert_uint_eq(out.length, 7);
        buf_add_format(&out, "%s ", arrayfix_sqlstate(&fix));
        arrayfix_reason(&fix, NULL, "c", "s.t", &out);
    }
    unit_slice_is(slice_make(out.data + 7, out.length - 7), example->expected);
    arrayfix_release(&fix);
    buf_release(&out);
    idmap_free(map);
}

START_TEST(arrays_of_numbers_are_mapped)
{
    struct idmap *map = idmap_new("bigint");

    idmap_put(map, SLICE("1"), SLICE("11"));
    idmap_put(map, SLICE("2"), SLICE("2"));
    idmap_put(map, SLICE("3"), SLICE("-33"));
    try(&numbers[_i], map);
}
END_TEST

START_TEST(arrays_of_texts_are_mapped)
{
    struct idmap *map = idmap_new("text");

    idmap_put(map, SLICE("a"), SLICE("b"));
    idmap_put(map, SLICE("x y"), SLICE("x,y"));
    idmap_put(map, SLICE("back\\slash"), SLICE("tab\t"));
    idmap_put(map, SLICE("q\""), SLICE("q\""));
    idmap_put(map, SLICE("\n"), SLICE("nl"));
    idmap_put(map, SLICE("s"), SLICE("\\"));
    idmap_put(map, SLICE("NULL"), SLICE("none"));
    try(&texts[_i], map);
}
END_TEST

START_TEST(one_struct_serves_many_fields)
{
    struct idmap *map = idmap_new("bigint");
    struct arrayfix fix = {0};
    struct buf out = {0};

    idmap_put(map, SLICE("1"), SLICE("11"));
    arrayfix_field(&fix, SLICE("{9}"), map, REJECT, &out);
    arrayfix_field(&fix, SLICE("{\"1\"}"), map, REJECT, &out);
    arrayfix_field(&fix, SLICE("{1,1}"), map, REJECT, &out);
    unit_slice_is(buf_slice(&out), "{11}{11,11}");
    arrayfix_release(&fix);
    buf_release(&out);
    idmap_free(map);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int
main(void)
{
    TCase *tests = unit_case("arrayfix");

    tcase_add_loop_test(tests, arrays_of_numbers_are_mapped, 0, COUNT(numbers));
    tcase_add_loop_test(tests, arrays_of_texts_are_mapped, 0, COUNT(texts));
    tcase_add_test(tests, one_struct_serves_many_fields);
    return unit_run(tests);
}
