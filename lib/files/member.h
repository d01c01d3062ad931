#ifndef MEMBER_H
#define MEMBER_H
/*
 * The names that pg_dump gives to the files of a directory archive, which are the members of a tar
 * archive: toc.dat, and NUMBER.dat for the data of the entry of that number; with a suffix when
 * they are compressed (pg_backup_directory.c and compress_io.c). Pure.
 */
#include <stdbool.h>
#include <stdint.h>

#include "slice.h"

enum member_packing { MEMBER_PLAIN, MEMBER_GZIP, MEMBER_LZ4, MEMBER_ZSTD };
#define MEMBER_PACKINGS 4

#define MEMBER_TOC 0 /* instead of a number */

/* Room for any name, with its end. */
#define MEMBER_NAME ((size_t)40)

void member_format(int64_t id, enum member_packing packing, char name[MEMBER_NAME]);
/* False when the name is none of these. */
bool member_parse(struct slice name, int64_t *id, enum member_packing *packing);

#endif
