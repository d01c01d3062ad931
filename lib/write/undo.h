#ifndef UNDO_H
#define UNDO_H
/*
 * Undoes merges by their undo streams, in one transaction that the caller commits or rolls back:
 * puts back the values that were overwritten and deletes the rows that were inserted, the last
 * table first. Where rows have changed since, or others refer to them by now, `side` decides.
 */
#include "msg.h"
#include "output.h"
#include "tally.h"
#include "undoload.h"

enum undo_side {
    UNDO_STOPS, /* nothing is undone */
    UNDO_WINS,  /* what changed since is lost; what others refer to stays, as a reject */
    UNDO_YIELDS /* rows that changed, or that others refer to, stay */
};

struct undo {
    PGconn *writer;
    enum undo_side side;
    enum tally_mode mode;  /* TALLY_UNDO or TALLY_UNDO_DRY_RUN */
    struct output *counts; /* TSV; NULL: not wanted */
    bool may_silence;      /* the role may switch triggers off */
    struct undoload load;
    struct tally sum;
    uint64_t objections; /* rows that have changed, are gone, or that others refer to */
};

/* After the first four fields are set. The streams of merges, in the order of these: the last one
 * is undone first. A path as stream_open(). Reads all of them before it changes anything. */
void undo_run(struct undo *undo, char *const *paths, size_t n);
/*
 * Commits, or rolls back a dry run, and says what was done. Ends the process with STATUS_INPUT
 * where rows stood in the way and neither side was told to win.
 */
enum msg_status undo_end(struct undo *undo);

#endif
