#include "dumpcopy.h"

#include <stdlib.h>

#include "ddltable.h"

static bool
is_string(const struct tokens *tokens, struct slice value)
{
    return !tokens_at_end(tokens) && tokens->at->kind == SQLLEX_STRING &&
           slice_equal(tokens->at->text, value);
}

/* Options that say what is the default anyway. */
static bool
harmless_option(struct tokens *tokens)
{
    static const char *const words[] = {
        "with", "(", ")", ",", "format text", "freeze true", "freeze on", "freeze"};
    bool delimiter;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (tokens_accept(tokens, words[i]))
            return true;
    delimiter = tokens_accept(tokens, "using delimiters") || tokens_accept(tokens, "delimiters") ||
                tokens_accept(tokens, "delimiter");
    if (!delimiter && !tokens_accept(tokens, "null"))
        return false;
    tokens_accept(tokens, "as");
    if (!is_string(tokens, delimiter ? SLICE("\t") : SLICE("\\N")))
        return false;
    tokens_skip(tokens);
    return true;
}

bool
dumpcopy_parse(
    const struct ddl *ddl, struct tokens tokens, struct dumpcopy *copy, const char **reason)
{
    bool binary;

    *copy = (struct dumpcopy){0};
    *reason = "COPY is not understood";
    if (!tokens_accept(&tokens, "copy"))
        return false;
    if (tokens_peek(&tokens, 0, "("))
        return true; /* COPY (SELECT ...) TO */
    binary = tokens_accept(&tokens, "binary");
    copy->table = ddl_take_table(ddl, &tokens);
    if (copy->table == NULL)
        return false;
    copy->listed = ddltable_columns(&tokens, &copy->columns);
    if (tokens_accept(&tokens, "to"))
        return true;
    if (!tokens_accept(&tokens, "from"))
        return false;
    if (!tokens_accept(&tokens, "stdin"))
        return true;
    copy->from_stdin = true;
    *reason =
        "COPY has options that this version does not read (only the default text format); make "
        "the backup with pg_dump's defaults";
    while (!binary && !tokens_at_end(&tokens) && harmless_option(&tokens))
        continue;
    return !binary && tokens_at_end(&tokens);
}

bool
dumpcopy_parse_insert(const struct ddl *ddl, struct tokens tokens, struct dumpcopy *insert)
{
    *insert = (struct dumpcopy){0};
    if (!tokens_accept(&tokens, "insert into"))
        return false;
    insert->table = ddl_take_table(ddl, &tokens);
    if (tokens_accept(&tokens, "as"))
        tokens_skip(&tokens);
    if (!tokens_peek(&tokens, 1, "select"))
        insert->listed = ddltable_columns(&tokens, &insert->columns);
    tokens_accept(&tokens, "overriding system value");
    insert->plain = tokens_at_end(&tokens);
    return insert->table != NULL;
}

void
dumpcopy_release(struct dumpcopy *copy)
{
    free(copy->table);
    schema_names_release(&copy->columns);
}
