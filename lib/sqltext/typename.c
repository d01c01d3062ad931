#include "typename.h"

#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"

/* How the modifiers in parentheses are written. */
enum shape {
    BEHIND,    /* varying(30) */
    CHARACTER, /* as BEHIND, (1) when none is given */
    TIME,      /* timestamp(3) without time zone; the name is "time" or "timestamp" */
    TIME_TZ,
    NUMERIC, /* numeric(10) is numeric(10,0) */
    FLOAT,   /* float(24) is real, else double precision */
};

/* Names of one word that SQL or PostgreSQL has for a type whose printed name is another. */
static const struct alias {
    const char *name, *printed;
    enum shape shape;
    bool internal; /* a row of pg_type: may be quoted or qualified by pg_catalog */
} aliases[] = {
    {"bigint", "bigint", BEHIND, false},
    {"bit", "bit", CHARACTER, true},
    {"bool", "boolean", BEHIND, true},
    {"boolean", "boolean", BEHIND, false},
    {"bpchar", "bpchar", BEHIND, true},
    {"char", "character", CHARACTER, false},
    {"character", "character", CHARACTER, false},
    {"dec", "numeric", NUMERIC, false},
    {"decimal", "numeric", NUMERIC, false},
    {"float", "double precision", FLOAT, false},
    {"float4", "real", BEHIND, true},
    {"float8", "double precision", BEHIND, true},
    {"int", "integer", BEHIND, false},
    {"int2", "smallint", BEHIND, true},
    {"int4", "integer", BEHIND, true},
    {"int8", "bigint", BEHIND, true},
    {"integer", "integer", BEHIND, false},
    {"interval", "interval", BEHIND, true},
    {"nchar", "character", CHARACTER, false},
    {"numeric", "numeric", NUMERIC, true},
    {"real", "real", BEHIND, false},
    {"smallint", "smallint", BEHIND, false},
    {"time", "time", TIME, true},
    {"timestamp", "timestamp", TIME, true},
    {"timestamptz", "timestamp", TIME_TZ, true},
    {"timetz", "time", TIME_TZ, true},
    {"varbit", "bit varying", BEHIND, true},
    {"varchar", "character varying", BEHIND, true},
};

static const struct serial {
    const char *name, *printed;
} serials[] = {
    {"serial", "integer"},
    {"serial4", "integer"},
    {"bigserial", "bigint"},
    {"serial8", "bigint"},
    {"smallserial", "smallint"},
    {"serial2", "smallint"},
};

/* The other types of pg_catalog that a column may have (pg_type.dat). */
static const char *const builtins[] = {"aclitem", "box", "bytea", "cid", "cidr", "circle", "date",
    "datemultirange", "daterange", "gtsvector", "inet", "int2vector", "int4multirange", "int4range",
    "int8multirange", "int8range", "json", "jsonb", "jsonpath", "line", "lseg", "macaddr",
    "macaddr8", "money", "name", "nummultirange", "numrange", "oid", "oidvector", "path", "pg_lsn",
    "pg_snapshot", "point", "polygon", "record", "refcursor", "regclass", "regcollation",
    "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc",
    "regprocedure", "regrole", "regtype", "text", "tid", "tsmultirange", "tsquery", "tsrange",
    "tstzmultirange", "tstzrange", "tsvector", "txid_snapshot", "uuid", "xid", "xid8", "xml",
    "unknown", "cstring"};

/* Reserved words (manual, appendix C): format_type() quotes a user's type of such a name. */
static const char *const reserved[] = {"all", "analyse", "analyze", "and", "any", "array", "as",
    "asc", "asymmetric", "authorization", "between", "binary", "both", "case", "cast", "check",
    "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current",
    "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract",
    "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group", "having",
    "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral",
    "leading", "left", "like", "limit", "localtime", "natural", "not", "notnull", "null", "offset",
    "on", "only", "or", "order", "outer", "overlaps", "placing", "position", "precision", "primary",
    "references", "returning", "right", "row", "select", "setof", "similar", "some", "substring",
    "symmetric", "table", "tablesample", "then", "to", "trailing", "treat", "trim", "true", "union",
    "unique", "user", "using", "values", "variadic", "verbose", "when", "where", "window", "with"};

static bool
is_listed(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}

#define LISTED(name, list) is_listed(name, list, sizeof(list) / sizeof(list)[0])

/* Appends `(a,b)` when modifiers stand here, as they were written without blanks. */
static bool
modifiers(struct tokens *tokens, struct buf *out)
{
    struct tokens inside;

    if (!tokens_group(tokens, &inside))
        return false;
    buf_add_char(out, '(');
    for (; inside.n > 0; inside.at++, inside.n--)
        buf_add_slice(out, inside.at->raw);
    buf_add_char(out, ')');
    return true;
}

/* interval year to month, interval second(3), interval(3). */
static void
interval_fields(struct tokens *tokens, struct buf *out)
{
    static const char *const fields[] = {"year", "month", "day", "hour", "minute", "second"};

    for (size_t i = 0; i < 6; i++) {
        if (!tokens_accept(tokens, fields[i]))
            continue;
        buf_add_format(out, " %s", fields[i]);
        if (tokens_accept(tokens, "to")) {
            buf_add_string(out, " to");
            interval_fields(tokens, out);
        } else {
            modifiers(tokens, out);
        }
        return;
    }
    modifiers(tokens, out);
}

static void
time_type(struct tokens *tokens, const struct alias *alias, struct buf *out)
{
    bool zone = alias->shape == TIME_TZ;

    modifiers(tokens, out);
    if (tokens_accept(tokens, "with time zone"))
        zone = true;
    else
        tokens_accept(tokens, "without time zone");
    buf_add_string(out, zone ? " with time zone" : " without time zone");
}

static void
numeric_type(struct tokens *tokens, struct buf *out)
{
    if (modifiers(tokens, out) && memchr(out->data, ',', out->length) == NULL) {
        out->length--;
        buf_add_string(out, ",0)");
    }
}

static void
float_type(struct tokens *tokens, struct buf *out)
{
    struct tokens inside;

    if (tokens_group(tokens, &inside) && inside.n == 1) {
        struct buf digits = {0};

        buf_add_slice(&digits, inside.at->text);
        if (strtol(buf_string(&digits), NULL, 10) <= 24) {
            buf_clear(out);
            buf_add_string(out, "real");
        }
        buf_release(&digits);
    }
}

static void
alias_type(struct tokens *tokens, const struct alias *alias, struct buf *out)
{
    bool varying = false;

    buf_add_string(out, alias->printed);
    switch (alias->shape) {
    case CHARACTER:
        varying = tokens_accept(tokens, "varying");
        if (varying)
            buf_add_string(out, " varying");
        if (!modifiers(tokens, out) && !varying)
            buf_add_string(out, "(1)");
        break;
    case TIME:
    case TIME_TZ:
        time_type(tokens, alias, out);
        break;
    case NUMERIC:
        numeric_type(tokens, out);
        break;
    case FLOAT:
        float_type(tokens, out);
        break;
    default:
        if (strcmp(alias->printed, "interval") == 0)
            interval_fields(tokens, out);
        else if (strcmp(alias->printed, "bpchar") == 0 && tokens_peek(tokens, 0, "("))
            buf_clear(out), buf_add_string(out, "character");
        modifiers(tokens, out);
        break;
    }
}

static const struct alias *
find_alias(const char *name, bool internal_only)
{
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (strcmp(aliases[i].name, name) == 0 && (aliases[i].internal || !internal_only))
            return &aliases[i];
    return NULL;
}

static void
quoted_where_needed(const char *name, struct buf *out)
{
    if (LISTED(name, reserved))
        ident_quote(slice_string(name), out);
    else
        ident_display(slice_string(name), out);
}

/* `name` was not one of the words with a grammar of their own. */
static void
plain_type(struct tokens *tokens, const char *schema, const char *name, struct buf *out)
{
    if (schema != NULL && strcmp(schema, "pg_catalog") != 0) {
        quoted_where_needed(schema, out);
        buf_add_char(out, '.');
    }
    if (schema != NULL && strcmp(schema, "pg_catalog") == 0 && strcmp(name, "char") == 0)
        buf_add_string(out, "\"char\"");
    else
        quoted_where_needed(name, out);
    modifiers(tokens, out);
}

/* `int[3][]` and `int ARRAY[4]` are both integer[]. */
static void
array_suffix(struct tokens *tokens, struct buf *out)
{
    bool array = tokens_accept(tokens, "array");

    while (tokens_peek(tokens, 0, "[")) {
        tokens_skip(tokens);
        array = true;
    }
    if (array)
        buf_add_string(out, "[]");
}

static void
named_type(struct tokens *tokens, const char *schema, const char *name, bool quoted,
    const char *own_schema, struct buf *out)
{
    bool catalog = schema != NULL && strcmp(schema, "pg_catalog") == 0;
    const struct alias *alias =
        schema == NULL || catalog ? find_alias(name, quoted || catalog) : NULL;
    bool builtin = LISTED(name, builtins) || (quoted && strcmp(name, "char") == 0);

    if (alias != NULL)
        alias_type(tokens, alias, out);
    else if (schema == NULL && builtin)
        plain_type(tokens, "pg_catalog", name, out);
    else
        plain_type(tokens, schema != NULL ? schema : own_schema, name, out);
}

static bool
serial_type(const char *name, struct buf *out)
{
    for (size_t i = 0; i < sizeof serials / sizeof serials[0]; i++)
        if (strcmp(serials[i].name, name) == 0) {
            buf_add_string(out, serials[i].printed);
            return true;
        }
    return false;
}

bool
typename_parse(struct tokens *tokens, const char *own_schema, struct typename *type)
{
    struct buf out = {0};
    char *schema, *name;
    bool quoted = tokens->n > 0 && tokens->at->kind == SQLLEX_IDENT;

    *type = (struct typename){0};
    tokens_accept(tokens, "setof");
    if (tokens_accept(tokens, "double precision")) {
        name = mem_string("float8");
        schema = NULL;
    } else {
        tokens_accept(tokens, "national");
        if (!tokens_qualified(tokens, &schema, &name))
            return false;
    }
    type->serial = schema == NULL && !quoted && serial_type(name, &out);
    if (!type->serial)
        named_type(tokens, schema, name, quoted, own_schema, &out);
    array_suffix(tokens, &out);
    buf_string(&out);
    type->text = out.data;
    free(schema);
    free(name);
    return true;
}
