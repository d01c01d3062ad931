/* Ids inside JSON texts: what is asked for is found and rewritten, all else stays byte for byte. */
#include "unit.h"

#include "jsonwalk.h"

static const char *const a_b[] = {"a", "b"}, *const ids[] = {"ids"}, *const quoted[] = {"x\"y"};
static const struct jsonwalk_path paths[] = {{a_b, 2, JSONWALK_VALUE}, {ids, 1, JSONWALK_ELEMENTS},
    {a_b, 2, JSONWALK_ELEMENTS}, {quoted, 1, JSONWALK_VALUE}};
static const struct jsonwalk_path whole[] = {
    {NULL, 0, JSONWALK_VALUE}, {NULL, 0, JSONWALK_ELEMENTS}};

#define VISITOR ((struct jsonwalk_visitor){visit, &last})

/* 1 becomes 100, 2 a null, 3 is dropped, 4 ends the walk; texts get a letter with a quote. */
static enum jsonwalk_verdict
visit(void *context, size_t path, size_t number, struct slice id, struct slice *by)
{
    size_t *last = context;

    *last = path * 100 + number;
    *by = SLICE("100");
    if (slice_is(id, "1") || slice_is(id, "9007199254740993"))
        return JSONWALK_REPLACE;
    if (slice_is(id, "2"))
        return JSONWALK_NULL;
    if (slice_is(id, "3") && number > 0)
        return JSONWALK_DROP;
    if (slice_is(id, "4"))
        return JSONWALK_STOP;
    *by = SLICE("t\"");
    return slice_is(id, "t\xc3\xa9") ? JSONWALK_REPLACE : JSONWALK_KEEP;
}

static const struct {
    const char *text, *expected; /* NULL: it stays */
} texts[] = {
    {"{\"a\": {\"b\": 1}}", "{\"a\": {\"b\": 100}}"},
    {"{\"a\": {\"b\": \"1\"}}", "{\"a\": {\"b\": \"100\"}}"},
    {"{\"a\": {\"b\": 9007199254740993}}", "{\"a\": {\"b\": 100}}"},
    {"{\"a\": {\"b\": 2}}", "{\"a\": {\"b\": null}}"},
    {"{\"a\":{\"b\":1,\"b\":1},\"a\":{\"b\":1}}",
        "{\"a\":{\"b\":100,\"b\":100},\"a\":{\"b\":100}}"},
    {"{\"\\u0061\": {\"b\": \"t\\u00e9\"}}", "{\"\\u0061\": {\"b\": \"t\\\"\"}}"},
    {"{\"x\\\"y\": 1}", "{\"x\\\"y\": 100}"},
    {" { \"ids\" : [ 1 , 5 ,1 ] } ", " { \"ids\" : [ 100 , 5 ,100 ] } "},
    {"{\"ids\": [3, 5, 3, 6, 3]}", "{\"ids\": [5, 6]}"},
    {"{\"ids\": [3, 3]}", "{\"ids\": []}"},
    {"{\"ids\": [3, 1]}", "{\"ids\": [100]}"},
    {"{\"ids\": [1, true, null, {\"b\": 1}, [1], 1.0, 1e3, -1]}",
        "{\"ids\": [100, true, null, {\"b\": 1}, [1], 1.0, 1e3, -1]}"},
    {"{\"ids\": 1, \"a\": [[{\"b\": 1}], 1, {\"c\": 1}, {}], \"b\": 1}", NULL},
    {"{\"a\": [{\"b\": 1}, 1, \"x\", [{\"b\": 1}], { \"b\" : \"1\" } , {\"b\": [2, 1]}], \"b\": 1}",
        "{\"a\": [{\"b\": 100}, 1, \"x\", [{\"b\": 1}], { \"b\" : \"100\" } , {\"b\": [null, "
        "100]}], \"b\": 1}"},
    {"{\"a\": [ ], \"ids\": [1]}", "{\"a\": [ ], \"ids\": [100]}"},
    {"[{\"ids\": [1]}, {\"ids\": [5]}]", "[{\"ids\": [100]}, {\"ids\": [5]}]"},
    {"{\"a\": {\"b\": [1, 2]}}", "{\"a\": {\"b\": [100, null]}}"},
    {"{\"a\": {\"c\": {\"b\": 1}}, \"deep\": [[[[[[{\"a\": {\"b\": 1}}]]]]]]}", NULL},
    {"[1, 2]", NULL},
    {"{}", NULL},
    {"\"1\"", NULL},
};

START_TEST(what_stands_at_a_path_is_rewritten)
{
    struct jsonwalk walk = {0};
    struct buf out = {0};
    size_t last;
    enum jsonwalk_result result =
        jsonwalk_rewrite(&walk, slice_string(texts[_i].text), paths, 4, VISITOR, &out);

    if (texts[_i].expected == NULL) {
        ck_assert_int_eq(result, JSONWALK_KEPT);
        ck_assert_uint_eq(out.length, 0);
    } else {
        ck_assert_int_eq(result, JSONWALK_CHANGED);
        ck_assert_str_eq(buf_string(&out), texts[_i].expected);
    }
    jsonwalk_release(&walk);
    buf_release(&out);
}
END_TEST

START_TEST(the_value_itself_may_be_an_id_or_an_array_of_them)
{
    struct jsonwalk walk = {0};
    struct buf out = {0};
    size_t last;

    ck_assert_int_eq(
        jsonwalk_rewrite(&walk, SLICE("[1, 5]"), whole, 2, VISITOR, &out), JSONWALK_CHANGED);
    ck_assert_int_eq(
        jsonwalk_rewrite(&walk, SLICE(" \"1\""), whole, 2, VISITOR, &out), JSONWALK_CHANGED);
    ck_assert_str_eq(buf_string(&out), "[100, 5] \"100\"");
    ck_assert_uint_eq(last, 0);
    jsonwalk_release(&walk);
}
END_TEST

START_TEST(a_walk_that_is_stopped_leaves_nothing_and_says_where)
{
    struct jsonwalk walk = {0};
    struct buf out = {0};
    size_t last;

    ck_assert_int_eq(
        jsonwalk_rewrite(&walk, SLICE("{\"ids\": [1, 5, 4, 1]}"), paths, 4, VISITOR, &out),
        JSONWALK_STOPPED);
    ck_assert_uint_eq(out.length, 0);
    ck_assert_uint_eq(last, 103);
    jsonwalk_release(&walk);
}
END_TEST

static const struct {
    const char *text, *reason;
    size_t at;
} bads[] = {
    {"", "a value was expected", 0},
    {"{\"a\": 1", "a comma or } was expected", 7},
    {"{\"ids\": [1", "a comma or ] was expected", 10},
    {"{\"a\" 1}", "a colon was expected", 5},
    {"{a: 1}", "a string was expected", 1},
    {"{\"a\": \"x", "a string is not closed", 8},
    {"{\"a\\", "a string is not closed", 4},
    {"{\"a\\q\": 1}", "an escape that JSON does not know", 5},
    {"{\"\\u12g4\": 1}", "an escape \\u without four hexadecimal digits", 6},
    {"{\"\\ud83d\\u0041\": 1}", "half of a pair of surrogates", 14},
    {"1 2", "something follows the value", 2},
    {"{\"x\": ]}", "a bracket that closes nothing", 6},
};

START_TEST(a_text_that_is_no_json_says_why_and_where)
{
    struct jsonwalk walk = {0};
    struct buf out = {0};
    size_t last;

    ck_assert_int_eq(jsonwalk_rewrite(&walk, slice_string(bads[_i].text), paths, 4, VISITOR, &out),
        JSONWALK_BAD);
    ck_assert_str_eq(walk.reason, bads[_i].reason);
    ck_assert_uint_eq(walk.at, bads[_i].at);
    ck_assert_uint_eq(out.length, 0);
    jsonwalk_release(&walk);
}
END_TEST

START_TEST(a_deep_text_needs_no_deep_stack)
{
    struct jsonwalk walk = {0};
    struct buf text = {0}, out = {0};
    size_t last, depth = 1000000;

    buf_add_string(&text, "{\"x\": ");
    for (size_t i = 0; i < depth; i++)
        buf_add_char(&text, '[');
    for (size_t i = 0; i < depth; i++)
        buf_add_char(&text, ']');
    buf_add_string(&text, ", \"ids\": [1]}");
    ck_assert_int_eq(
        jsonwalk_rewrite(&walk, buf_slice(&text), paths, 4, VISITOR, &out), JSONWALK_CHANGED);
    ck_assert_uint_eq(out.length, text.length + 2);
    jsonwalk_release(&walk);
    buf_release(&text);
    buf_release(&out);
}
END_TEST

START_TEST(strings_are_quoted_as_jsonb_prints_them)
{
    struct buf out = {0};

    jsonwalk_quote(SLICE("a\"\\\b\f\n\r\t\001\xc3\xa9/"), &out);
    ck_assert_str_eq(buf_string(&out), "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\xc3\xa9/\"");
    buf_release(&out);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("jsonwalk");

    tcase_add_loop_test(
        tests, what_stands_at_a_path_is_rewritten, 0, (int)(sizeof texts / sizeof texts[0]));
    tcase_add_test(tests, the_value_itself_may_be_an_id_or_an_array_of_them);
    tcase_add_test(tests, a_walk_that_is_stopped_leaves_nothing_and_says_where);
    tcase_add_loop_test(
        tests, a_text_that_is_no_json_says_why_and_where, 0, (int)(sizeof bads / sizeof bads[0]));
    tcase_add_test(tests, a_deep_text_needs_no_deep_stack);
    tcase_add_test(tests, strings_are_quoted_as_jsonb_prints_them);
    return unit_run(tests);
}
