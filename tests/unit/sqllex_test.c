#include "sqllex.h"

#include "unit.h"

/* Tokens as one line each: a letter for the kind, then the value. */
static void
lex(const char *script, size_t piece, bool standard, struct buf *out)
{
    static const char letters[] = {[SQLLEX_WORD] = 'w',
        [SQLLEX_IDENT] = 'i',
        [SQLLEX_NUMBER] = 'n',
        [SQLLEX_STRING] = 's',
        [SQLLEX_PUNCT] = 'p',
        [SQLLEX_COMMENT] = 'c',
        [SQLLEX_META] = 'm',
        [SQLLEX_ERROR] = '!'};
    struct sqllex lexer;
    struct sqllex_token token;
    enum sqllex_kind kind;
    size_t total = strlen(script), at = 0;
    struct slice window = slice_make(script, total < piece ? total : piece);

    sqllex_init(&lexer);
    lexer.standard_strings = standard;
    do {
        bool whole = window.data + window.length == script + total;

        kind = sqllex_next(&lexer, &window, whole ? SQLLEX_WHOLE : SQLLEX_PART, &token);
        if (kind == SQLLEX_MORE) {
            window.length += 1;
            continue;
        }
        if (kind == SQLLEX_END)
            break;
        if (at++ > 0)
            buf_add_char(out, '\n');
        buf_add_char(out, letters[kind]);
        if (kind == SQLLEX_ERROR)
            buf_add_format(out, "%llu", (unsigned long long)token.line);
        else
            buf_add_slice(out, token.text);
    } while (kind != SQLLEX_ERROR);
    sqllex_release(&lexer);
}

static const struct {
    const char *script, *tokens;
    bool off; /* standard_conforming_strings */
} cases[] = {
    {"", "", false},
    {"SELECT Foo$1 _b", "wselect\nwfoo$1\nw_b", false},
    {"1 1.5e10 .5", "n1\nn1.5e10\np.\nn5", false},
    {"'a''b' 'c\\'", "sa'b\nsc\\", false},
    {"'a\\'b'", "sa'b", true},
    {"E'a\\'b\\n' e'x''y'", "sa'b\n\nsx'y", false},
    {"E'a'\n'b\\'c' 'd\\'", "sa\nsb'c\nsd\\", false},
    {"E'a' -- x\n'b\\'c'", "sa\nc-- x\nsb'c", false},
    {"B'01' x'fF' N'r' U&'\\0041\\+000042\\\\'", "s01\nsfF\nsr\nsAB\\", false},
    {"n'a\\'b'", "sa'b", true},
    {"\"A\"\"b\" U&\"d\\0061t\\+000061\" u", "iA\"b\nidata\nwu", false},
    {"$$a$b$$ $t$x$$y$t$", "sa$b\nsx$$y", false},
    {"$a$x$b$a$;", "sx$b\np;", false},
    {"a$$b $1", "wa$$b\np$\nn1", false},
    {"-- c\n/* a /* b */ c */x", "c-- c\nc/* a /* b */ c */\nwx", false},
    {"1+--x\n2*/**/3", "n1\np+\nc--x\nn2\np*\nc/**/\nn3", false},
    {"\\restrict k\r\nx", "m\\restrict k\nwx", false},
    {"\xef\xbb\xbfx", "wx", false},
    {"\xc3\x9c"
     "ber",
        "w\xc3\x9c"
        "ber",
        false},
    {"a\r\n'b", "wa\n!2", false},
    {"/* /* */", "!1", false},
    {"\"a\"\"", "!1", false},
    {"\n$t$ $t", "!2", false},
    {"E'a\\", "!1", false},
};

START_TEST(scripts_become_tokens)
{
    struct buf out = {0};

    lex(cases[_i].script, 1000, !cases[_i].off, &out);
    unit_slice_is(buf_slice(&out), cases[_i].tokens);
    buf_release(&out);
}
END_TEST

START_TEST(pieces_give_the_same_tokens)
{
    for (size_t piece = 1; piece < 12; piece++) {
        struct buf out = {0};

        lex(cases[_i].script, piece, !cases[_i].off, &out);
        unit_slice_is(buf_slice(&out), cases[_i].tokens);
        buf_release(&out);
    }
}
END_TEST

START_TEST(lines_are_counted_through_strings_and_comments)
{
    struct slice window = SLICE("'a\nb' /* \n\n */ $$\n$$ x");
    struct sqllex lexer;
    struct sqllex_token token;

    sqllex_init(&lexer);
    for (int i = 0; i < 4; i++)
        sqllex_next(&lexer, &window, SQLLEX_WHOLE, &token);
    ck_assert_uint_eq(token.line, 5);
    sqllex_release(&lexer);
}
END_TEST

START_TEST(comments_nest_ten_thousand_deep)
{
    struct buf script = {0};
    struct slice window;
    struct sqllex lexer;
    struct sqllex_token token;

    for (int i = 0; i < 10000; i++)
        buf_add_string(&script, "/*");
    for (int i = 0; i < 10000; i++)
        buf_add_string(&script, "*/");
    window = buf_slice(&script);
    sqllex_init(&lexer);
    ck_assert_int_eq(sqllex_next(&lexer, &window, SQLLEX_WHOLE, &token), SQLLEX_COMMENT);
    ck_assert_int_eq(sqllex_next(&lexer, &window, SQLLEX_WHOLE, &token), SQLLEX_END);
    sqllex_release(&lexer);
    buf_release(&script);
}
END_TEST

START_TEST(a_huge_string_takes_bounded_memory)
{
    char *part = malloc(1 << 20);
    struct slice window;
    struct sqllex lexer;
    struct sqllex_token token;

    memset(part, 'x', 1 << 20);
    sqllex_init(&lexer);
    window = slice_make("'xxx", 4);
    ck_assert_int_eq(sqllex_next(&lexer, &window, SQLLEX_PART, &token), SQLLEX_MORE);
    for (int i = 0; i < 64; i++) {
        window = slice_make(part, 1 << 20);
        ck_assert_int_eq(sqllex_next(&lexer, &window, SQLLEX_PART, &token), SQLLEX_MORE);
        ck_assert_uint_eq(window.length, 0);
    }
    window = SLICE("';");
    ck_assert_int_eq(sqllex_next(&lexer, &window, SQLLEX_WHOLE, &token), SQLLEX_STRING);
    ck_assert_uint_eq(token.text.length, SQLLEX_LIMIT);
    ck_assert_uint_le(lexer.value.capacity + lexer.raw.capacity, 4 * SQLLEX_LIMIT);
    sqllex_release(&lexer);
    free(part);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("sqllex");
    int n = sizeof cases / sizeof cases[0];

    tcase_add_loop_test(tests, scripts_become_tokens, 0, n);
    tcase_add_loop_test(tests, pieces_give_the_same_tokens, 0, n);
    tcase_add_test(tests, lines_are_counted_through_strings_and_comments);
    tcase_add_test(tests, comments_nest_ten_thousand_deep);
    tcase_add_test(tests, a_huge_string_takes_bounded_memory);
    return unit_run(tests);
}
