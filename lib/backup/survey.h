#ifndef SURVEY_H
#define SURVEY_H
/*
 * Which tables of a damaged backup are whole. The backup is read to its end by a process of its
 * own, for whatever is damaged ends a process: what it had read whole by then is known. Of an
 * archive the next process goes on behind the damaged data; of a script nothing behind the damage
 * is taken.
 *
 * A table is whole when its data was read to its end mark, with the checksums and lengths that its
 * format has, and when no more rows of it can be missing: of a script that is not complete a table
 * is not whole whose INSERTs nothing follows, nor a partitioned one; nor any, where the rows of
 * tables alternate.
 */
#include "backup.h"

enum survey_state { SURVEY_WHOLE, SURVEY_DAMAGED, SURVEY_UNREACHED };

struct survey_table {
    char *name; /* display form */
    enum survey_state state;
    uint64_t rows; /* that were read */
    size_t blocks;
    uint64_t end;     /* of a script: the offset behind the last one, */
    uint64_t read;    /* and up to where was read until that was known */
    bool proven;      /* no more of its rows may follow the last block */
    bool partitioned; /* its partitions may have blocks of their own */
    char *why;        /* it is not whole; else NULL */
};

struct survey {
    struct survey_table *tables; /* in the order of the backup, then those that were not reached */
    size_t n, room;
};

/*
 * Looks at a backup that was opened with the option `salvage` and not read yet. When it is damaged,
 * backup->damage says how, and from then on it gives the whole tables alone. Process lifetime.
 */
void survey_take(struct survey *survey, struct backup *backup);
size_t survey_whole(const struct survey *survey);
/* What is whole and what is not, on standard error, unless -q: table by table where they are few.
 */
void survey_say(const struct survey *survey);

/*
 * For a tool that reads a backup without salvage: when it ends for damage, what is whole is said
 * behind its message, unless -q, or where the backup came through a pipe or standard input. The
 * struct must last.
 */
struct survey_failure {
    const char *path;
    struct backup_options options;
};
void survey_at_failure(struct survey_failure *failure);

#endif
