#ifndef IMAGES_H
#define IMAGES_H
/*
 * The old and new values of a table's updated rows, on their way to the undo stream and to people.
 * What a statement returned before the server refused it is forgotten.
 */
#include "show.h"
#include "undolog.h"

struct images {
    struct undolog *log; /* NULL: not wanted */
    struct show *show;   /* NULL: not wanted */
    const struct layout *layout;
    struct schema_names columns; /* whose values */
    struct undolog_mark mark;
    uint64_t shown;
    size_t shown_length;
};

/*
 * Which columns: those that an UPDATE may set; or, where triggers may change others, all of the
 * live table that can be set back.
 */
enum images_columns { IMAGES_SETTABLE, IMAGES_ALL };
/* After log, show and layout are set; asks the connection where all columns are wanted. */
void images_choose(struct images *images, PGconn *connection, enum images_columns which);
void images_release(struct images *images);
/* True when somebody wants them. */
bool images_wanted(const struct images *images);
/* A statement begins; images_forget() goes back to here. */
void images_begin(struct images *images);
/* The fields of the layout's target, those of the columns before and after. */
void images_row(struct images *images, struct slice row);
void images_forget(struct images *images);

#endif
