#include "rules_line.h"

#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"
#include "rules_name.h"

void
rules_line_complain(struct rules_line *line, const char *what, const char *value)
{
    if (line->reason == NULL)
        line->reason = value != NULL ? mem_format("%s \"%s\"", what, value) : mem_string(what);
}

bool
rules_line_claim(struct rules_line *line, unsigned long *owner, const char *what)
{
    if (*owner != 0) {
        if (line->reason == NULL)
            line->reason = mem_format("line %lu says %s already", *owner, what);
        return false;
    }
    *owner = line->number;
    return true;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

char *
rules_line_word(struct rules_line *line)
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

char *
rules_line_need(struct rules_line *line, const char *what)
{
    char *word = rules_line_word(line);

    if (word == NULL)
        rules_line_complain(line, what, NULL);
    return word != NULL ? word : mem_string("");
}

static int
position(const char *word, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

int
rules_line_choose(struct rules_line *line, const char *const *words, const char *expected)
{
    char *word = rules_line_need(line, expected);
    int found = position(word, words);

    if (found < 0)
        rules_line_complain(line, expected, word);
    free(word);
    return found < 0 ? 0 : found;
}

static bool
has_column(const struct rules_line *line, const char *column)
{
    if (line->table != &line->rules->all)
        return rules_name_has_column(line->backup, line->live, line->table->name, column);
    if (line->live == NULL)
        return true;
    for (size_t i = 0; i < line->live->n_tables; i++)
        if (schema_find_column(&line->live->tables[i], column) != NULL)
            return true;
    return false;
}

/* `(column)`: its bare name, malloc'd, or NULL with a complaint. */
static char *
one_column(struct rules_line *line, const char *list)
{
    struct schema_names names = {0};

    if (!ident_list_parse(slice_string(list), &names.names, &names.n) || names.n != 1) {
        rules_line_complain(line, "one column is wanted, newest(COLUMN), not", list);
        return NULL;
    }
    if (!has_column(line, names.names[0]))
        rules_line_complain(line,
            line->table != &line->rules->all ? "the table has no column"
                                             : "no live table has a column",
            names.names[0]);
    return names.names[0];
}

int
rules_line_choose_newest(struct rules_line *line, const char *const *words, int newest,
    char **column, const char *expected)
{
    char *word = rules_line_need(line, expected);
    int found = position(word, words);

    *column = NULL;
    if (strncmp(word, "newest", 6) == 0) {
        *column = one_column(line, word + 6);
        found = newest;
    } else if (found < 0) {
        rules_line_complain(line, expected, word);
    }
    free(word);
    return found < 0 ? 0 : found;
}

char *
rules_line_table(struct rules_line *line)
{
    char *word = rules_line_need(line, "a table is missing"), *schema, *bare, *table = NULL;

    if (ident_parse_qualified(slice_string(word), &schema, &bare)) {
        table = rules_name_table(line->backup, line->live, schema, bare);
        free(schema);
        free(bare);
    }
    if (table == NULL)
        rules_line_complain(line, rules_name_unknown(word), word);
    free(word);
    return table;
}

const char *
rules_line_type(const struct rules_line *line)
{
    const char *type =
        rules_name_type(line->backup, line->live, line->table->name, line->column->name);

    for (int depth = 0; type != NULL && depth < 32; depth++) { /* a circle could be written */
        const struct schema_domain *domain = schema_find_domain(line->live, type);

        if (domain == NULL)
            domain = schema_find_domain(line->backup, type);
        if (domain == NULL || domain->base == NULL)
            break;
        type = domain->base;
    }
    return type;
}
