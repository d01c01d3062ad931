/* The part of dump about the statements as they come, and what stands between them. */
#include <string.h>

#include "dump_parts.h"
#include "encoding.h"
#include "msg.h"

/* ---- databases */

/* The one that the script is connected to. */
static const char *
database(const struct dump *dump)
{
    return dump->note.database != NULL ? dump->note.database : "";
}

bool
dump_is_aside(const struct dump *dump)
{
    if (dump->backup->options.database != NULL)
        return strcmp(database(dump), dump->backup->options.database) != 0;
    return dump->databases.n > 0 && strcmp(database(dump), dump->databases.names[0]) != 0;
}

void
dump_note_content(struct dump *dump)
{
    if (!schema_has_name(&dump->databases, database(dump)))
        schema_add_name(&dump->databases, database(dump));
}

static const char *
list_databases(const struct dump *dump, struct buf *out)
{
    for (size_t i = 0; i < dump->databases.n; i++)
        buf_add_format(out, "%s%s", i > 0 ? ", " : "",
            dump->databases.names[i][0] != '\0' ? dump->databases.names[i]
                                                : "one before the first \\connect");
    return buf_string(out);
}

void
dump_check_databases(struct dump *dump)
{
    const char *wanted = dump->backup->options.database;
    struct buf list = {0};

    if (wanted != NULL && !dump->found)
        msg_fatal(STATUS_USAGE, "%s has no database \"%s\"; it has %s", dump->backup->name, wanted,
            dump->databases.n > 0 ? list_databases(dump, &list) : "none with tables");
    dump->refused = wanted == NULL && dump->databases.n > 1;
    if (dump->refused)
        backup_refuse(dump->backup, 0, "it holds %zu databases: %s; --database takes one of them",
            dump->databases.n, list_databases(dump, &list));
}

/* ---- statements */

/* Whether the wanted database's dump is whole stands until that is connected to again: what begins
 * behind it is another's, though its \connect may be still to come. */
static void
note_closing(struct dump *dump, enum dumpnote_command command)
{
    if (dump_is_aside(dump))
        return;
    if (dump->closing != DUMPNOTE_COMPLETE || command == DUMPNOTE_CONNECT)
        dump->closing = dump->note.closing;
}

/* What stands between two statements. */
static void
take_note(struct dump *dump)
{
    const struct sqllex_token *token = &dump->script.note;
    enum dumpnote_command command = DUMPNOTE_OTHER;

    if (token->kind == SQLLEX_COMMENT) {
        dumpnote_take_comment(&dump->note, token->text);
        dump->backup->server_version = dump->note.server_version;
        dump->backup->pg_dump_version = dump->note.pg_dump_version;
    } else if ((command = dumpnote_take_command(&dump->note, token->text)) == DUMPNOTE_CONNECT) {
        dump->found =
            dump->found || (dump->backup->options.database != NULL && !dump_is_aside(dump));
        ddl_reset_session(&dump->backup->ddl);
        ddl_reset_session(&dump->aside_ddl);
        dump->script.lex.standard_strings = true;
    } else if (!dump_is_aside(dump)) {
        dump_pass_command(dump, token);
    }
    note_closing(dump, command);
}

enum script_event
dump_next_statement(struct dump *dump)
{
    enum script_event event = dump->pending;

    dump->pending = SCRIPT_NOTE;
    while (event == SCRIPT_NOTE) {
        dump->whole = input_tell(dump->input);
        event = script_next(&dump->script);
        if (event == SCRIPT_NOTE && dump->block != &dump->again)
            take_note(dump);
    }
    return event;
}

void
dump_check_encoding(const struct dump *dump)
{
    const struct backup *backup = dump->backup;
    const char *now = backup->ddl.client_encoding;

    if (backup->n_blocks > 0 && !encoding_is_same(backup->encoding, now))
        backup_refuse(backup, dump->script.line,
            "rows in client_encoding %s behind others in %s: cut the script where it changes",
            now != NULL ? now : "UTF8", backup->encoding != NULL ? backup->encoding : "UTF8");
}

void
dump_check_width(const struct dump *dump, size_t columns)
{
    if (columns > DDL_MAX_COLUMNS)
        backup_refuse(dump->backup, dump->script.line,
            "more than %d columns, the most that a table of PostgreSQL has", DDL_MAX_COLUMNS);
}
