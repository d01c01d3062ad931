#include "encoding.h"

#include <ctype.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

/* PostgreSQL's names (manual, "Character Set Support") and iconv's, where they differ. */
static const char *const names[][2] = {
    {"BIG5", "BIG5"},
    {"EUC_CN", "EUC-CN"},
    {"EUC_JIS_2004", "EUC-JISX0213"},
    {"EUC_JP", "EUC-JP"},
    {"EUC_KR", "EUC-KR"},
    {"EUC_TW", "EUC-TW"},
    {"ISO_8859_5", "ISO-8859-5"},
    {"ISO_8859_6", "ISO-8859-6"},
    {"ISO_8859_7", "ISO-8859-7"},
    {"ISO_8859_8", "ISO-8859-8"},
    {"KOI8", "KOI8-R"},
    {"KOI8R", "KOI8-R"},
    {"KOI8U", "KOI8-U"},
    {"LATIN1", "ISO-8859-1"},
    {"LATIN10", "ISO-8859-16"},
    {"LATIN2", "ISO-8859-2"},
    {"LATIN3", "ISO-8859-3"},
    {"LATIN4", "ISO-8859-4"},
    {"LATIN5", "ISO-8859-9"},
    {"LATIN6", "ISO-8859-10"},
    {"LATIN7", "ISO-8859-13"},
    {"LATIN8", "ISO-8859-14"},
    {"LATIN9", "ISO-8859-15"},
    {"SHIFT_JIS_2004", "SHIFT_JISX0213"},
    {"SJIS", "CP932"},
    {"UHC", "CP949"},
    {"WIN1250", "CP1250"},
    {"WIN1251", "CP1251"},
    {"WIN1252", "CP1252"},
    {"WIN1253", "CP1253"},
    {"WIN1254", "CP1254"},
    {"WIN1255", "CP1255"},
    {"WIN1256", "CP1256"},
    {"WIN1257", "CP1257"},
    {"WIN1258", "CP1258"},
    {"WIN866", "CP866"},
    {"WIN874", "CP874"},
};

static const char *
iconv_name(const char *encoding)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(encoding, names[i][0]) == 0)
            return names[i][1];
    return encoding;
}

static bool
is_plain(const char *encoding, struct slice text)
{
    static const char *const utf8[] = {"UTF8", "UTF-8", "UNICODE", "SQL_ASCII"};
    size_t i = 0;

    while (i < text.length && (unsigned char)text.data[i] < 0x80)
        i++;
    if (i == text.length || encoding == NULL)
        return true;
    for (i = 0; i < sizeof utf8 / sizeof utf8[0]; i++)
        if (strcasecmp(encoding, utf8[i]) == 0)
            return true;
    return false;
}

/* Into `out`, which has room; the length, or 0 when the text is not valid. */
static size_t
convert(const char *encoding, struct slice text, char *out, size_t room)
{
    iconv_t converter = iconv_open("UTF-8", iconv_name(encoding));
    char *from = (char *)(uintptr_t)text.data, *to = out; /* iconv(3) does not write there */
    size_t left = text.length, size = room;
    bool failed;

    if (converter == (iconv_t)-1)
        return 0;
    failed = iconv(converter, &from, &left, &to, &size) == (size_t)-1 ||
             iconv(converter, NULL, NULL, &to, &size) == (size_t)-1;
    iconv_close(converter);
    return failed ? 0 : room - size;
}

struct slice
encoding_copy(struct arena *arena, const char *encoding, struct slice text)
{
    struct slice copy = {NULL, 0};
    size_t room = text.length * 4; /* no character of one byte takes more in UTF-8 */
    char *out;

    if (!is_plain(encoding, text)) {
        out = mem_alloc(room);
        copy.length = convert(encoding, text, out, room);
        copy.data = arena_copy(arena, out, copy.length);
        free(out);
    }
    if (copy.length == 0)
        copy = slice_make(arena_copy(arena, text.data, text.length), text.length);
    return copy;
}

/* PostgreSQL looks at the letters and digits of such a name, in any case. */
static void
letters_of(const char *encoding, char *out, size_t room)
{
    size_t n = 0;

    if (encoding == NULL || strcasecmp(encoding, "unicode") == 0)
        encoding = "utf8";
    for (; *encoding != '\0' && n + 1 < room; encoding++)
        if (isalnum((unsigned char)*encoding))
            out[n++] = (char)tolower((unsigned char)*encoding);
    out[n] = '\0';
}

bool
encoding_is_same(const char *a, const char *b)
{
    char one[64], other[64];

    letters_of(a, one, sizeof one);
    letters_of(b, other, sizeof other);
    return strcasecmp(one, other) == 0;
}
