/* Words of other encodings, made UTF-8. */
#include "unit.h"

#include "encoding.h"

static const struct {
    const char *encoding, *text, *expected;
} texts[] = {
    {NULL, "caf\xc3\xa9", "caf\xc3\xa9"}, {"UTF8", "caf\xc3\xa9", "caf\xc3\xa9"},
    {"SQL_ASCII", "caf\xe9", "caf\xe9"}, {"LATIN1", "", ""}, {"LATIN1", "plain", "plain"},
    {"LATIN1", "caf\xe9", "caf\xc3\xa9"}, {"latin9", "\xa4", "\xe2\x82\xac"},
    {"WIN1252", "\x80", "\xe2\x82\xac"}, {"KOI8R", "\xc1", "\xd0\xb0"},
    {"SJIS", "\x95\x5c", "\xe8\xa1\xa8"}, /* its second byte looks like a backslash */
    {"EUC_JP", "\xc9\xbd", "\xe8\xa1\xa8"}, {"EUC_JP", "\xc9", "\xc9"}, /* cut */
    {"MULE_INTERNAL", "\x81\xe9", "\x81\xe9"},                          /* iconv does not know it */
};

START_TEST(a_word_is_made_utf8_or_left_as_it_is)
{
    struct arena arena = {0};
    struct slice copy = encoding_copy(&arena, texts[_i].encoding, slice_string(texts[_i].text));

    ck_assert_uint_eq(copy.length, strlen(texts[_i].expected));
    ck_assert(memcmp(copy.data, texts[_i].expected, copy.length) == 0);
    arena_release(&arena);
}
END_TEST

START_TEST(names_of_one_encoding_are_the_same)
{
    ck_assert(encoding_is_same("UTF8", NULL));
    ck_assert(encoding_is_same("utf-8", "Unicode"));
    ck_assert(encoding_is_same("LATIN1", "latin-1"));
    ck_assert(!encoding_is_same("LATIN1", "LATIN9"));
    ck_assert(!encoding_is_same(NULL, "SQL_ASCII"));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("encoding");

    tcase_add_loop_test(
        tests, a_word_is_made_utf8_or_left_as_it_is, 0, (int)(sizeof texts / sizeof texts[0]));
    tcase_add_test(tests, names_of_one_encoding_are_the_same);
    return unit_run(tests);
}
