/* Whose ids a column, or a value inside of json, holds. */
#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"
#include "rules_line.h"
#include "rules_name.h"

/* ---- what holds them */

static bool
is_type(const char *type, const char *name)
{
    return type != NULL && strcmp(type, name) == 0;
}

static bool
is_json(const struct rules_line *line)
{
    const char *type = rules_line_type(line);

    return is_type(type, "json") || is_type(type, "jsonb");
}

/* An unknown type may be anything. */
static bool
may_be_array(const struct rules_line *line)
{
    const char *type = rules_line_type(line);
    size_t length = type != NULL ? strlen(type) : 0;

    return type == NULL || (length > 2 && strcmp(type + length - 2, "[]") == 0);
}

/* One of the paths leads into the other, or both are the same. */
static bool
overlap(const struct schema_names *a, const struct schema_names *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++)
        if (strcmp(a->names[i], b->names[i]) != 0)
            return false;
    return true;
}

static struct rules_ids *
need_path(struct rules_line *line)
{
    struct rules_column *column = line->column;
    struct rules_path *path;

    for (size_t i = 0; i < column->n_paths; i++) {
        path = &column->paths[i];
        if (schema_names_equal(&path->keys, &line->keys))
            return &path->ids;
        if (overlap(&path->keys, &line->keys) && line->reason == NULL)
            line->reason = mem_format("line %lu is about a value around this one, or inside it",
                path->ids.role_line != 0   ? path->ids.role_line
                : path->ids.none_line != 0 ? path->ids.none_line
                                           : path->ids.unresolved_line);
    }
    path = MEM_APPEND(column->paths, column->n_paths, column->room_paths);
    *path = (struct rules_path){.keys = line->keys};
    return &path->ids;
}

/* What the rule is about: the column, or a value inside of it. */
static struct rules_ids *
need_ids(struct rules_line *line)
{
    if (line->keys.n == 0 && !is_json(line))
        return &line->column->ids;
    if (!is_json(line) && rules_line_type(line) != NULL)
        rules_line_complain(line, "keys lead into columns of json or jsonb; this column's type is",
            rules_line_type(line));
    return need_path(line);
}

/* Another line, which the rule contradicts, says `what`; 0: there is none. */
static bool
contradicts(struct rules_line *line, unsigned long other, const char *what)
{
    if (other != 0 && line->reason == NULL)
        line->reason = mem_format("line %lu says %s", other, what);
    return other != 0;
}

static const char holds_none[] = "that it holds no ids";

static bool
claim_role(struct rules_line *line, struct rules_ids *ids, enum rules_role role)
{
    if (contradicts(line, ids->none_line, holds_none))
        return false;
    if (!rules_line_claim(line, &ids->role_line, "what its ids are of"))
        return false;
    ids->role = role;
    return true;
}

static void
take_role(struct rules_line *line, enum rules_role role)
{
    char *target = rules_line_table(line);
    struct rules_ids *ids = need_ids(line);

    if (line->reason == NULL && claim_role(line, ids, role))
        ids->target = target;
    else
        free(target);
}

void
rules_ids_array(struct rules_line *line)
{
    if (!may_be_array(line) && !is_json(line) && line->keys.n == 0)
        rules_line_complain(
            line, "array-of is for arrays and json; this column's type is", rules_line_type(line));
    take_role(line, RULES_ROLE_ARRAY);
}

void
rules_ids_reference(struct rules_line *line)
{
    if (rules_line_type(line) != NULL && may_be_array(line))
        rules_line_complain(line, "refers-to is for single ids; write array-of for an array", NULL);
    take_role(line, RULES_ROLE_REFERENCE);
}

void
rules_ids_unresolved(struct rules_line *line)
{
    static const char *const words[] = {"keep", "null", "drop", "reject", NULL};
    int word = rules_line_choose(line, words, "keep, null, drop or reject is wanted, not");
    struct rules_ids *ids = need_ids(line);

    if (word == PLAN_UNRESOLVED_DROP && !may_be_array(line) && !is_json(line))
        rules_line_complain(line, "drop is for arrays; write keep, null or reject", NULL);
    if (!contradicts(line, ids->none_line, holds_none) &&
        rules_line_claim(line, &ids->unresolved_line, "what becomes of unresolved ids"))
        ids->unresolved = (enum plan_unresolved)word;
}

void
rules_ids_none(struct rules_line *line)
{
    struct rules_ids *ids = need_ids(line);

    if (!contradicts(line, ids->role_line, "what its ids are of") &&
        !contradicts(line, ids->unresolved_line, "what becomes of its ids"))
        rules_line_claim(line, &ids->none_line, holds_none);
}

/* ---- refers-by column(value=table, ...) */

static void
skip_blanks(struct slice *text)
{
    while (text->length > 0 && (text->data[0] == ' ' || text->data[0] == '\t'))
        *text = slice_make(text->data + 1, text->length - 1);
}

static bool
take_char(struct slice *text, char c)
{
    skip_blanks(text);
    if (text->length == 0 || text->data[0] != c)
        return false;
    *text = slice_make(text->data + 1, text->length - 1);
    skip_blanks(text);
    return true;
}

/* 'quoted', its quotes doubled, behind the first quote. */
static bool
take_quoted(struct slice *text, struct buf *value)
{
    while (text->length > 0) {
        char c = text->data[0];
        bool twice = c == '\'' && text->length > 1 && text->data[1] == '\'';

        *text = slice_make(text->data + 1 + twice, text->length - 1 - twice);
        if (c == '\'' && !twice)
            return true;
        buf_add_char(value, c);
    }
    return false;
}

/* A value as it is written, or in single quotes. */
static bool
take_value(struct slice *text, struct buf *value)
{
    size_t n = 0;

    if (take_char(text, '\''))
        return take_quoted(text, value) && value->length > 0;
    while (n < text->length && strchr("=,()'\" \t", text->data[n]) == NULL && text->data[n] != '\0')
        n++;
    buf_add_slice(value, slice_make(text->data, n));
    *text = slice_make(text->data + n, text->length - n);
    return n > 0;
}

/* A table, as written: up to a comma or the closing parenthesis outside of quotes. */
static char *
take_table(struct rules_line *line)
{
    struct slice all = line->rest;
    bool quoted = false;
    size_t n = 0;
    char *table;

    while (n < all.length && (quoted || strchr(",)", all.data[n]) == NULL)) {
        if (all.data[n] == '"')
            quoted = !quoted;
        n++;
    }
    line->rest = slice_make(all.data, n);
    table = rules_line_table(line);
    skip_blanks(&line->rest);
    if (line->rest.length > 0)
        rules_line_complain(line, "VALUE=TABLE is wanted, separated by commas", NULL);
    line->rest = slice_make(all.data + n, all.length - n);
    return table;
}

static void
add_case(struct rules_line *line, struct rules_ids *ids, const char *value, char *target)
{
    for (size_t i = 0; i < ids->n_cases; i++)
        if (strcmp(ids->cases[i].value, value) == 0)
            rules_line_complain(line, "the rule has two tables for the value", value);
    *MEM_APPEND(ids->cases, ids->n_cases, ids->room_cases) =
        (struct rules_case){mem_string(value), target};
}

static void
take_cases(struct rules_line *line, struct rules_ids *ids)
{
    struct buf value = {0};
    bool more = true;

    while (more && line->reason == NULL) {
        buf_clear(&value);
        skip_blanks(&line->rest);
        if (take_value(&line->rest, &value) && take_char(&line->rest, '='))
            add_case(line, ids, buf_string(&value), take_table(line));
        else
            rules_line_complain(
                line, "VALUE=TABLE is wanted, VALUE in single quotes if it must be", NULL);
        more = take_char(&line->rest, ',');
    }
    if (!take_char(&line->rest, ')'))
        rules_line_complain(line, "a closing parenthesis is missing behind the tables", NULL);
    buf_release(&value);
}

void
rules_ids_cases(struct rules_line *line)
{
    struct rules_ids found = {0}, *ids;
    struct buf by = {0};

    skip_blanks(&line->rest);
    if (!ident_parse(&line->rest, &by) || !take_char(&line->rest, '('))
        rules_line_complain(line,
            "a column and its values are wanted, such as: comment.target_id refers-by "
            "target_type(Post=posts, User=\"User\")",
            NULL);
    else if (!rules_name_has_column(line->backup, line->live, line->table->name, buf_string(&by)))
        rules_line_complain(line, "the table has no column", buf_string(&by));
    else if (strcmp(buf_string(&by), line->column->name) == 0)
        rules_line_complain(
            line, "a column cannot say whose ids it holds itself:", buf_string(&by));
    if (line->reason == NULL)
        take_cases(line, &found);
    if (rules_line_type(line) != NULL && (may_be_array(line) || is_json(line)))
        rules_line_complain(
            line, "refers-by is for single ids; this column's type is", rules_line_type(line));
    ids = &line->column->ids;
    if (line->reason == NULL && claim_role(line, ids, RULES_ROLE_CASES)) {
        ids->by = mem_string(buf_string(&by));
        ids->cases = found.cases;
        ids->n_cases = found.n_cases;
    }
    buf_release(&by);
}
