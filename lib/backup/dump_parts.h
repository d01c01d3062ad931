#ifndef DUMP_PARTS_H
#define DUMP_PARTS_H
/* The inside of dump: what its parts offer one another, the lower ones first. */
#include "dump.h"

/* ---- statements that change data in another way than by rows: said once, never executed */
void dump_pass_change(struct dump *dump);
void dump_pass_command(struct dump *dump, const struct sqllex_token *token);

/* ---- statements as they come, and the databases they are for */

/* True while the script is connected to another database than the one that is read. */
bool dump_is_aside(const struct dump *dump);
/* A table is declared, or data follows: the present database counts. */
void dump_note_content(struct dump *dump);
/* At the end: ends the process unless there was one database, or the one asked for. */
void dump_check_databases(struct dump *dump);
/* Before a block: all rows are converted from one encoding. */
void dump_check_encoding(const struct dump *dump);
void dump_check_width(const struct dump *dump, size_t columns);
/* The next statement, taking note of what stands before it unless it is read again. */
enum script_event dump_next_statement(struct dump *dump);

/* ---- blocks of INSERT statements */
bool dump_is_insert(enum script_event event);
/* A block begins with the present statement. */
void dump_start_inserts(struct dump *dump, enum script_event event);
/* The block dump->again is read again, from where the input stands. */
void dump_reread_inserts(struct dump *dump);
/* As dump_rows(), while dump->block is not NULL. */
bool dump_read_inserts(struct dump *dump, struct backup_rows *rows);

#endif
