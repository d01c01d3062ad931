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

/* ---- what is lost */

#define DIGITS_ANY 1000 /* as many as a value has */
#define DIGITS_TIME 6   /* of a second, where the type does not say */

/* A type, domains aside. */
struct form {
    char *name;      /* without modifiers, malloc'd */
    int last, count; /* the last modifier, and how many there are */
};

/* "numeric(8,2)" has two modifiers, 2 is the last. */
static void
take_modifiers(const char *type, struct form *form)
{
    const char *at = type[0] != '"' ? strchr(type, '(') : NULL;

    while (at != NULL && *at != ')' && *at != '\0') {
        form->last = (int)strtol(at + 1, NULL, 10);
        form->count++;
        at += 1 + strcspn(at + 1, ",)");
    }
}

static struct form
form_of(const struct schema *schema, const char *type)
{
    struct form form = {.name = without_modifiers(type)};

    for (int depth = 0; depth < 32; depth++) {
        const struct schema_domain *domain = schema_find_domain(schema, form.name);

        if (domain == NULL || domain->base == NULL)
            break;
        free(form.name);
        type = domain->base;
        form.name = without_modifiers(type);
    }
    take_brackets(form.name);
    take_modifiers(type, &form);
    return form;
}

static bool
is(const struct form *form, const char *name)
{
    return strcmp(form->name, name) == 0;
}

/* After the point of a number, or of a second. */
static int
digits_of(const struct form *form)
{
    if (is(form, "smallint") || is(form, "integer") || is(form, "bigint") || is(form, "date"))
        return 0;
    if (is(form, "numeric"))
        return form->count == 0 ? DIGITS_ANY : form->count == 1 ? 0 : form->last;
    if (is(form, "real") || is(form, "double precision"))
        return DIGITS_ANY;
    return form->count > 0 ? form->last : DIGITS_TIME;
}

static bool
has_zone(const struct form *form)
{
    return strstr(form->name, " with time zone") != NULL;
}

static bool
is_local(const struct form *form)
{
    return is(form, "date") || strstr(form->name, " without time zone") != NULL;
}

static char *
loss(const struct form *from, enum family family, const struct form *to)
{
    bool number = family == FAMILY_NUMBER;
    int digits = digits_of(to);

    if (is(to, "real") && (is(from, "numeric") || is(from, "double precision")))
        return mem_string("are rounded to some 6 digits");
    if (is(to, "double precision") && is(from, "numeric"))
        return mem_string("are rounded to some 15 digits");
    if (is(to, "date") && !is(from, "date"))
        return mem_string(has_zone(from) ? "become dates of UTC, and lose their time of day"
                                         : "lose their time of day");
    if (has_zone(from) && is_local(to))
        return mem_string("become times of UTC");
    if (is_local(from) && has_zone(to))
        return mem_string("are taken for times of UTC");
    /* of integers a value with digits after the point is refused */
    if (digits >= digits_of(from) || (number && !is(to, "numeric")))
        return NULL;
    return mem_format("are rounded to %d digit%s %s", digits, digits == 1 ? "" : "s",
        number ? "after the point" : "of a second");
}

char *
convert_loss(
    const struct schema *backup, const char *from, const struct schema *live, const char *to)
{
    struct form source = form_of(backup, from), target = form_of(live, to);
    enum family family = family_of(live, target.name);
    bool alike = family == family_of(backup, source.name);
    char *text = NULL;

    if (alike && (family == FAMILY_NUMBER || family == FAMILY_TIMESTAMP || family == FAMILY_TIME))
        text = loss(&source, family, &target);
    free(source.name);
    free(target.name);
    return text;
}

bool
convert_drops_zone(
    const struct schema *backup, const char *from, const struct schema *live, const char *to)
{
    struct form source = form_of(backup, from), target = form_of(live, to);
    bool drops = has_zone(&source) && is_local(&target);

    free(source.name);
    free(target.name);
    return drops;
}
