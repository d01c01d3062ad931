#ifndef COMPARE_H
#define COMPARE_H
/*
 * The live rows of one table as hashes: which row of the backup is new, which is the same byte for
 * byte, which may differ. 16 bytes a row (pairmap.h). Rows are COPY text lines in the layout's
 * columns, and found by the layout's target. Equal hashes are taken for equal rows (hash.h).
 */
#include <libpq-fe.h>

#include "layout.h"
#include "pairmap.h"

enum compare_result {
    COMPARE_NEW, /* no live row has its key; from now on this one has */
    COMPARE_EQUAL,
    COMPARE_DIFFERENT, /* in bytes: the server knows whether in value */
    COMPARE_AMBIGUOUS, /* several live rows have the key */
    COMPARE_DUPLICATE, /* a row of the backup before it has the same key */
};

struct compare {
    const struct layout *layout;
    uint64_t seed;
    size_t last_target; /* the largest target position */
    struct pairmap rows;
    struct buf key;
    struct slice *fields;
};

void compare_init(struct compare *compare, const struct layout *layout);
/* Reads the whole live table. */
void compare_load(struct compare *compare, PGconn *reader);
/* Adds one live row. */
void compare_add_live(struct compare *compare, struct slice row);
/* Splits the row; `*hash` is its key's, the fields stay in compare->fields (as far as the target).
 */
uint64_t compare_key(struct compare *compare, struct slice row);
/* The key's hash of fields that are not in a row. */
uint64_t compare_key_of(struct compare *compare, const struct slice *fields);
/* True when a live row has the key. */
bool compare_has(const struct compare *compare, uint64_t key);
enum compare_result compare_row(struct compare *compare, uint64_t key, struct slice row);
void compare_release(struct compare *compare);

#endif
