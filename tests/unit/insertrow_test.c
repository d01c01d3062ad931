#include "insertrow.h"

#include <stdio.h>

#include "unit.h"

static const struct insertrow_column columns[] = {
    {"i", "integer", false},
    {"t", "text", false},
    {"b", "boolean", false},
};

/* One value of a column of that type, as a field; a reject's reason when there is one. */
static void
take_one(const char *sql, const char *type, struct insertrow *row, struct buf *out, bool old)
{
    static struct insertrow_column column;
    struct slice window;
    struct buf text = {0};
    enum insertrow_result result;

    column = (struct insertrow_column){"c", type[0] == '?' ? NULL : type, false};
    buf_add_format(&text, "(%s)", sql);
    insertrow_init(row, &column, 1);
    row->standard_strings = !old;
    window = buf_slice(&text);
    result = insertrow_take(row, &window, INSERTROW_WHOLE, out);
    ck_assert_msg(result == INSERTROW_TAKEN || result == INSERTROW_REJECT, "%s: %d", sql, result);
    ck_assert_uint_eq(window.length, 0);
    buf_release(&text);
}

static const struct {
    const char *type, *sql, *field;
} constants[] = {
    {"?", "NULL", "\\N"},
    {"?", "nUlL", "\\N"},
    {"integer", "NULL::integer", "\\N"},
    {"boolean", "true", "t"},
    {"boolean", "FALSE", "f"},
    {"text", "TRUE", "true"},
    {"?", "false", "false"},
    {"integer", "0", "0"},
    {"text", "007", "7"},
    {"text", "000", "0"},
    {"integer", "-5", "-5"},
    {"integer", "- 5", "-5"},
    {"integer", "+5", "5"},
    {"text", "-0", "0"},
    {"numeric", "-0.50", "-0.50"},
    {"numeric", ".5", "0.5"},
    {"numeric", "5.", "5"},
    {"double precision", "-1.5e-07", "-1.5e-07"},
    {"double precision", "1E+20", "1E+20"},
    {"text", "''", ""},
    {"text", "'a''b'", "a'b"},
    {"text", "'\\N'", "\\\\N"},
    {"text", "'a\\tb'", "a\\\\tb"},
    {"text", "'a\tb\nc\\d\r\b\f\v'", "a\\tb\\nc\\\\d\\r\\b\\f\\v"},
    {"text", "'a'\n  'b'", "ab"},
    {"text", "'a' -- x\n'b'", "ab"},
    {"text", "E'a\\tb\\n\\'\\\\'", "a\\tb\\n'\\\\"},
    {"text", "e'\\101\\x42\\u0043\\U00000044'", "ABCD"},
    {"text", "E'\\uD83D\\uDE00'", "\xf0\x9f\x98\x80"},
    {"text", "E'\\011\\q'", "\\tq"},
    {"text", "E'a'\n'\\t'", "a\\t"},
    {"text", "N'Rock'", "Rock"},
    {"text", "N' Rock  '", " Rock"},
    {"text", "' Rock  '", " Rock  "},
    {"text", "U&'d\\0061t\\+000061 \\\\'", "data \\\\"},
    {"text", "U&'d!0061!!' UESCAPE '!'", "da!"},
    {"text", "u&'\\d83d\\de00'", "\xf0\x9f\x98\x80"},
    {"text", "$$a'b\\$$", "a'b\\\\"},
    {"text", "$x$a$$b$x$", "a$$b"},
    {"bit(4)", "B'0101'", "0101"},
    {"bit varying", "X'1f'", "00011111"},
    {"text", "((1))", "1"},
    {"text", "/* a /* b */ */ 'x' -- y\n", "x"},
    {"bytea", "'\\x00ff'::bytea", "\\\\x00ff"},
    {"jsonb", "'{\"a\": 1}'::jsonb", "{\"a\": 1}"},
    {"date", "date '2020-01-02'", "2020-01-02"},
    {"date", "DATE'2020-01-02'", "2020-01-02"},
    {"timestamp with time zone", "timestamp with time zone 'now'", "now"},
    {"timestamp(3) without time zone", "'2020-01-02'::timestamp", "2020-01-02"},
    {"character varying(20)", "'a'::character varying", "a"},
    {"character varying(20)", "'a'::varchar(20)", "a"},
    {"text[]", "'{a,b}'::text[]", "{a,b}"},
    {"public.mood", "'sad'::mood", "sad"},
    {"public.mood", "'sad'::public.mood", "sad"},
    {"public.\"Mood\"", "'sad'::\"Mood\"", "sad"},
    {"numeric(10,2)", "CAST('1.5' AS numeric(10, 2))", "1.5"},
    {"numeric(10,2)", "CAST(1.5 AS numeric)", "1.5"},
    {"integer", "(-5)::int", "-5"},
    {"bigint", "5::smallint::bigint", "5"},
    {"uuid", "'x'::text::uuid", "x"},
    {"?", "'x'::uuid", "x"},
    {"boolean", "'t'::boolean", "t"},
};

START_TEST(constants_become_fields)
{
    struct insertrow row;
    struct buf out = {0}, want = {0};

    take_one(constants[_i].sql, constants[_i].type, &row, &out, false);
    ck_assert_str_eq(buf_string(&row.reason), "");
    buf_add_format(&want, "%s\n", constants[_i].field);
    unit_slice_is(buf_slice(&out), buf_string(&want));
    insertrow_release(&row);
    buf_release(&out);
    buf_release(&want);
}
END_TEST

static const struct {
    const char *type, *sql, *why;
} expressions[] = {
    {"integer", "DEFAULT", "DEFAULT"},
    {"timestamp without time zone", "now()", "not a constant"},
    {"text", "lower('x')", "not a constant"},
    {"text", "'a' || 'b'", "not a constant"},
    {"text", "'a' 'b'", "two strings"},
    {"integer", "1 + 2", "not a constant"},
    {"integer", "(SELECT max(id) FROM t WHERE x = ')')", "not a constant"},
    {"integer", "0x1F", "not a decimal"},
    {"integer", "1_000", "not a decimal"},
    {"text", "1e3", "exponent"},
    {"boolean", "not 't'", "another type"},
    {"?", "not 't'", "not a constant"},
    {"text", "current_user", "not a constant"},
    {"numeric", "5.7::integer", "another type"},
    {"timestamp without time zone", "'2020-01-02 10:00'::date", "another type"},
    {"text", "'abc'::varchar(2)", "another type"},
    {"text", "'abc'::char", "another type"},
    {"?", "'abc'::varchar(2)", "another type"},
    {"text[]", "ARRAY['a', 'b']", "not a constant"},
    {"text", "row('a', 'b')", "not a constant"},
    {"text", "'a' COLLATE \"C\"", "not a constant"},
    {"timestamp with time zone", "'2020-01-02' AT TIME ZONE 'UTC'", "not a constant"},
    {"text", "E'\\u12'", "digits"},
    {"text", "E'\\uD83D'", "surrogate"},
    {"text", "E'\\uD83Dx'", "surrogate"},
    {"text", "E'a\\000b'", "byte 0"},
    {"text", "U&'\\12'", "digits"},
    {"bit(4)", "B'0102'", "bit string"},
    {"text", "$1", "a dollar sign"},
};

START_TEST(expressions_are_rejected_with_their_text)
{
    struct insertrow row;
    struct buf out = {0}, want = {0};

    take_one(expressions[_i].sql, expressions[_i].type, &row, &out, false);
    ck_assert_msg(strstr(buf_string(&row.reason), expressions[_i].why) != NULL, "%s: %s",
        expressions[_i].sql, row.reason.data);
    for (const char *p = expressions[_i].sql; *p != '\0'; p++)
        buf_add_format(&want, *p == '\\' ? "\\%c" : "%c", *p);
    buf_add_char(&want, '\n');
    unit_slice_is(buf_slice(&out), buf_string(&want));
    insertrow_release(&row);
    buf_release(&out);
    buf_release(&want);
}
END_TEST

START_TEST(backslashes_escape_where_strings_are_not_standard)
{
    struct insertrow row;
    struct buf out = {0};

    take_one("'a\\'b\\\\\\t'", "text", &row, &out, true);
    unit_slice_is(buf_slice(&out), "a'b\\\\\\t\n");
    insertrow_release(&row);
    buf_release(&out);
}
END_TEST

static const struct {
    const char *sql, *rest, *out;
    enum insertrow_result result;
} rows[] = {
    {"(1, 'a', true), (2", ", (2", "1\ta\tt\n", INSERTROW_TAKEN},
    {"( 1 ,\n'a' , NULL ) ;", " ;", "1\ta\t\\N\n", INSERTROW_TAKEN},
    {"(1, f(x, ')'), true);", ";", "1\tf(x, ')')\tt\n", INSERTROW_REJECT},
    {"(1, 'a');", ";", "1, 'a'\t\\N\t\\N\n", INSERTROW_REJECT},
    {"(1, 'a', true, f(2));", ";", "1, 'a', true, f(2)\t\\N\t\\N\n", INSERTROW_REJECT},
    {"(1, 'a', true", "(1, 'a', true", "", INSERTROW_BAD},
    {"(1, 'a; true)", "(1, 'a; true)", "", INSERTROW_BAD},
    {"(1; 2)", "(1; 2)", "", INSERTROW_BAD},
    {"SELECT 1", "SELECT 1", "", INSERTROW_BAD},
};

START_TEST(rows_are_taken_off_the_window)
{
    struct insertrow row;
    struct buf out = {0};
    struct slice window = slice_string(rows[_i].sql);

    insertrow_init(&row, columns, 3);
    ck_assert_int_eq(insertrow_take(&row, &window, INSERTROW_WHOLE, &out), rows[_i].result);
    unit_slice_is(window, rows[_i].rest);
    unit_slice_is(buf_slice(&out), rows[_i].out);
    insertrow_release(&row);
    buf_release(&out);
}
END_TEST

/* Whatever of a row is not there yet, nothing is taken; with all of it the row is the same. */
START_TEST(a_part_of_a_row_waits_for_the_rest)
{
    static const char sql[] = "(-1.5e+3 , 'a''b' -- c\n 'd', CAST ( 't' AS boolean)) ; ";
    const size_t row_length = (size_t)(strrchr(sql, ')') + 1 - sql);
    struct insertrow row;
    struct insertrow_column own[] = {columns[0], columns[1], columns[2]};
    bool taken = false;

    own[0].type = "numeric";
    insertrow_init(&row, own, 3);
    for (size_t length = 0; length < sizeof sql - 1; length++) {
        char *copy = strndup(sql, length); /* of that size: sanitizers see what is read behind it */
        struct slice window = slice_make(copy, length);
        struct buf out = {0};
        enum insertrow_result result = insertrow_take(&row, &window, INSERTROW_PART, &out);

        ck_assert(result == INSERTROW_MORE || (result == INSERTROW_TAKEN && length >= row_length));
        unit_slice_is(buf_slice(&out), result == INSERTROW_TAKEN ? "-1.5e+3\ta'bd\tt\n" : "");
        taken = result == INSERTROW_TAKEN;
        free(copy);
        buf_release(&out);
    }
    ck_assert(taken);
    insertrow_release(&row);
}
END_TEST

START_TEST(generated_columns_have_no_field)
{
    static const struct insertrow_column own[] = {
        {"a", "integer", false}, {"g", "integer", true}, {"b", "text", false}};
    struct insertrow row;
    struct buf out = {0};
    struct slice window = SLICE("(1, DEFAULT, 'x')(1, 2, 'x')");

    insertrow_init(&row, own, 3);
    ck_assert_int_eq(insertrow_take(&row, &window, INSERTROW_WHOLE, &out), INSERTROW_TAKEN);
    ck_assert_int_eq(insertrow_take(&row, &window, INSERTROW_WHOLE, &out), INSERTROW_REJECT);
    unit_slice_is(buf_slice(&out), "1\tx\n1\tx\n");
    buf_clear(&out);
    insertrow_unread(&row, SLICE("SELECT 1\n"), &out);
    unit_slice_is(buf_slice(&out), "SELECT 1\\n\t\\N\n");
    insertrow_release(&row);
    buf_release(&out);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

int
main(void)
{
    TCase *tests = unit_case("insertrow");

    tcase_add_loop_test(tests, constants_become_fields, 0, COUNT(constants));
    tcase_add_loop_test(tests, expressions_are_rejected_with_their_text, 0, COUNT(expressions));
    tcase_add_test(tests, backslashes_escape_where_strings_are_not_standard);
    tcase_add_loop_test(tests, rows_are_taken_off_the_window, 0, COUNT(rows));
    tcase_add_test(tests, a_part_of_a_row_waits_for_the_rest);
    tcase_add_test(tests, generated_columns_have_no_field);
    return unit_run(tests);
}
