#include "dumpcopy.h"

#include <stdlib.h>

#include "ddltable.h"
#include "mem.h"

/* Steps over a string; *value is malloc'd, NULL when there is none. */
static bool
take_string(struct tokens *tokens, char **value)
{
    tokens_accept(tokens, "as");
    *value = NULL;
    if (tokens_at_end(tokens) || tokens->at->kind != SQLLEX_STRING)
        return false;
    *value = mem_copy(tokens->at->text.data, tokens->at->text.length);
    tokens_skip(tokens);
    return true;
}

/* A string of one character. */
static bool
take_character(struct tokens *tokens, char *value)
{
    char *text;
    bool good = take_string(tokens, &text) && text[0] != '\0' && text[1] == '\0';

    if (good)
        *value = text[0];
    free(text);
    return good;
}

/* FORMAT csv and text. */
static bool
take_format(struct tokens *tokens, struct copyconvert_format *format)
{
    if (tokens_at_end(tokens) ||
        !(slice_is(tokens->at->text, "csv") || slice_is(tokens->at->text, "text")))
        return false;
    format->csv = slice_is(tokens->at->text, "csv"); /* a word or a string */
    tokens_skip(tokens);
    return true;
}

static bool
take_header(struct tokens *tokens, struct copyconvert_format *format)
{
    bool off = tokens_accept(tokens, "false") || tokens_accept(tokens, "off");

    format->header = !off;
    if (!off && !tokens_accept(tokens, "true") && !tokens_accept(tokens, "on"))
        tokens_accept(tokens, "match");
    return true;
}

/* What has no influence on what the rows mean. */
static bool
harmless_option(struct tokens *tokens)
{
    static const char *const words[] = {
        "with", "(", ")", ",", "freeze true", "freeze on", "freeze"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (tokens_accept(tokens, words[i]))
            return true;
    return false;
}

/* One option, of the old syntax or the new one. */
static bool
take_option(struct tokens *tokens, struct copyconvert_format *format)
{
    if (harmless_option(tokens))
        return true;
    if (tokens_accept(tokens, "using delimiters") || tokens_accept(tokens, "delimiters") ||
        tokens_accept(tokens, "delimiter"))
        return take_character(tokens, &format->delimiter);
    if (tokens_accept(tokens, "null")) {
        free(format->null);
        return take_string(tokens, &format->null);
    }
    if (tokens_accept(tokens, "quote"))
        return take_character(tokens, &format->quote);
    if (tokens_accept(tokens, "escape"))
        return take_character(tokens, &format->escape);
    if (tokens_accept(tokens, "header"))
        return take_header(tokens, format);
    if (tokens_accept(tokens, "csv")) {
        format->csv = true;
        return true;
    }
    return tokens_accept(tokens, "format") && take_format(tokens, format);
}

/* The options behind FROM stdin. */
static bool
take_options(struct tokens *tokens, struct copyconvert_format *format, const char **reason)
{
    struct copyconvert_format given = {0};

    while (!tokens_at_end(tokens) && take_option(tokens, &given))
        continue;
    copyconvert_default(format);
    if (given.csv) {
        format->csv = true;
        format->delimiter = ',';
        format->quote = given.quote != '\0' ? given.quote : '"';
        format->escape = given.escape != '\0' ? given.escape : format->quote;
        free(format->null);
        format->null = mem_string("");
    }
    if (given.delimiter != '\0')
        format->delimiter = given.delimiter;
    if (given.null != NULL) {
        free(format->null);
        format->null = given.null;
    }
    format->header = given.header;
    *reason = copyconvert_check(format);
    if (*reason == NULL && !tokens_at_end(tokens))
        *reason =
            tokens_peek(tokens, 0, "binary")
                ? "COPY in the binary format is not read; make the backup with pg_dump's defaults"
                : "COPY has an option that is not read (read are FORMAT text and csv, DELIMITER, "
                  "NULL, HEADER, QUOTE, ESCAPE and FREEZE)";
    return *reason == NULL;
}

bool
dumpcopy_parse(
    const struct ddl *ddl, struct tokens tokens, struct dumpcopy *copy, const char **reason)
{
    *copy = (struct dumpcopy){0};
    *reason = "COPY is not understood";
    if (!tokens_accept(&tokens, "copy"))
        return false;
    if (tokens_peek(&tokens, 0, "("))
        return true; /* COPY (SELECT ...) TO */
    if (tokens_peek(&tokens, 0, "binary") && !tokens_peek(&tokens, 1, "from") &&
        !tokens_peek(&tokens, 1, "(") && !tokens_peek(&tokens, 1, ".")) {
        *reason = "COPY in the binary format is not read; make the backup with pg_dump's defaults";
        return false;
    }
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
    return take_options(&tokens, &copy->format, reason);
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
    insert->defaults = tokens_peek(&tokens, 0, "default");
    insert->plain = tokens_at_end(&tokens);
    return insert->table != NULL;
}

void
dumpcopy_release(struct dumpcopy *copy)
{
    free(copy->table);
    free(copy->format.null);
    schema_names_release(&copy->columns);
}
