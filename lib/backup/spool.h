#ifndef SPOOL_H
#define SPOOL_H
/*
 * A temporary file for data that comes before its turn, in $TMPDIR (default /tmp). It has no name,
 * so nothing is left behind however the process ends. Failures end the process with STATUS_FAILED.
 */
#include <stdint.h>

#include "slice.h"

struct spool;

struct spool *spool_open(void);
void spool_close(struct spool *spool);
/* Closes all but the file, which is the caller's then: a descriptor at its first byte. */
int spool_detach(struct spool *spool);
void spool_write(struct spool *spool, struct slice bytes);
/* Where the next byte goes. */
uint64_t spool_tell(const struct spool *spool);
/*
 * The bytes at `offset`, at least one and at most `length`; valid until the next call. Reading may
 * begin when writing is done.
 */
struct slice spool_read(struct spool *spool, uint64_t offset, uint64_t length);

#endif
