#ifndef SURVEY_LOOK_H
#define SURVEY_LOOK_H
/*
 * Inside of survey: a look through a backup by a process of its own, which ends where the data is
 * damaged. What it read whole until then it tells through a pipe.
 */
#include "msg.h"
#include "survey.h"

/* How a look ended. */
struct survey_ending {
    bool told, damaged, refused;
    enum msg_status status;
    uint64_t at; /* of an archive the entry that comes next, else the offset behind what is whole */
    uint64_t sound;       /* offsets before that were decompressed right */
    char *table, *reason; /* malloc'd, or NULL */
};

/*
 * Adds to the survey what one look saw, from where the backup stands; it is left there. Ends the
 * process where the look ended for another reason than damage.
 */
struct survey_ending survey_look(struct survey *survey, struct backup *backup);

/* The survey's table of that name, which is added if need be. Valid until the next call. */
struct survey_table *survey_find(struct survey *survey, const char *name);
/* That table is not whole, and why; what was said first stays. */
void survey_mark(struct survey *survey, const char *name, enum survey_state state, const char *why);
/* Nothing more is said on standard error by this process. */
void survey_silence(void);

#endif
