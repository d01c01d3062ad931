#include "unreadable.h"

#include "mergesql.h"
#include "trial.h"

struct reading {
    copybatch_rejected *rejected;
    void *context;
    struct buf *readable;
};

static void
write_read(const void *context, const char *row, struct buf *sql)
{
    mergesql_read_values(context, row, sql);
}

static void
tell(void *context, struct slice row, uint64_t written, const struct server_error *error)
{
    struct reading *reading = context;

    (void)written;
    if (error == NULL) {
        buf_add_slice(reading->readable, slice_make(row.data, row.length + 1));
        return;
    }
    server_require_row_error(error);
    reading->rejected(reading->context, row, error);
}

void
unreadable_reject(PGconn *connection, const struct layout *layout, struct slice rows,
    copybatch_rejected *rejected, void *context, struct buf *readable)
{
    struct trial_statement statement = {TRIAL_READS, layout->n, write_read, layout, false};
    struct reading reading = {rejected, context, readable};

    if (!trial_rows(connection, &statement, rows, tell, &reading))
        buf_add_slice(readable, rows);
}
