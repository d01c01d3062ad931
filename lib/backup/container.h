#ifndef CONTAINER_H
#define CONTAINER_H
/*
 * Where an archive keeps what its table of contents lists: a file of the custom format, a tar file,
 * a folder. One face for them, which archived.c reads through; each of customfile.c, tarfile.c and
 * dirfile.c makes one.
 */
#include "backup.h"
#include "toc.h"

struct container {
    enum archive_format format;
    enum backup_access access; /* BACKUP_ONCE or BACKUP_RANDOM */
    /* Stands at the header of the table of contents. The container's own input, or one for the
     * table of contents alone (`toc_is_apart`), which its reader closes. */
    struct input *toc;
    bool toc_is_apart;
    /*
     * Called once, when the table of contents was read. With BACKUP_RANDOM it looks for the data
     * of every entry, marks what is `seen` and says its size.
     */
    void (*locate)(void *state, struct toc *toc);
    /* With BACKUP_ONCE: goes on to the next data, which is then `seen`; NULL at the end. */
    struct toc_data *(*next)(void *state, const struct toc *toc);
    /*
     * The bytes of data that is seen, decompressed; with BACKUP_ONCE of the last next(). One input
     * is open at a time; the caller closes it. `name` is for messages, kept by reference.
     */
    struct input *(*open)(void *state, const struct toc_data *data, const char *name);
    /* NULL, or what kept it from finding all data that may be there. */
    const char *(*damage)(const void *state);
    /* NULL, or what it lacks behind its data, such as "no end of a tar file". */
    const char *(*missing)(const void *state);
    uint64_t (*consumed)(const void *state); /* of its bytes so far */
    uint64_t (*size)(const void *state);     /* or 0 */
    void (*close)(void *state);
    void *state;
};

#endif
