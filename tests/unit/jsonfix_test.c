/* Ids inside of json by a map, one rule for ids without a row a path. */
#include "unit.h"

#include "jsonfix.h"

struct fixture {
    struct plan plan;
    struct plan_column *column;
    struct idmap *numbers, *texts;
    struct jsonfix fix;
    struct buf out;
};

static void
add_path(struct fixture *f, const char *key, enum plan_column_action action,
    enum plan_unresolved unresolved)
{
    struct plan_path *path = plan_add_path(f->column);

    schema_add_name(&path->keys, key);
    path->action = action;
    path->target = strdup("s.t");
    path->unresolved = unresolved;
}

static void
make(struct fixture *f)
{
    *f = (struct fixture){.numbers = idmap_new("bigint"), .texts = idmap_new("text")};
    f->column = plan_add_column(plan_add_table(&f->plan, "s.e"), "data");
    add_path(f, "ids", PLAN_COLUMN_ARRAY, PLAN_UNRESOLVED_DROP);
    add_path(f, "Id", PLAN_COLUMN_REFERENCE, PLAN_UNRESOLVED_REJECT);
    add_path(f, "gone", PLAN_COLUMN_REFERENCE, PLAN_UNRESOLVED_NULL);
    add_path(f, "all", PLAN_COLUMN_ARRAY, PLAN_UNRESOLVED_REJECT);
    add_path(f, "kept", PLAN_COLUMN_ARRAY, PLAN_UNRESOLVED_KEEP);
    add_path(f, "text", PLAN_COLUMN_REFERENCE, PLAN_UNRESOLVED_REJECT);
    jsonfix_init(&f->fix, f->column);
    for (size_t i = 0; i < f->fix.n; i++)
        f->fix.ids[i].map = f->numbers;
    f->fix.ids[5].map = f->texts;
    idmap_put(f->numbers, SLICE("1"), SLICE("11"));
    idmap_put(f->numbers, SLICE("2"), SLICE("2"));
    idmap_put(f->numbers, SLICE("9007199254740993"), SLICE("9007199254740995"));
    idmap_put(f->texts, SLICE("a\"b"), SLICE("c\\d"));
}

static void
release(struct fixture *f)
{
    jsonfix_release(&f->fix);
    idmap_free(f->numbers);
    idmap_free(f->texts);
    buf_release(&f->out);
}

static const struct {
    const char *field, *expected;
    enum arrayfix_result result;
} fields[] = {
    {"\\N", "\\N", ARRAYFIX_KEPT},
    {"{\"Id\": 2, \"ids\": [2]}", "{\"Id\": 2, \"ids\": [2]}", ARRAYFIX_KEPT},
    {"{\"Id\": 1, \"ids\": [1, 7, 2]}", "{\"Id\": 11, \"ids\": [11, 2]}", ARRAYFIX_CHANGED},
    {"{\"Id\": \"1\", \"x\": \"\\\\n\\\\\\\\\"}", "{\"Id\": \"11\", \"x\": \"\\\\n\\\\\\\\\"}",
        ARRAYFIX_CHANGED},
    {"{\"Id\": 9007199254740993}", "{\"Id\": 9007199254740995}", ARRAYFIX_CHANGED},
    {"{\"Id\": \"none\", \"gone\": 5}", "{\"Id\": \"none\", \"gone\": null}", ARRAYFIX_CHANGED},
    {"{\"kept\": [5, 1]}", "{\"kept\": [5, 11]}", ARRAYFIX_CHANGED},
    {"{\"text\": \"a\\\\\"b\"}", "{\"text\": \"c\\\\\\\\d\"}", ARRAYFIX_CHANGED},
};

START_TEST(ids_are_replaced_and_nothing_else)
{
    struct fixture f;

    make(&f);
    ck_assert_int_eq(
        jsonfix_field(&f.fix, slice_string(fields[_i].field), &f.out), fields[_i].result);
    ck_assert_str_eq(buf_string(&f.out), fields[_i].expected);
    release(&f);
}
END_TEST

static const struct {
    const char *field, *sqlstate, *reason;
} rejects[] = {
    {"{\"Id\": 5}", "23503", "data.\"Id\" has no row of s.t"},
    {"{\"all\": [1, 5]}", "23503", "element 2 of data.all has no row of s.t"},
    {"{\"all\": [1", "22P02", "data is no JSON: a comma or ] was expected (at byte 11)"},
};

START_TEST(rejects_say_where)
{
    struct fixture f;
    struct buf reason = {0};

    make(&f);
    ck_assert_int_eq(
        jsonfix_field(&f.fix, slice_string(rejects[_i].field), &f.out), ARRAYFIX_REJECTED);
    ck_assert_uint_eq(f.out.length, 0);
    ck_assert_str_eq(jsonfix_sqlstate(&f.fix), rejects[_i].sqlstate);
    jsonfix_reason(&f.fix, NULL, &reason);
    ck_assert_str_eq(buf_string(&reason), rejects[_i].reason);
    buf_release(&reason);
    release(&f);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("jsonfix");

    tcase_add_loop_test(
        tests, ids_are_replaced_and_nothing_else, 0, (int)(sizeof fields / sizeof fields[0]));
    tcase_add_loop_test(tests, rejects_say_where, 0, (int)(sizeof rejects / sizeof rejects[0]));
    return unit_run(tests);
}
