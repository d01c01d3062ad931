#include "copyconvert.h"

#include "unit.h"

static struct copyconvert_format
format_of(const char *words)
{
    struct copyconvert_format format;

    copyconvert_default(&format);
    if (words[0] == 'c') {
        format = (struct copyconvert_format){
            .csv = true, .delimiter = words[1], .quote = words[2], .escape = words[3]};
        format.null = strdup(words + 4);
    } else {
        format.delimiter = words[1];
        format.null = strdup(words + 2);
    }
    return format;
}

static const struct {
    const char *format, *lines, *rows; /* t: delimiter, null; c: delimiter, quote, escape, null */
} texts[] = {
    {"t|", "1|a\n2|\n", "1\ta\n2\t\\N\n"},
    {"t|\\N", "1|\\N\n2|\n", "1\t\\N\n2\t\n"},
    {"t|", "1|a\\|b\tc\\\\\n", "1\ta|b\\tc\\\\\n"},
    {"t|", "1|\\N\n", "1\tN\n"}, /* the null string is the empty one */
    {"t|", "\\x41|\\101\\n\n", "A\tA\\n\n"},
    {"t,NULL", "NULL,N\\ULL\n", "\\N\tNULL\n"},
    {"c,\"\"", "1,a\n,\"\"\n", "1\ta\n\\N\t\n"},
    {"c,\"\"", "\"a\"\"b\",\"x,y\"\n", "a\"b\tx,y\n"},
    {"c,\"\"", "\"two\nlines\",\"\"\"\"\n", "two\\nlines\t\"\n"},
    {"c,\"\"", "a\\b,\\N\n", "a\\\\b\t\\\\N\n"},
    {"c,\"\"", "a\"b,c\"d,e\n", "ab,cd\te\n"},
    {"c;'\\-", "'it\\'s';-\n'a\\b';'-'\n", "it's\t\\N\na\\\\b\t-\n"},
    {"c,\"\"", "\"a\"b,c\td\n", "ab\tc\\td\n"},
};

/* However the lines are cut into calls, the rows are the same. */
START_TEST(rows_become_the_default_format)
{
    struct copyconvert_format format = format_of(texts[_i].format);
    struct slice lines = slice_string(texts[_i].lines);
    struct copyconvert convert = {0};
    struct buf out = {0}, got = {0};
    size_t length;
    uint64_t n;

    copyconvert_init(&convert, &format, 2);
    while (lines.length > 0) {
        const char *newline = memchr(lines.data, '\n', lines.length);
        struct slice line = slice_make(lines.data, (size_t)(newline + 1 - lines.data));

        ck_assert_msg(copyconvert_take(&convert, line, &out, &length, &n), "%s", convert.reason);
        buf_add(&got, out.data, length);
        memmove(out.data, out.data + length, out.length - length);
        out.length -= length;
        lines = slice_make(newline + 1, lines.length - line.length);
    }
    ck_assert(copyconvert_is_whole(&convert));
    unit_slice_is(buf_slice(&got), texts[_i].rows);
    copyconvert_release(&convert);
}
END_TEST

START_TEST(a_header_is_no_row)
{
    struct copyconvert_format format = format_of("c,\"\"");
    struct copyconvert convert = {0};
    struct buf out = {0};
    size_t length;
    uint64_t n;

    format.header = true;
    copyconvert_init(&convert, &format, 2);
    ck_assert(copyconvert_take(&convert, SLICE("one,two\n1,2\n"), &out, &length, &n));
    ck_assert_uint_eq(n, 1);
    unit_slice_is(slice_make(out.data, length), "1\t2\n");
    copyconvert_release(&convert);
}
END_TEST

static const struct {
    const char *format, *lines;
    uint64_t good;
} wrong[] = {
    {"t|", "1|2\n1\n", 1},
    {"t|", "1|2|3\n", 0},
    {"c,\"\"", "1,2\n1,2\n1,2,3\n", 2},
};

START_TEST(rows_of_another_width_are_refused)
{
    struct copyconvert_format format = format_of(wrong[_i].format);
    struct copyconvert convert = {0};
    struct buf out = {0};
    size_t length;
    uint64_t n;

    copyconvert_init(&convert, &format, 2);
    ck_assert(!copyconvert_take(&convert, slice_string(wrong[_i].lines), &out, &length, &n));
    ck_assert_uint_eq(n, wrong[_i].good);
    copyconvert_release(&convert);
}
END_TEST

START_TEST(formats_that_postgresql_refuses_are_none)
{
    static const char *const bad[] = {"t\\x", "t\n", "ta|a", "c,,\"", "c\n\"\""};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct copyconvert_format format = format_of(bad[i]);

        ck_assert_msg(copyconvert_check(&format) != NULL, "%s", bad[i]);
    }
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("copyconvert");

    tcase_add_loop_test(
        tests, rows_become_the_default_format, 0, (int)(sizeof texts / sizeof texts[0]));
    tcase_add_test(tests, a_header_is_no_row);
    tcase_add_loop_test(
        tests, rows_of_another_width_are_refused, 0, (int)(sizeof wrong / sizeof wrong[0]));
    tcase_add_test(tests, formats_that_postgresql_refuses_are_none);
    return unit_run(tests);
}
