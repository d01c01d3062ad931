#ifndef REJECTS_H
#define REJECTS_H
/*
 * Where rejected rows go: a folder with one TSV file a table, named after it. Its header line has
 * pgbraid_sqlstate and pgbraid_reason, then the table's columns; so a file can be mended and merged
 * by `upserter -t TABLE FILE`, which leaves the first two aside.
 */
#include "layout.h"
#include "output.h"
#include "slice.h"

#define REJECTS_SQLSTATE "pgbraid_sqlstate"
#define REJECTS_REASON "pgbraid_reason"

/*
 * Whose ids a rejected row has. A row that was rejected before its ids were translated carries the
 * backup's: its file says so in its name and its header, and upserter -t refuses it.
 */
enum rejects_ids { REJECTS_LIVE_IDS, REJECTS_BACKUP_IDS };
#define REJECTS_BACKUP "pgbraid_backup_ids"

struct rejects_file {
    const struct plan_table *table;
    enum rejects_ids ids;
};

/* What is to be said of a table's rows: the first ones' reasons. */
#define REJECTS_SAID 3
struct rejects_said {
    const struct plan_table *table;
    uint64_t n; /* rows */
    char *warnings[REJECTS_SAID];
};

struct rejects {
    const char *folder; /* NULL: rows are only counted and warned about */
    struct output file;
    struct rejects_file now;    /* whose file is open; without a table: none */
    struct rejects_file *begun; /* the files that this run has made: it may return to them */
    size_t n_begun, room_begun;
    struct rejects_said *said; /* of tables whose end has not come */
    size_t n_said, room_said;
};

/* Creates the folder when it is not there. */
void rejects_init(struct rejects *rejects, const char *folder);
/* `row` is a COPY text row with the layout's columns. */
void rejects_add(struct rejects *rejects, const struct layout *layout, const char *sqlstate,
    const char *reason, struct slice row, enum rejects_ids ids);
/*
 * Closes its file, if it has one, and says in warnings which of its rows are rejected. Rows of the
 * next table are read while a table ends: so that each stands behind the counts of its own table,
 * nothing is said before.
 */
void rejects_end_table(struct rejects *rejects, const struct plan_table *table);

#endif
