#include "arraylit.h"

#include "unit.h"

/* Each element, then a bar; NULL as a tilde. */
static const struct {
    const char *literal, *elements;
} good[] = {
    {"{}", ""},
    {"{ }", ""},
    {"  {}  ", ""},
    {"{{},{}}", ""}, /* as of PostgreSQL 17 */
    {"{{}}", ""},
    {"{1}", "1|"},
    {"{1,2,3}", "1|2|3|"},
    {"{-1,+2}", "-1|+2|"},
    {" { 1 , 2 } ", "1|2|"},
    {"{NULL}", "~|"},
    {"{null,Null,nUlL}", "~|~|~|"},
    {"{\"NULL\"}", "NULL|"},
    {"{\\NULL}", "NULL|"},
    {"{ NULL }", "~|"},
    {"{NULLS,NUL}", "NULLS|NUL|"},
    {"{\"\"}", "|"},
    {"{a b}", "a b|"},
    {"{ a  b }", "a  b|"},
    {"{a\\ }", "a |"},
    {"{a\\ \t}", "a |"},
    {"{\"a,b\",\"c}d\",\"{\"}", "a,b|c}d|{|"},
    {"{\"a\\\"b\",\"c\\\\d\"}", "a\"b|c\\d|"},
    {"{a\\,b,c\\}d,\\{}", "a,b|c}d|{|"},
    {"{ \"a\" , \"b\"\n}", "a|b|"},
    {"{\" a \"}", " a |"},
    {"{\v\f1\r\n}", "1|"},
    {"{{1,2},{3,4}}", "1|2|3|4|"},
    {"{{1,2}, {3,NULL}}", "1|2|3|~|"},
    {"{{{{{{1}}}}}}", "1|"},
    {"[0:1]={1,2}", "1|2|"},
    {"[2]={1,2}", "1|2|"},
    {"[-3:-2]={1,2}", "1|2|"},
    {"[1:2][0:1]={{1,2},{3,4}}", "1|2|3|4|"},
    {" [1:1] [0:0] = {{1}}", "1|"},
    {"{00000000-0000-0000-0000-00000000000a}", "00000000-0000-0000-0000-00000000000a|"},
    {"{\xc3\xa9t\xc3\xa9}", "\xc3\xa9t\xc3\xa9|"},
    {"", NULL},
    {" ", NULL},
    {"1", NULL},
    {"{", NULL},
    {"}", NULL},
    {"{1", NULL},
    {"{1,", NULL},
    {"{1,}", NULL},
    {"{,1}", NULL},
    {"{,}", NULL},
    {"{1,,2}", NULL},
    {"{1}2", NULL},
    {"{1}}", NULL},
    {"{}{}", NULL},
    {"{{1},2}", NULL},
    {"{1,{2}}", NULL},
    {"{{1}{2}}", NULL},
    {"{{1},{2,3}}", NULL},
    {"{{1},{}}", NULL},
    {"{{},{1}}", NULL},
    {"{{1},}", NULL},
    {"{\"a}", NULL},
    {"{\"a\\", NULL},
    {"{\"a\"b}", NULL},
    {"{\"a\"\"b\"}", NULL},
    {"{a\"b\"}", NULL},
    {"{a{b}", NULL},
    {"{a\\", NULL},
    {"{{{{{{{1}}}}}}}", NULL},
    {"[]={}", NULL},
    {"[0]={1}", NULL},
    {"[1:0]={}", NULL},
    {"[1:2]={1}", NULL},
    {"[1:2]={}", NULL},
    {"[1:1]={{1}}", NULL},
    {"[1:1][1:1]={1}", NULL},
    {"[1:x]={1}", NULL},
    {"[1:1]{1}", NULL},
    {"[1:1={1}", NULL},
    {"[1:9999999999]={1}", NULL},
    {"[1:1][1:1][1:1][1:1][1:1][1:1][1:1]={1}", NULL},
};

static enum arraylit_step
read_all(const char *literal, struct buf *elements, struct buf *out)
{
    struct arraylit walk = {0};
    enum arraylit_step step;

    arraylit_start(&walk, slice_string(literal), out);
    while ((step = arraylit_next(&walk)) == ARRAYLIT_ELEMENT) {
        if (walk.is_null)
            buf_add_char(elements, '~');
        else
            buf_add_slice(elements, walk.value);
        buf_add_char(elements, '|');
    }
    if (step == ARRAYLIT_BAD) {
        ck_assert(walk.reason != NULL);
        ck_assert(walk.at <= strlen(literal));
    }
    arraylit_release(&walk);
    return step;
}

START_TEST(the_elements_are_those_that_PostgreSQL_reads)
{
    struct buf elements = {0};
    enum arraylit_step step = read_all(good[_i].literal, &elements, NULL);

    if (good[_i].elements == NULL) {
        ck_assert_msg(step == ARRAYLIT_BAD, "'%s' was taken", good[_i].literal);
    } else {
        ck_assert_msg(step == ARRAYLIT_END, "'%s' was refused", good[_i].literal);
        unit_slice_is(buf_slice(&elements), good[_i].elements);
    }
    buf_release(&elements);
}
END_TEST

START_TEST(what_is_not_touched_stays_byte_for_byte)
{
    struct buf elements = {0}, out = {0};
    enum arraylit_step step;

    buf_add_string(&out, "before");
    step = read_all(good[_i].literal, &elements, &out);
    unit_slice_is(slice_make(out.data, 6), "before");
    unit_slice_is(
        slice_make(out.data + 6, out.length - 6), step == ARRAYLIT_END ? good[_i].literal : "");
    buf_release(&elements);
    buf_release(&out);
}
END_TEST

/* What becomes of an element: a value replaces it; '~' nulls it, '-' drops it, '=' keeps it. */
static const struct {
    const char *literal, *ways[4], *expected;
} rewrites[] = {
    {"{1,2,3}", {"=", "20", "="}, "{1,20,3}"},
    {"{1,2,3}", {"10", "=", "30"}, "{10,2,30}"},
    {"{ 1 , 2 }", {"10", "="}, "{ 10 , 2 }"},
    {"{\"1\",2}", {"10", "20"}, "{10,20}"},
    {"{1}", {""}, "{\"\"}"},
    {"{1}", {"null"}, "{\"null\"}"},
    {"{1}", {"a b"}, "{\"a b\"}"},
    {"{1}", {"a\"b\\c"}, "{\"a\\\"b\\\\c\"}"},
    {"{1}", {"{"}, "{\"{\"}"},
    {"{1}", {"a,b"}, "{\"a,b\"}"},
    {"{1}", {"a\tb"}, "{\"a\tb\"}"},
    {"{1,2}", {"~", "="}, "{NULL,2}"},
    {"{\"a b\"}", {"~"}, "{NULL}"},
    {"{1,2,3}", {"-", "=", "="}, "{2,3}"},
    {"{1,2,3}", {"=", "-", "="}, "{1,3}"},
    {"{1,2,3}", {"=", "=", "-"}, "{1,2}"},
    {"{1,2,3}", {"-", "-", "="}, "{3}"},
    {"{1,2,3}", {"=", "-", "-"}, "{1}"},
    {"{1,2,3}", {"-", "=", "-"}, "{2}"},
    {"{1,2,3}", {"-", "20", "-"}, "{20}"},
    {"{1,2,3}", {"-", "-", "-"}, "{}"},
    {"{ 1 , 2 }", {"-", "="}, "{ 2 }"},
    {"{ 1 , 2 }", {"=", "-"}, "{ 1 }"},
    {"{1}", {"-"}, "{}"},
    {"[0:2]={1,2,3}", {"=", "-", "="}, "[0:1]={1,3}"},
    {"[0:2]={1,2,3}", {"-", "-", "30"}, "[0:0]={30}"},
    {"[0:2]={1,2,3}", {"-", "-", "-"}, "{}"},
    {"[-5:-4]={1,2}", {"-", "="}, "[-5:-5]={2}"},
    {"[2]={1,2}", {"-", "="}, "[1:1]={2}"},
    {"[0:1]={1,2}", {"10", "="}, "[0:1]={10,2}"},
    {"{{1,2},{3,4}}", {"10", "=", "~", "40"}, "{{10,2},{NULL,40}}"},
    {"[0:0][1:2]={{1,2}}", {"10", "="}, "[0:0][1:2]={{10,2}}"},
};

START_TEST(elements_are_replaced_nulled_and_dropped)
{
    struct arraylit walk = {0};
    struct buf out = {0};
    size_t n = 0;

    buf_add_string(&out, "x");
    arraylit_start(&walk, slice_string(rewrites[_i].literal), &out);
    while (arraylit_next(&walk) == ARRAYLIT_ELEMENT) {
        const char *way = rewrites[_i].ways[n++];

        ck_assert_uint_eq(walk.number, n);
        if (strcmp(way, "~") == 0)
            arraylit_null(&walk);
        else if (strcmp(way, "-") == 0)
            ck_assert(arraylit_drop(&walk));
        else if (strcmp(way, "=") != 0)
            arraylit_replace(&walk, slice_string(way));
    }
    unit_slice_is(slice_make(out.data + 1, out.length - 1), rewrites[_i].expected);
    ck_assert(walk.changed);
    arraylit_release(&walk);
    buf_release(&out);
}
END_TEST

START_TEST(nothing_is_dropped_from_several_dimensions)
{
    struct arraylit walk = {0};

    arraylit_start(&walk, SLICE("{{1,2},{3,4}}"), NULL);
    ck_assert(arraylit_next(&walk) == ARRAYLIT_ELEMENT);
    ck_assert(!arraylit_drop(&walk));
    arraylit_release(&walk);
}
END_TEST

START_TEST(a_broken_literal_leaves_out_as_it_was)
{
    struct arraylit walk = {0};
    struct buf out = {0};

    buf_add_string(&out, "kept");
    arraylit_start(&walk, SLICE("{1,2"), &out);
    ck_assert(arraylit_next(&walk) == ARRAYLIT_ELEMENT);
    arraylit_replace(&walk, SLICE("10"));
    ck_assert(arraylit_next(&walk) == ARRAYLIT_BAD);
    ck_assert_uint_eq(walk.at, 4);
    unit_slice_is(buf_slice(&out), "kept");
    arraylit_release(&walk);
    buf_release(&out);
}
END_TEST

/* A small generator: the same numbers on every machine. */
static unsigned
next_random(unsigned *state)
{
    *state = *state * 1103515245 + 12345;
    return *state >> 16;
}

START_TEST(a_quoted_value_is_read_back)
{
    static const char alphabet[] = "aN ,{}\"\\\t\nul1";
    unsigned state = (unsigned)_i + 1;
    char value[8];
    size_t length = next_random(&state) % sizeof value;
    struct arraylit walk = {0};
    struct buf literal = {0};

    for (size_t i = 0; i < length; i++)
        value[i] = alphabet[next_random(&state) % (sizeof alphabet - 1)];
    buf_add_char(&literal, '{');
    arraylit_quote(slice_make(value, length), &literal);
    buf_add_char(&literal, '}');
    arraylit_start(&walk, buf_slice(&literal), NULL);
    ck_assert(arraylit_next(&walk) == ARRAYLIT_ELEMENT);
    ck_assert(!walk.is_null);
    ck_assert(slice_equal(walk.value, slice_make(value, length)));
    ck_assert(arraylit_next(&walk) == ARRAYLIT_END);
    arraylit_release(&walk);
    buf_release(&literal);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int
main(void)
{
    TCase *tests = unit_case("arraylit");

    tcase_add_loop_test(tests, the_elements_are_those_that_PostgreSQL_reads, 0, COUNT(good));
    tcase_add_loop_test(tests, what_is_not_touched_stays_byte_for_byte, 0, COUNT(good));
    tcase_add_loop_test(tests, elements_are_replaced_nulled_and_dropped, 0, COUNT(rewrites));
    tcase_add_test(tests, nothing_is_dropped_from_several_dimensions);
    tcase_add_test(tests, a_broken_literal_leaves_out_as_it_was);
    tcase_add_loop_test(tests, a_quoted_value_is_read_back, 0, 500);
    return unit_run(tests);
}
