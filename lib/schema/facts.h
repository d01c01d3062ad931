#ifndef FACTS_H
#define FACTS_H
/*
 * The facts of merge-stream(5): a schema as lines of TSV. Pure.
 */
#include <stdbool.h>

#include "buf.h"
#include "schema.h"
#include "slice.h"

/* Appends every record, each ended by '\n', without "\.fact". */
void facts_format(const struct schema *schema, struct buf *out);

/*
 * Adds one record (`line`, without its newline) to `schema`. False with a malloc'd reason when the
 * record is malformed. Records of unknown kinds are left aside.
 */
bool facts_parse(struct schema *schema, struct slice line, char **reason);

#endif
