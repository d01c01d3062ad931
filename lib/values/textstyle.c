#include "textstyle.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const char *const textstyle_names[TEXTSTYLE_NAMES] = {"datestyle", "intervalstyle", "timezone"};

/* Those of sql/session_setup.sql. */
static const char *const own[TEXTSTYLE_NAMES] = {"ISO, YMD", "postgres", "UTC"};

static bool
is_word(struct slice text, const char *word)
{
    return text.length == strlen(word) && strncasecmp(text.data, word, text.length) == 0;
}

/* Takes the next word off the front of a list with commas. False at its end. */
static bool
next_word(struct slice *text, struct slice *word)
{
    const char *p = text->data, *end = p + text->length, *from;

    while (p < end && (*p == ',' || isspace((unsigned char)*p)))
        p++;
    from = p;
    while (p < end && *p != ',' && !isspace((unsigned char)*p))
        p++;
    *word = slice_make(from, (size_t)(p - from));
    *text = slice_make(p, (size_t)(end - p));
    return word->length > 0;
}

/*
 * Of DateStyle's two parts only the order of day, month and year says how a date is read. One that
 * is not ISO has PostgreSQL's default order, unless it says another; German says its own.
 */
static bool
set_datestyle(struct textstyle *style, struct slice value)
{
    static const struct {
        const char *word, *order;
        bool sure; /* else only where no other word says the order, and none was set before */
    } words[] = {{"dmy", "DMY", true}, {"euro", "DMY", true}, {"european", "DMY", true},
        {"mdy", "MDY", true}, {"us", "MDY", true}, {"noneuro", "MDY", true},
        {"noneuropean", "MDY", true}, {"ymd", "YMD", true}, {"german", "DMY", false},
        {"sql", "MDY", false}, {"postgres", "MDY", false}, {"postgresql", "MDY", false},
        {"iso", "", false}};
    const char *said = "", *implied = "", *order;
    struct slice word;

    while (next_word(&value, &word)) {
        size_t i = 0;

        while (i < COUNT(words) && !is_word(word, words[i].word))
            i++;
        if (i == COUNT(words))
            return false;
        if (words[i].sure)
            said = words[i].order;
        else if (words[i].order[0] == 'D' || style->values[TEXTSTYLE_DATESTYLE][0] == '\0')
            implied = words[i].order;
    }
    order = said[0] != '\0' ? said : implied;
    if (order[0] != '\0')
        snprintf(style->values[TEXTSTYLE_DATESTYLE], sizeof style->values[TEXTSTYLE_DATESTYLE],
            "ISO, %s", order);
    return true;
}

static bool
set_intervalstyle(struct textstyle *style, struct slice value)
{
    static const char *const words[] = {"postgres", "postgres_verbose", "sql_standard", "iso_8601"};

    for (size_t i = 0; i < COUNT(words); i++)
        if (is_word(value, words[i])) {
            snprintf(style->values[TEXTSTYLE_INTERVALSTYLE],
                sizeof style->values[TEXTSTYLE_INTERVALSTYLE], "%s", words[i]);
            return true;
        }
    return false;
}

/* A name, an offset, a POSIX rule, or INTERVAL '...': which of them there are the server knows. */
static bool
set_timezone(struct textstyle *style, struct slice value)
{
    if (value.length >= sizeof style->values[TEXTSTYLE_TIMEZONE])
        return false;
    for (size_t i = 0; i < value.length; i++)
        if (!isalnum((unsigned char)value.data[i]) && strchr("_+-:/,.<> '", value.data[i]) == NULL)
            return false;
    snprintf(style->values[TEXTSTYLE_TIMEZONE], sizeof style->values[TEXTSTYLE_TIMEZONE], "%.*s",
        (int)value.length, value.data);
    return true;
}

/* The place of a setting among them, or how many there are. */
static int
find(struct slice name)
{
    int i = 0;

    while (i < TEXTSTYLE_NAMES && !is_word(name, textstyle_names[i]))
        i++;
    return i;
}

bool
textstyle_has(struct slice name)
{
    return find(name) < TEXTSTYLE_NAMES;
}

bool
textstyle_set(struct textstyle *style, struct slice name, struct slice value)
{
    int i = find(name);

    if (i == TEXTSTYLE_NAMES)
        return false;
    if (value.length == 0)
        style->values[i][0] = '\0';
    else if (i == TEXTSTYLE_DATESTYLE)
        return set_datestyle(style, value);
    else if (i == TEXTSTYLE_INTERVALSTYLE)
        return set_intervalstyle(style, value);
    else
        return set_timezone(style, value);
    return true;
}

const char *
textstyle_value(const struct textstyle *style, enum textstyle_name name)
{
    const char *value = style->values[name];

    return value[0] != '\0' ? value : own[name];
}

bool
textstyle_equal(const struct textstyle *a, const struct textstyle *b)
{
    for (int i = 0; i < TEXTSTYLE_NAMES; i++)
        if (strcmp(textstyle_value(a, (enum textstyle_name)i),
                textstyle_value(b, (enum textstyle_name)i)) != 0)
            return false;
    return true;
}

bool
textstyle_is_own(const struct textstyle *style)
{
    static const struct textstyle none;

    return textstyle_equal(style, &none);
}
