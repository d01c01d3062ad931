#include "rules.h"
#include "rules_line.h"
#include "rules_name.h"

#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"

/* ---- what a rule is about */

static struct rules_table *
add_table(struct rules *rules, const char *name)
{
    struct rules_table *table;

    for (size_t i = 0; i < rules->n_tables; i++)
        if (strcmp(rules->tables[i].name, name) == 0)
            return &rules->tables[i];
    table = MEM_APPEND(rules->tables, rules->n_tables, rules->room_tables);
    *table = (struct rules_table){.name = mem_string(name)};
    return table;
}

static struct rules_column *
add_column(struct rules_table *table, const char *name)
{
    struct rules_column *column;

    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    column = MEM_APPEND(table->columns, table->n_columns, table->room_columns);
    *column = (struct rules_column){.name = mem_string(name)};
    return column;
}

/* A value: a column, or what stands inside a column of json. */
enum subject { ABOUT_TABLE, ABOUT_COLUMN, ABOUT_EITHER, ABOUT_VALUE };

static bool
finds_column(const struct rules_line *line, const char *table, const char *column)
{
    return table != NULL && rules_name_has_column(line->backup, line->live, table, column);
}

/*
 * `table.column.key` or `schema.table.column.key`, keys only for ABOUT_VALUE: the table's name,
 * malloc'd, or NULL; *column is the position of the column's part.
 */
static char *
find_column(const struct rules_line *line, const struct rules_parts *parts, enum subject subject,
    size_t *column)
{
    char *const *names = parts->names.names;
    size_t n = parts->names.n;
    bool with_keys = subject == ABOUT_VALUE;
    char *plain = NULL, *qualified = NULL;

    if (n == 2 || (n > 2 && with_keys))
        plain = rules_name_table(line->backup, line->live, NULL, names[0]);
    if (n == 3 || (n > 3 && with_keys))
        qualified = rules_name_table(line->backup, line->live, names[0], names[1]);
    if (qualified != NULL && (plain == NULL || finds_column(line, qualified, names[2]))) {
        free(plain);
        *column = 2;
        return qualified;
    }
    free(qualified);
    *column = 1;
    return plain;
}

static void
set_subject(struct rules_line *line, const struct rules_parts *parts, const char *table,
    size_t column, const char *word)
{
    if (column > 0 && !finds_column(line, table, parts->names.names[column]))
        rules_line_complain(line, "neither the backup nor the live database has a column", word);
    if (column > 0 && parts->loose > column + 1)
        rules_line_complain(
            line, "capitals of a key in json count in double quotes only; write them so:", word);
    if (line->reason != NULL)
        return;
    line->table = add_table(line->rules, table);
    line->column = column > 0 ? add_column(line->table, parts->names.names[column]) : NULL;
    for (size_t i = column + 1; column > 0 && i < parts->names.n; i++)
        schema_add_name(&line->keys, parts->names.names[i]);
}

/* Decides what a name means: `a.b` is a table with its schema, or a column with its table. */
static void
find_subject(struct rules_line *line, const char *word, enum subject subject)
{
    struct rules_parts parts;
    char *table = NULL;
    size_t column = 0;
    bool good = rules_name_split(word, &parts),
         may_be_table = subject == ABOUT_TABLE || subject == ABOUT_EITHER;
    size_t n = parts.names.n;

    if (good && n < 3 && may_be_table)
        table = rules_name_table(line->backup, line->live, n == 2 ? parts.names.names[0] : NULL,
            parts.names.names[n - 1]);
    if (good && table == NULL && subject != ABOUT_TABLE)
        table = find_column(line, &parts, subject, &column);
    if (good && n == 1 && !may_be_table)
        rules_line_complain(line, "a column is wanted, TABLE.COLUMN, not", word);
    else if (table == NULL)
        rules_line_complain(line, rules_name_unknown(word), word);
    else
        set_subject(line, &parts, table, column, word);
    free(table);
    rules_name_release(&parts);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* A list `a, b` or `(a, b)` in the rest of the line; every column must be there. */
static void
need_columns(struct rules_line *line, struct schema_names *names)
{
    struct buf list = {0};
    struct slice rest = line->rest;

    while (rest.length > 0 && is_blank(rest.data[0]))
        rest = slice_make(rest.data + 1, rest.length - 1);
    while (rest.length > 0 && is_blank(rest.data[rest.length - 1]))
        rest.length--;
    if (rest.length > 0 && rest.data[0] == '(')
        buf_add_slice(&list, rest);
    else
        buf_add_format(&list, "(%.*s)", (int)rest.length, rest.data);
    line->rest = slice_make(rest.data + rest.length, 0);
    if (!ident_list_parse(buf_slice(&list), &names->names, &names->n) || names->n == 0)
        rules_line_complain(line, "columns are wanted, such as a,b, not", buf_string(&list));
    for (size_t i = 0; i < names->n; i++)
        if (!rules_name_has_column(line->backup, line->live, line->table->name, names->names[i]))
            rules_line_complain(line, "the table has no column", names->names[i]);
    buf_release(&list);
}

/* ---- what the words do */

static void
identify(struct rules_line *line, enum rules_identity identity)
{
    if (rules_line_claim(line, &line->table->identity_line, "how its rows are identified"))
        line->table->identity = identity;
}

static void
take_key(struct rules_line *line)
{
    struct schema_names key = {0};

    need_columns(line, &key);
    identify(line, RULES_IDENTITY_KEY);
    if (line->reason == NULL)
        line->table->key = key;
}

static void
take_append(struct rules_line *line)
{
    identify(line, RULES_IDENTITY_APPEND);
}

static void
take_merge(struct rules_line *line)
{
    identify(line, RULES_IDENTITY_MERGE);
}

static void
take_skip(struct rules_line *line)
{
    rules_line_claim(line,
        line->column != NULL ? &line->column->skip_line : &line->table->skip_line, "to skip it");
}

static void
take_lineage(struct rules_line *line)
{
    static const char *const words[] = {"same", "other", NULL};
    int word = rules_line_choose(line, words, "same or other is wanted, not");

    if (rules_line_claim(line, &line->table->lineage_line, "its lineage"))
        line->table->lineage = word == 0 ? PLAN_LINEAGE_SAME : PLAN_LINEAGE_OTHER;
}

static const char *const conflict_words[] = {"update", "keep", "newest", "fill", NULL};
static const char *const duplicates_words[] = {"first", "newest", "reject", NULL};

static void
take_conflict(struct rules_line *line)
{
    char *newest;
    enum plan_conflict conflict = (enum plan_conflict)rules_line_choose_newest(line, conflict_words,
        PLAN_CONFLICT_NEWEST, &newest, "update, keep, fill or newest(COLUMN) is wanted, not");
    unsigned long *owner =
        line->column != NULL ? &line->column->conflict_line : &line->table->conflict_line;

    if (!rules_line_claim(line, owner, "its conflict"))
        return;
    if (line->column != NULL) {
        line->column->conflict = conflict;
        line->column->newest = newest;
    } else {
        line->table->conflict = conflict;
        line->table->newest = newest;
    }
}

static void
take_duplicates(struct rules_line *line)
{
    char *newest;
    enum plan_duplicates duplicates =
        (enum plan_duplicates)rules_line_choose_newest(line, duplicates_words,
            PLAN_DUPLICATES_NEWEST, &newest, "first, newest(COLUMN) or reject is wanted, not");

    if (!rules_line_claim(line, &line->table->duplicates_line, "which duplicate wins"))
        return;
    line->table->duplicates = duplicates;
    line->table->duplicates_newest = newest;
}

static const struct {
    const char *word;
    enum subject subject;
    void (*take)(struct rules_line *line);
    bool of_all; /* may be said of all tables at once */
} words[] = {
    {"key", ABOUT_TABLE, take_key, false},
    {"append", ABOUT_TABLE, take_append, false},
    {"merge", ABOUT_TABLE, take_merge, false},
    {"lineage", ABOUT_TABLE, take_lineage, true},
    {"duplicates", ABOUT_TABLE, take_duplicates, true},
    {"skip", ABOUT_EITHER, take_skip, false},
    {"conflict", ABOUT_EITHER, take_conflict, true},
    {"array-of", ABOUT_VALUE, rules_ids_array, false},
    {"refers-to", ABOUT_VALUE, rules_ids_reference, false},
    {"refers-by", ABOUT_COLUMN, rules_ids_cases, false},
    {"unresolved", ABOUT_VALUE, rules_ids_unresolved, false},
    {"no-ids", ABOUT_VALUE, rules_ids_none, false},
};

static void
find_all(struct rules_line *line, bool of_all)
{
    if (!of_all)
        rules_line_complain(line,
            "* is all tables, of which only lineage, conflict and duplicates can be said; a table "
            "is wanted",
            NULL);
    line->table = &line->rules->all;
}

static void
dispatch(struct rules_line *line, const char *subject, const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].word, word) != 0)
            continue;
        if (strcmp(subject, "*") == 0)
            find_all(line, words[i].of_all);
        else
            find_subject(line, subject, words[i].subject);
        if (line->reason == NULL)
            words[i].take(line);
        return;
    }
    rules_line_complain(line,
        "key, append, merge, skip, lineage, conflict, duplicates, array-of, refers-to, refers-by, "
        "unresolved, no-ids or renamed-to is wanted, not",
        word);
}

/* A '#' that is not inside quotes and stands at the start or behind a blank starts a comment. */
static struct slice
without_comment(struct slice text)
{
    bool quoted = false;

    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '"')
            quoted = !quoted;
        else if (text.data[i] == '#' && !quoted && (i == 0 || is_blank(text.data[i - 1])))
            return slice_make(text.data, i);
    }
    return text;
}

/* Rules that rename are for the passes before the last one, all others for the last one. */
static void
take_line(struct rules_line *line, const char *subject, const char *word, enum rules_pass pass)
{
    if (strcmp(word, "renamed-to") == 0 && pass != RULES_PASS_REST)
        rules_rename_take(line, subject, pass);
    else if (strcmp(word, "renamed-to") != 0 && pass == RULES_PASS_REST)
        dispatch(line, subject, word);
    else
        line->rest = slice_make(line->rest.data + line->rest.length, 0);
}

bool
rules_parse(struct rules *rules, struct schema *backup, const struct schema *live,
    struct slice text, unsigned long number, enum rules_pass pass, char **reason)
{
    struct rules_line line = {.rules = rules, .backup = backup, .live = live, .number = number};
    char *subject, *word, *more;

    *reason = NULL;
    if (text.length > 0 && memchr(text.data, '\0', text.length) != NULL) {
        *reason = mem_string("a zero byte is no text");
        return false;
    }
    line.rest = without_comment(text);
    subject = rules_line_word(&line);
    if (subject == NULL)
        return true;
    word = rules_line_word(&line);
    if (word != NULL)
        take_line(&line, subject, word, pass);
    else if (pass == RULES_PASS_REST)
        rules_line_complain(&line, "a rule is a name and a word, such as: package key purl", NULL);
    more = rules_line_word(&line);
    if (more != NULL)
        rules_line_complain(&line, "nothing may follow, but there is", more);
    free(subject);
    free(word);
    free(more);
    *reason = line.reason;
    return line.reason == NULL;
}

const struct rules_table *
rules_table(const struct rules *rules, const char *name)
{
    static const struct rules_table none = {0};

    for (size_t i = 0; i < rules->n_tables; i++)
        if (strcmp(rules->tables[i].name, name) == 0)
            return &rules->tables[i];
    return &none;
}

const struct rules_column *
rules_column(const struct rules_table *table, const char *name)
{
    static const struct rules_column none = {0};

    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return &none;
}

/* The `*i`th target, or NULL with as many fewer to go. */
static const char *
target_of(const struct rules_ids *ids, size_t *i)
{
    size_t n = ids->role_line == 0 ? 0 : ids->role == RULES_ROLE_CASES ? ids->n_cases : 1;

    if (*i < n)
        return ids->role == RULES_ROLE_CASES ? ids->cases[*i].target : ids->target;
    *i -= n;
    return NULL;
}

const char *
rules_target(const struct rules_table *table, size_t i)
{
    const char *found = NULL;

    for (size_t j = 0; found == NULL && j < table->n_columns; j++) {
        const struct rules_column *column = &table->columns[j];

        found = target_of(&column->ids, &i);
        for (size_t k = 0; found == NULL && k < column->n_paths; k++)
            found = target_of(&column->paths[k].ids, &i);
    }
    return found;
}

char *
rules_reason(const struct rules *rules, unsigned long line)
{
    return mem_format("rule %s:%lu", rules->file, line);
}
