#include "dumpnote.h"

#include <stdlib.h>

static void
trim(struct slice *text)
{
    while (text->length > 0 && (text->data[0] == ' ' || text->data[0] == '\t'))
        *text = slice_make(text->data + 1, text->length - 1);
    while (text->length > 0 &&
           (text->data[text->length - 1] == ' ' || text->data[text->length - 1] == '\t'))
        text->length--;
}

/* True when `text` starts with the prefix, which is then taken off. */
static bool
starts(struct slice *text, struct slice prefix)
{
    if (!slice_starts(*text, prefix))
        return false;
    *text = slice_make(text->data + prefix.length, text->length - prefix.length);
    trim(text);
    return true;
}

static void
note_version(char **version, struct slice text)
{
    if (*version == NULL)
        *version = mem_copy(text.data, text.length);
}

/*
 * The end of a dump is three lines, `--`, `-- PostgreSQL database dump complete` and `--`, and the
 * \unrestrict of its \restrict. Without the last of them it may have been cut.
 */
static void
take_comment(struct dump *dump, struct slice text)
{
    if (!starts(&text, SLICE("--")))
        return;
    if (starts(&text, SLICE("Dumped from database version")))
        note_version(&dump->backup->server_version, text);
    else if (starts(&text, SLICE("Dumped by pg_dump version")))
        note_version(&dump->backup->pg_dump_version, text);
    else if (slice_is(text, "PostgreSQL database dump"))
        dump->closing = DUMP_OPEN;
    else if (slice_is(text, "PostgreSQL database dump complete"))
        dump->closing = DUMP_CLOSING;
    else if (text.length == 0 && dump->closing == DUMP_CLOSING)
        dump->closing = dump->restrict_key != NULL ? DUMP_RESTRICTED : DUMP_COMPLETE;
}

/* True when the meta-command is that one; its argument is left in *text. */
static bool
command(struct slice *text, struct slice name)
{
    struct slice rest = *text;

    if (!slice_starts(rest, name))
        return false;
    rest = slice_make(rest.data + name.length, rest.length - name.length);
    if (rest.length > 0 && rest.data[0] != ' ' && rest.data[0] != '\t' && rest.data[0] != ';')
        return false;
    trim(&rest);
    *text = rest;
    return true;
}

static bool
has_content(const struct dump *dump)
{
    return dump->backup->n_blocks > 0 || dump->backup->schema.n_tables > 0;
}

static void
take_command(struct dump *dump, struct slice text)
{
    trim(&text);
    if (command(&text, SLICE("\\connect")) || command(&text, SLICE("\\c"))) {
        dump->reconnected = dump->reconnected || has_content(dump);
        ddl_reset_session(&dump->backup->ddl);
        dump->lex.standard_strings = true;
    } else if (command(&text, SLICE("\\restrict"))) {
        free(dump->restrict_key);
        dump->restrict_key = mem_copy(text.data, text.length);
    } else if (command(&text, SLICE("\\unrestrict")) && dump->restrict_key != NULL &&
               slice_is(text, dump->restrict_key)) {
        free(dump->restrict_key);
        dump->restrict_key = NULL;
        if (dump->closing == DUMP_RESTRICTED)
            dump->closing = DUMP_COMPLETE;
    }
}

void
dumpnote_take(struct dump *dump, const struct sqllex_token *token)
{
    if (token->kind == SQLLEX_COMMENT)
        take_comment(dump, token->text);
    else
        take_command(dump, token->text);
}
