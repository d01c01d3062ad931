#include "dumpnote.h"

#include <stdlib.h>

#include "mem.h"

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
void
dumpnote_take_comment(struct dumpnote *note, struct slice text)
{
    if (!starts(&text, SLICE("--")))
        return;
    if (starts(&text, SLICE("Dumped from database version")))
        note_version(&note->server_version, text);
    else if (starts(&text, SLICE("Dumped by pg_dump version")))
        note_version(&note->pg_dump_version, text);
    else if (slice_is(text, "PostgreSQL database dump"))
        note->closing = DUMPNOTE_OPEN;
    else if (slice_is(text, "PostgreSQL database dump complete"))
        note->closing = DUMPNOTE_CLOSING;
    else if (text.length == 0 && note->closing == DUMPNOTE_CLOSING)
        note->closing = note->restrict_key != NULL ? DUMPNOTE_RESTRICTED : DUMPNOTE_COMPLETE;
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

static void
forget_key(struct dumpnote *note)
{
    free(note->restrict_key);
    note->restrict_key = NULL;
}

enum dumpnote_command
dumpnote_take_command(struct dumpnote *note, struct slice text)
{
    trim(&text);
    if (command(&text, SLICE("\\connect")) || command(&text, SLICE("\\c")))
        return DUMPNOTE_CONNECT;
    if (command(&text, SLICE("\\restrict"))) {
        forget_key(note);
        note->restrict_key = mem_copy(text.data, text.length);
        return DUMPNOTE_RESTRICT;
    }
    if (!command(&text, SLICE("\\unrestrict")) || note->restrict_key == NULL ||
        !slice_is(text, note->restrict_key))
        return DUMPNOTE_OTHER;
    forget_key(note);
    if (note->closing == DUMPNOTE_RESTRICTED)
        note->closing = DUMPNOTE_COMPLETE;
    return DUMPNOTE_RESTRICT;
}

void
dumpnote_release(struct dumpnote *note)
{
    forget_key(note);
    free(note->server_version);
    free(note->pg_dump_version);
}
