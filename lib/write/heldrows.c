#include "heldrows.h"

#include <string.h>

#include "copyrow.h"

#define UNIQUE_VIOLATION "23505"

bool
heldrows_add(struct heldrows *held, struct slice row, const struct server_error *error)
{
    if (held->closed || strcmp(error->sqlstate, UNIQUE_VIOLATION) != 0 ||
        held->rows.length + row.length > HELDROWS_BYTES)
        return false;
    buf_add_slice(&held->rows, row);
    buf_add_char(&held->rows, '\n');
    buf_add(&held->reasons, error->message, strlen(error->message) + 1);
    return true;
}

void
heldrows_release(struct heldrows *held)
{
    buf_release(&held->rows);
    buf_release(&held->reasons);
}

struct heldrows_at
heldrows_start(const struct heldrows *held)
{
    return (struct heldrows_at){buf_slice(&held->rows), held->reasons.data};
}

bool
heldrows_next(struct heldrows_at *at, struct slice *row, struct server_error *error)
{
    if (at->rest.length == 0)
        return false;
    *row = copyrow_next(&at->rest);
    *error = (struct server_error){.sqlstate = UNIQUE_VIOLATION, .message = (char *)at->reasons};
    at->reasons += strlen(at->reasons) + 1;
    return true;
}
