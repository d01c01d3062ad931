#include "rules.h"
#include "rules_name.h"

#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"

/* One line on its way in. */
struct line {
    struct rules *rules;
    const struct schema *backup, *live;
    unsigned long number;
    struct slice rest;           /* what was not taken yet */
    struct rules_table *table;   /* what the rule is about */
    struct rules_column *column; /* NULL: about the table */
    char *reason;
};

static void
complain(struct line *line, const char *what, const char *value)
{
    if (line->reason == NULL)
        line->reason = value != NULL ? mem_format("%s \"%s\"", what, value) : mem_string(what);
}

/* False, with a complaint, when another line set the property already. */
static bool
claim(struct line *line, unsigned long *owner, const char *what)
{
    if (*owner != 0) {
        if (line->reason == NULL)
            line->reason = mem_format("line %lu says %s already", *owner, what);
        return false;
    }
    *owner = line->number;
    return true;
}

/* ---- words */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word, malloc'd, or NULL at the end; blanks inside quotes or parentheses belong to it. */
static char *
next_word(struct line *line)
{
    const char *text = line->rest.data;
    size_t length = line->rest.length, start = 0, end;
    bool quoted = false;
    int depth = 0;

    while (start < length && is_blank(text[start]))
        start++;
    for (end = start; end < length && (quoted || depth > 0 || !is_blank(text[end])); end++) {
        if (text[end] == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (text[end] == '(') - (text[end] == ')');
    }
    line->rest = slice_make(text + end, length - end);
    return end > start ? mem_copy(text + start, end - start) : NULL;
}

/* A word that must be there; "" when it is not. */
static char *
need_word(struct line *line, const char *what)
{
    char *word = next_word(line);

    if (word == NULL)
        complain(line, what, NULL);
    return word != NULL ? word : mem_string("");
}

/* The position of the next word in `words`; 0, with a complaint, when it is not there. */
static int
choose(struct line *line, const char *const *words, const char *expected)
{
    char *word = need_word(line, expected);
    int found = -1;

    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            found = i;
    if (found < 0)
        complain(line, expected, word);
    free(word);
    return found < 0 ? 0 : found;
}

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

enum subject { ABOUT_TABLE, ABOUT_COLUMN, ABOUT_EITHER };

/* Decides what a name means: `a.b` is a table with its schema, or a column with its table. */
static void
find_subject(struct line *line, const char *word, enum subject subject)
{
    char *parts[3], *table = NULL;
    const char *column = NULL;
    size_t n = rules_name_split(word, parts);

    if (n > 0 && n < 3 && subject != ABOUT_COLUMN)
        table = n == 1 ? rules_name_table(line->backup, line->live, NULL, parts[0])
                       : rules_name_table(line->backup, line->live, parts[0], parts[1]);
    if (n > 1 && table == NULL && subject != ABOUT_TABLE) {
        table = n == 2 ? rules_name_table(line->backup, line->live, NULL, parts[0])
                       : rules_name_table(line->backup, line->live, parts[0], parts[1]);
        column = parts[n - 1];
    }
    if (n == 1 && subject == ABOUT_COLUMN)
        complain(line, "a column is wanted, TABLE.COLUMN, not", word);
    else if (table == NULL)
        complain(line, rules_name_unknown(word), word);
    else if (column != NULL && !rules_name_has_column(line->backup, line->live, table, column))
        complain(line, "neither the backup nor the live database has a column", word);
    if (line->reason == NULL) {
        line->table = add_table(line->rules, table);
        line->column = column != NULL ? add_column(line->table, column) : NULL;
    }
    free(table);
    for (size_t i = 0; i < n; i++)
        free(parts[i]);
}

static char *
need_table(struct line *line)
{
    char *word = need_word(line, "a table is missing"), *schema, *bare, *table = NULL;

    if (ident_parse_qualified(slice_string(word), &schema, &bare)) {
        table = rules_name_table(line->backup, line->live, schema, bare);
        free(schema);
        free(bare);
    }
    if (table == NULL)
        complain(line, rules_name_unknown(word), word);
    free(word);
    return table;
}

/* A list `a, b` or `(a, b)` in the rest of the line; every column must be there. */
static void
need_columns(struct line *line, struct schema_names *names)
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
        complain(line, "columns are wanted, such as a,b, not", buf_string(&list));
    for (size_t i = 0; i < names->n; i++)
        if (!rules_name_has_column(line->backup, line->live, line->table->name, names->names[i]))
            complain(line, "the table has no column", names->names[i]);
    buf_release(&list);
}

/* ---- what the words do */

static void
identify(struct line *line, enum rules_identity identity)
{
    if (claim(line, &line->table->identity_line, "how its rows are identified"))
        line->table->identity = identity;
}

static void
take_key(struct line *line)
{
    struct schema_names key = {0};

    need_columns(line, &key);
    identify(line, RULES_IDENTITY_KEY);
    if (line->reason == NULL)
        line->table->key = key;
}

static void
take_append(struct line *line)
{
    identify(line, RULES_IDENTITY_APPEND);
}

static void
take_merge(struct line *line)
{
    identify(line, RULES_IDENTITY_MERGE);
}

static void
take_skip(struct line *line)
{
    claim(line, line->column != NULL ? &line->column->skip_line : &line->table->skip_line,
        "to skip it");
}

static void
take_lineage(struct line *line)
{
    static const char *const words[] = {"same", "other", NULL};
    int word = choose(line, words, "same or other is wanted, not");

    if (claim(line, &line->table->lineage_line, "its lineage"))
        line->table->lineage = word == 0 ? PLAN_LINEAGE_SAME : PLAN_LINEAGE_OTHER;
}

static bool
is_array(const struct line *line)
{
    const char *type =
        rules_name_type(line->backup, line->live, line->table->name, line->column->name);
    size_t length = type != NULL ? strlen(type) : 0;

    return type == NULL || (length > 2 && strcmp(type + length - 2, "[]") == 0);
}

static void
take_unresolved(struct line *line)
{
    static const char *const words[] = {"keep", "null", "drop", "reject", NULL};
    int word = choose(line, words, "keep, null, drop or reject is wanted, not");

    if (word == PLAN_UNRESOLVED_DROP && !is_array(line))
        complain(line, "drop is for arrays; write keep, null or reject", NULL);
    if (claim(line, &line->column->unresolved_line, "what becomes of unresolved ids"))
        line->column->unresolved = (enum plan_unresolved)word;
}

static void
take_column_conflict(struct line *line)
{
    static const char *const words[] = {"update", "keep", NULL};
    int word = choose(line, words, "update or keep is wanted for a column, not");

    if (claim(line, &line->column->conflict_line, "its conflict"))
        line->column->conflict = word == 1 ? PLAN_CONFLICT_KEEP : PLAN_CONFLICT_UPDATE;
}

static void
take_newest(struct line *line, const char *list)
{
    struct schema_names names = {0};

    if (!ident_list_parse(slice_string(list), &names.names, &names.n) || names.n != 1)
        complain(line, "one column is wanted, newest(COLUMN), not", list);
    else if (!rules_name_has_column(line->backup, line->live, line->table->name, names.names[0]))
        complain(line, "the table has no column", names.names[0]);
    else
        line->table->newest = names.names[0];
    line->table->conflict = PLAN_CONFLICT_NEWEST;
}

static void
take_conflict(struct line *line)
{
    static const char *const words[] = {"update", "keep", "newest", "fill", NULL};
    struct slice before = line->rest;
    char *word;

    if (line->column != NULL) {
        take_column_conflict(line);
        return;
    }
    word = need_word(line, "update, keep, fill or newest(COLUMN) is wanted");
    if (!claim(line, &line->table->conflict_line, "its conflict")) {
        free(word);
        return;
    }
    if (strncmp(word, "newest", 6) == 0) {
        take_newest(line, word + 6);
    } else {
        line->rest = before;
        line->table->conflict = (enum plan_conflict)choose(
            line, words, "update, keep, fill or newest(COLUMN) is wanted, not");
    }
    free(word);
}

static void
take_role(struct line *line, enum rules_role role)
{
    char *target = need_table(line);

    if (!claim(line, &line->column->role_line, "what its ids are of")) {
        free(target);
        return;
    }
    line->column->role = role;
    line->column->target = target;
}

static void
take_array(struct line *line)
{
    if (!is_array(line))
        complain(line, "array-of is for arrays; this column's type is",
            rules_name_type(line->backup, line->live, line->table->name, line->column->name));
    take_role(line, RULES_ROLE_ARRAY);
}

static void
take_reference(struct line *line)
{
    if (rules_name_type(line->backup, line->live, line->table->name, line->column->name) != NULL &&
        is_array(line))
        complain(line, "refers-to is for single ids; write array-of for an array", NULL);
    take_role(line, RULES_ROLE_REFERENCE);
}

static const struct {
    const char *word;
    enum subject subject;
    void (*take)(struct line *line);
} words[] = {
    {"key", ABOUT_TABLE, take_key},
    {"append", ABOUT_TABLE, take_append},
    {"merge", ABOUT_TABLE, take_merge},
    {"lineage", ABOUT_TABLE, take_lineage},
    {"skip", ABOUT_EITHER, take_skip},
    {"conflict", ABOUT_EITHER, take_conflict},
    {"array-of", ABOUT_COLUMN, take_array},
    {"refers-to", ABOUT_COLUMN, take_reference},
    {"unresolved", ABOUT_COLUMN, take_unresolved},
};

static void
dispatch(struct line *line, const char *subject, const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].word, word) != 0)
            continue;
        find_subject(line, subject, words[i].subject);
        if (line->reason == NULL)
            words[i].take(line);
        return;
    }
    complain(line,
        "key, append, merge, skip, lineage, conflict, array-of, refers-to or unresolved is wanted, "
        "not",
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

bool
rules_parse(struct rules *rules, const struct schema *backup, const struct schema *live,
    struct slice text, unsigned long number, char **reason)
{
    struct line line = {.rules = rules, .backup = backup, .live = live, .number = number};
    char *subject, *word, *more;

    line.rest = without_comment(text);
    subject = next_word(&line);
    *reason = NULL;
    if (subject == NULL)
        return true;
    word = need_word(&line, "a rule is a name and a word, such as: package key purl");
    if (line.reason == NULL)
        dispatch(&line, subject, word);
    more = next_word(&line);
    if (more != NULL)
        complain(&line, "nothing may follow, but there is", more);
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

char *
rules_reason(const struct rules *rules, unsigned long line)
{
    return mem_format("rule %s:%lu", rules->file, line);
}
