#ifndef ARCHIVED_H
#define ARCHIVED_H
/*
 * A backup that is an archive of pg_dump, whichever container it is in. The kind BACKUP_ARCHIVE of
 * backup.h, whose words hold here.
 *
 * The table of contents is read when it is opened. Data that it lists and the container lacks ends
 * the process (STATUS_INPUT), table by table: at once where the container can say so beforehand,
 * else at the end. Data that is there is verified as far as it is read: its frames, its
 * compression's checksum, and the `\.` behind its rows.
 *
 * With the option `salvage` such tables are left out instead; the access is BACKUP_RANDOM then.
 */
#include "container.h"

struct archived;

/* The container is the archive's from now on. */
struct archived *archived_open(struct backup *backup, struct container container);
extern const struct backup_way archived_way;
/* The entry of the table of contents that comes next, with BACKUP_RANDOM; and to go on from there.
 */
size_t archived_tell(const struct archived *archived);
void archived_seek(struct archived *archived, size_t entry);
/* The table whose data is looked at, or NULL. */
const char *archived_table(const struct archived *archived);

#endif
