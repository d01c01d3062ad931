#include "plan_options.h"
#include "plan_words.h"

#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"
#include "number.h"

/* ---- from text */

/* Where the first thing that is wrong is noted. */
static void
complain(char **reason, const char *what, const char *value)
{
    if (*reason == NULL)
        *reason = mem_format("%s \"%s\"", what, value);
}

/* The position of `value` among the words. */
static int
word(const char *value, const char *const *words, char **reason)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], value) == 0)
            return i;
    complain(reason, "unknown word", value);
    return 0;
}

static int64_t
number(const char *value, char **reason)
{
    int64_t result = 0;

    if (!number_parse(slice_string(value), &result) || result < 0)
        complain(reason, "not a number:", value);
    return result;
}

static bool
yes(const char *value, char **reason)
{
    if (strcmp(value, "yes") != 0)
        complain(reason, "unknown word", value);
    return true;
}

/* One bare name in display form, malloc'd; NULL when it is anything else. */
static char *
name(const char *value, char **reason)
{
    struct slice rest = slice_string(value);
    struct buf bare = {0};

    if (!ident_parse(&rest, &bare) || rest.length > 0) {
        complain(reason, "not a name, or not quoted as one:", value);
        buf_release(&bare);
        return NULL;
    }
    buf_string(&bare);
    return bare.data;
}

/* The one display form of a relation with its schema, malloc'd; NULL when it is anything else. */
static char *
relation(const char *value, char **reason)
{
    char *schema = NULL, *bare = NULL, *display = NULL;

    if (ident_parse_qualified(slice_string(value), &schema, &bare) && schema != NULL)
        display = ident_qualified(schema, bare);
    free(schema);
    free(bare);
    if (display != NULL && strcmp(display, value) == 0)
        return display;
    free(display);
    complain(reason, "not a table's name with its schema, quoted only where it must be:", value);
    return NULL;
}

/* newest(column): the column's bare name, malloc'd, or NULL when `value` is not of that form. */
static char *
newest_column(const char *value)
{
    char **names, *column = NULL;
    size_t n;

    if (strncmp(value, "newest(", 7) != 0 || !ident_list_parse(slice_string(value + 6), &names, &n))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (n == 1)
            column = names[i];
        else
            free(names[i]);
    }
    free(names);
    return column;
}

/* A word of `words`, of which the one at `newest` has a column behind it. */
static int
choice(const char *value, const char *const *words, int newest, char **column, char **reason)
{
    int found;

    free(*column);
    *column = newest_column(value);
    if (*column != NULL)
        return newest;
    found = word(value, words, reason);
    if (found == newest)
        complain(reason, "write newest(COLUMN), not", value);
    return found;
}

static void
take_conflict(enum plan_conflict *conflict, char **newest, const char *value, char **reason)
{
    *conflict =
        (enum plan_conflict)choice(value, plan_conflicts, PLAN_CONFLICT_NEWEST, newest, reason);
}

static void
take_unresolved(enum plan_unresolved *unresolved, enum plan_column_action action, const char *value,
    char **reason)
{
    *unresolved = (enum plan_unresolved)word(value, plan_unresolveds, reason);
    if (*unresolved == PLAN_UNRESOLVED_DROP && action != PLAN_COLUMN_ARRAY)
        complain(reason, "only arrays can have", "unresolved=drop");
}

/* Codes are words for other programs; which there are is not looked at. */
static char *
codes(const char *value, char **reason)
{
    if (value[strspn(value, "abcdefghijklmnopqrstuvwxyz-,")] != '\0')
        complain(reason, "not a list of codes:", value);
    return mem_string(value);
}

static void
replace(char **text, char *by)
{
    free(*text);
    *text = by;
}

static void
require_merge(const struct plan_table *table, const char *option, char **reason)
{
    if (table->action != PLAN_MERGE)
        complain(reason, "only tables that are merged by a key can have", option);
}

static void
take_same_ids(struct plan_table *table, const char *value, char **reason)
{
    table->same_ids = strcmp(value, "all") == 0 ? PLAN_SAME_ALL : PLAN_SAME_UP_TO;
    if (table->same_ids == PLAN_SAME_UP_TO)
        table->same_up_to = number(value, reason);
    require_merge(table, "same-ids", reason);
}

/* One of several. */
static void
take_same_by(struct plan_table *table, const char *value, char **reason)
{
    char *column = name(value, reason);

    if (column != NULL)
        schema_add_name(&table->same_by, column);
    free(column);
    table->same_ids = PLAN_SAME_ALIKE;
    require_merge(table, "same-by", reason);
}

static void
table_option(void *made, const char *option, const char *value, char **reason)
{
    struct plan_table *table = made;

    if (strcmp(option, "lineage") == 0)
        table->lineage = (enum plan_lineage)word(value, plan_lineages, reason);
    else if (strcmp(option, "conflict") == 0)
        take_conflict(&table->conflict, &table->newest, value, reason);
    else if (strcmp(option, "duplicates") == 0)
        table->duplicates = (enum plan_duplicates)choice(value, plan_duplicates_words,
            PLAN_DUPLICATES_NEWEST, &table->duplicates_newest, reason);
    else if (strcmp(option, "nulls") == 0)
        table->nulls = (enum plan_nulls)word(value, plan_nulls_words, reason);
    else if (strcmp(option, "same-ids") == 0)
        take_same_ids(table, value, reason);
    else if (strcmp(option, "same-by") == 0)
        take_same_by(table, value, reason);
    else if (strcmp(option, "cycle") == 0)
        table->cycle = (int)number(value, reason);
    else if (strcmp(option, "rows") == 0)
        table->rows = number(value, reason);
    else if (strcmp(option, "stricter") == 0)
        table->stricter = yes(value, reason);
    else if (strcmp(option, "backup") == 0)
        replace(&table->backup, relation(value, reason));
    else if (strcmp(option, "partitioned") == 0)
        table->partitioned = yes(value, reason);
    else if (strcmp(option, "into") == 0)
        replace(&table->into, relation(value, reason));
    else if (strcmp(option, "map") == 0)
        replace(&table->map, relation(value, reason));
    else if (strcmp(option, "why") == 0)
        replace(&table->why, codes(value, reason));
    else
        complain(reason, "unknown option of a table:", option);
}

static void
column_option(void *made, const char *option, const char *value, char **reason)
{
    struct plan_column *column = made;
    bool is_reference = column->action == PLAN_COLUMN_REFERENCE;

    if (strcmp(option, "unresolved") == 0 && (is_reference || column->action == PLAN_COLUMN_ARRAY))
        take_unresolved(&column->unresolved, column->action, value, reason);
    else if (strcmp(option, "by") == 0 && is_reference && column->target == NULL)
        replace(&column->by, name(value, reason));
    else if (strcmp(option, "conflict") == 0)
        take_conflict(&column->conflict, &column->newest, value, reason);
    else if (strcmp(option, "member") == 0 && column->action == PLAN_COLUMN_ID)
        column->member = yes(value, reason);
    else if (strcmp(option, "zoned") == 0)
        column->zoned = yes(value, reason);
    else if (strcmp(option, "converted") == 0)
        column->converted = yes(value, reason);
    else if (strcmp(option, "backup") == 0)
        replace(&column->backup, name(value, reason));
    else if (strcmp(option, "why") == 0)
        replace(&column->why, codes(value, reason));
    else
        complain(reason, "no option of such a column:", option);
}

static void
case_option(void *made, const char *option, const char *value, char **reason)
{
    struct plan_case *branch = made;

    if (strcmp(option, "when") == 0)
        replace(&branch->value, name(value, reason));
    else
        complain(reason, "no option of a case:", option);
}

static void
path_option(void *made, const char *option, const char *value, char **reason)
{
    struct plan_path *path = made;

    if (strcmp(option, "unresolved") == 0)
        take_unresolved(&path->unresolved, path->action, value, reason);
    else
        complain(reason, "no option of a path:", option);
}

/*
 * Takes the next option, malloc'd, off *text: up to a blank that is neither quoted nor in
 * parentheses. False at the end.
 */
static bool
next_option(const char **text, char **option)
{
    const char *start = *text + strspn(*text, " "), *p = start;
    int depth = 0;
    bool quoted = false;

    for (; *p != '\0' && (quoted || depth > 0 || *p != ' '); p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (*p == '(') - (*p == ')');
    }
    *text = p;
    if (p == start)
        return false;
    *option = mem_copy(start, (size_t)(p - start));
    return true;
}

static bool
parse(void *made, const char *text, char **reason,
    void (*take)(void *made, const char *option, const char *value, char **reason))
{
    char *option;

    *reason = NULL;
    while (*reason == NULL && text != NULL && next_option(&text, &option)) {
        char *equals = strchr(option, '=');

        if (equals == NULL) {
            complain(reason, "not NAME=VALUE:", option);
        } else {
            *equals = '\0';
            take(made, option, equals + 1, reason);
        }
        free(option);
    }
    return *reason == NULL;
}

bool
plan_options_parse_table(struct plan_table *table, const char *text, char **reason)
{
    return parse(table, text, reason, table_option);
}

bool
plan_options_parse_column(struct plan_column *column, const char *text, char **reason)
{
    return parse(column, text, reason, column_option);
}

bool
plan_options_parse_case(struct plan_case *branch, const char *text, char **reason)
{
    return parse(branch, text, reason, case_option);
}

bool
plan_options_parse_path(struct plan_path *path, const char *text, char **reason)
{
    return parse(path, text, reason, path_option);
}

/* ---- to text */

static void
add(struct buf *out, const char *option, const char *value)
{
    if (out->length > 0)
        buf_add_char(out, ' ');
    buf_add_format(out, "%s=%s", option, value);
}

static void
add_number(struct buf *out, const char *option, int64_t value)
{
    add(out, option, "");
    buf_add_int(out, value);
}

static void
add_name(struct buf *out, const char *option, const char *bare)
{
    add(out, option, "");
    ident_display(slice_string(bare), out);
}

/* `column` NULL: the word alone. */
static void
add_choice(struct buf *out, const char *option, const char *value, const char *column)
{
    add(out, option, value);
    if (column != NULL)
        ident_list_format(&column, 1, out);
}

static void
add_conflict(struct buf *out, enum plan_conflict conflict, const char *newest)
{
    add_choice(out, "conflict", plan_conflicts[conflict],
        conflict == PLAN_CONFLICT_NEWEST ? newest : NULL);
}

void
plan_options_format_table(const struct plan_table *table, struct buf *out)
{
    if (table->action != PLAN_SKIP || table->lineage != PLAN_LINEAGE_UNKNOWN)
        add(out, "lineage", plan_lineages[table->lineage]);
    if (table->same_ids == PLAN_SAME_ALL)
        add(out, "same-ids", "all");
    else if (table->same_ids == PLAN_SAME_UP_TO)
        add_number(out, "same-ids", table->same_up_to);
    for (size_t i = 0; i < table->same_by.n; i++)
        add_name(out, "same-by", table->same_by.names[i]);
    if (table->nulls != PLAN_NULLS_NONE)
        add(out, "nulls", plan_nulls_words[table->nulls]);
    if (table->conflict != PLAN_CONFLICT_UPDATE)
        add_conflict(out, table->conflict, table->newest);
    if (table->duplicates != PLAN_DUPLICATES_FIRST)
        add_choice(
            out, "duplicates", plan_duplicates_words[table->duplicates], table->duplicates_newest);
    if (table->cycle != 0)
        add_number(out, "cycle", table->cycle);
    if (table->rows >= 0)
        add_number(out, "rows", table->rows);
    if (table->stricter)
        add(out, "stricter", "yes");
    if (table->backup != NULL)
        add(out, "backup", table->backup);
    if (table->partitioned)
        add(out, "partitioned", "yes");
    if (table->into != NULL)
        add(out, "into", table->into);
    if (table->map != NULL)
        add(out, "map", table->map);
    if (table->why != NULL)
        add(out, "why", table->why);
}

static bool
has_own_conflict(const struct plan_table *table, const struct plan_column *column)
{
    return column->conflict != table->conflict ||
           (column->conflict == PLAN_CONFLICT_NEWEST && strcmp(column->newest, table->newest) != 0);
}

void
plan_options_format_column(
    const struct plan_table *table, const struct plan_column *column, struct buf *out)
{
    if (column->by != NULL)
        add_name(out, "by", column->by);
    if (column->action == PLAN_COLUMN_REFERENCE || column->action == PLAN_COLUMN_ARRAY)
        add(out, "unresolved", plan_unresolveds[column->unresolved]);
    if (has_own_conflict(table, column))
        add_conflict(out, column->conflict, column->newest);
    if (column->member)
        add(out, "member", "yes");
    if (column->converted)
        add(out, "converted", "yes");
    if (column->zoned)
        add(out, "zoned", "yes");
    if (column->backup != NULL)
        add_name(out, "backup", column->backup);
    if (column->why != NULL)
        add(out, "why", column->why);
}

void
plan_options_format_case(const struct plan_case *branch, struct buf *out)
{
    add_name(out, "when", branch->value);
}

void
plan_options_format_path(const struct plan_path *path, struct buf *out)
{
    add(out, "unresolved", plan_unresolveds[path->unresolved]);
}
