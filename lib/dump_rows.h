#ifndef DUMP_ROWS_H
#define DUMP_ROWS_H
/* The inside of dump.h: COPY data. Only for dump.c. */
#include "dump.h"

/* Steps behind the line of `COPY ... FROM stdin;`, to the rows of the block. */
void dump_rows_start(struct dump *dump, struct dump_block *block);

#endif
