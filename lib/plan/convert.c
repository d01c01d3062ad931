#include "convert.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum family {
    FAMILY_NONE, /* converts to nothing but itself and text */
    FAMILY_TEXT,
    FAMILY_NUMBER,
    FAMILY_TIMESTAMP,
    FAMILY_TIME,
    FAMILY_JSON,
    FAMILY_BITS,
    FAMILY_ADDRESS,
};

static const struct {
    const char *type; /* without modifiers */
    enum family family;
} families[] = {
    {"text", FAMILY_TEXT},
    {"character varying", FAMILY_TEXT},
    {"character", FAMILY_TEXT},
    {"bpchar", FAMILY_TEXT},
    {"name", FAMILY_TEXT},
    {"citext", FAMILY_TEXT},
    {"smallint", FAMILY_NUMBER},
    {"integer", FAMILY_NUMBER},
    {"bigint", FAMILY_NUMBER},
    {"numeric", FAMILY_NUMBER},
    {"real", FAMILY_NUMBER},
    {"double precision", FAMILY_NUMBER},
    {"date", FAMILY_TIMESTAMP},
    {"timestamp without time zone", FAMILY_TIMESTAMP},
    {"timestamp with time zone", FAMILY_TIMESTAMP},
    {"time without time zone", FAMILY_TIME},
    {"time with time zone", FAMILY_TIME},
    {"json", FAMILY_JSON},
    {"jsonb", FAMILY_JSON},
    {"bit", FAMILY_BITS},
    {"bit varying", FAMILY_BITS},
    {"inet", FAMILY_ADDRESS},
    {"cidr", FAMILY_ADDRESS},
};

/* A copy without modifiers: "timestamp(3) with time zone" is "timestamp with time zone". malloc'd.
 */
static char *
without_modifiers(const char *type)
{
    char *copy = mem_string(type), *out = copy;
    bool quoted = false;
    int depth = 0;

    for (const char *p = type; *p != '\0'; p++) {
        if (*p == '"')
            quoted = !quoted;
        if (!quoted && *p == '(')
            depth++;
        if (depth == 0)
            *out++ = *p;
        if (!quoted && *p == ')')
            depth--;
    }
    *out = '\0';
    return copy;
}

/* Cuts "[]" off the end; true when it was there. */
static bool
take_brackets(char *type)
{
    size_t length = strlen(type);

    if (length < 2 || strcmp(type + length - 2, "[]") != 0)
        return false;
    type[length - 2] = '\0';
    return true;
}

/* The type under domains, and under their domains: without modifiers, malloc'd. */
static char *
base_type(const struct schema *schema, const char *type)
{
    char *base = without_modifiers(type);

    for (int depth = 0; depth < 32; depth++) { /* a circle cannot be, but could be written */
        const struct schema_domain *domain = schema_find_domain(schema, base);

        if (domain == NULL || domain->base == NULL)
            break;
        free(base);
        base = without_modifiers(domain->base);
    }
    return base;
}

/* The name behind the schema: where an extension's types are differs from database to database. */
static const char *
bare(const char *type)
{
    const char *dot = strrchr(type, '.');

    return dot != NULL ? dot + 1 : type;
}

static enum family
family_of(const struct schema *schema, const char *type)
{
    if (schema_find_enum(schema, type) != NULL)
        return FAMILY_TEXT;
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (strcmp(families[i].type, bare(type)) == 0)
            return families[i].family;
    return FAMILY_NONE;
}

static bool
fits(const struct schema *backup, char *from, const struct schema *live, char *to)
{
    bool from_array = take_brackets(from), to_array = take_brackets(to);
    enum family target = family_of(live, to), source = family_of(backup, from);

    if (from_array != to_array)
        return !to_array && target == FAMILY_TEXT && schema_find_enum(live, to) == NULL;
    if (strcmp(bare(from), bare(to)) == 0)
        return true;
    if (target == FAMILY_TEXT && schema_find_enum(live, to) == NULL)
        return true; /* every value has a text */
    return target != FAMILY_NONE && source == target;
}

enum convert_result
convert_check(
    const struct schema *backup, const char *from, const struct schema *live, const char *to)
{
    char *source, *target;
    bool good;

    if (strcmp(from, to) == 0)
        return CONVERT_SAME;
    source = base_type(backup, from);
    target = base_type(live, to);
    good = fits(backup, source, live, target);
    free(source);
    free(target);
    return good ? CONVERT_POSSIBLE : CONVERT_NOT;
}
