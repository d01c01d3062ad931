#include "dumpnote.h"

#include <stdlib.h>

#include "buf.h"
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
    else if (slice_is(text, "PostgreSQL database cluster dump"))
        note->cluster_open = true;
    else if (slice_is(text, "PostgreSQL database cluster dump complete"))
        note->cluster_open = false;
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

/* The first argument of a meta-command: in quotes, or up to a blank or semicolon. */
static struct slice
argument(struct slice text, struct buf *out)
{
    char quote =
        text.length > 0 && (text.data[0] == '"' || text.data[0] == '\'') ? text.data[0] : 0;
    size_t i = quote != 0;

    for (; i < text.length; i++) {
        char c = text.data[i];

        if (quote == 0 ? c == ' ' || c == '\t' || c == ';' : c == quote) {
            if (quote == 0 || i + 1 == text.length || text.data[i + 1] != quote)
                break;
            i++;
        }
        buf_add_char(out, c);
    }
    return buf_slice(out);
}

/* The database of a conninfo string such as pg_dump writes for names that need it: dbname='a b'. */
static char *
conninfo_database(struct slice text)
{
    struct buf name = {0};

    for (size_t i = 0; i < text.length && text.data[i] != '\''; i++) {
        i += text.data[i] == '\\' && i + 1 < text.length;
        buf_add_char(&name, text.data[i]);
    }
    buf_string(&name);
    return name.data;
}

/* \connect [-reuse-previous=on|off] NAME ...; "-" is the database that it was before. */
static void
note_database(struct dumpnote *note, struct slice text)
{
    struct buf word = {0};
    struct slice name;

    if (starts(&text, SLICE("-reuse-previous=on")) || starts(&text, SLICE("-reuse-previous=off")))
        trim(&text);
    name = argument(text, &word);
    if (name.length > 0 && !slice_is(name, "-")) {
        free(note->database);
        note->database = starts(&name, SLICE("dbname='")) ? conninfo_database(name)
                                                          : mem_copy(name.data, name.length);
    }
    buf_release(&word);
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
    if (command(&text, SLICE("\\connect")) || command(&text, SLICE("\\c"))) {
        note_database(note, text);
        note->closing = DUMPNOTE_OPEN; /* that was another dump's */
        return DUMPNOTE_CONNECT;
    }
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
    free(note->database);
    free(note->server_version);
    free(note->pg_dump_version);
}
