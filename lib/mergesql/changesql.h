#ifndef CHANGESQL_H
#define CHANGESQL_H
/*
 * The SQL for the changed rows of a table, by the conflict of each column. Pure; as mergesql.h.
 *
 * Changed rows stand in a temporary table s, numbered by the column CHANGESQL_NUMBER, or come as
 * parameters (u) in a dry run. A column is written when its conflict lets the backup win: "update"
 * always, "keep" never, "fill" where the live value is null, "newest" where the row of the backup
 * has a later value in the column that it names; where neither is later, or the backup has none,
 * the live value stays. The id is never written, and the key only where the plan has same-ids: a
 * row may be found by its id then.
 */
#include "buf.h"
#include "layout.h"
#include "parksql.h"

#define CHANGESQL_NUMBER "\"pgbraid row number\"" /* a name that no table has, in SQL form */

/* `pg_temp.pgbraid_changes_N`. */
void changesql_name(size_t number, struct buf *out);
void changesql_create(const struct layout *layout, size_t number, struct buf *out);
void changesql_copy(const struct layout *layout, size_t number, struct buf *out);
/* Inserts one row, its number and columns given as texts; as mergesql_insert_values(). */
void changesql_insert_values(
    const struct layout *layout, size_t number, const char *row, struct buf *out);
/* COPY (SELECT the block's columns) TO STDOUT of the changed row of that number. */
void changesql_copy_row(const struct layout *layout, size_t number, uint64_t row, struct buf *out);
/* `SELECT count(*)` of changed rows that differ from the live ones (conflicts aside). */
void changesql_count_differing(const struct layout *layout, size_t number, struct buf *out);
/* `SELECT count(*)` of changed rows whose live row is gone. */
void changesql_count_gone(const struct layout *layout, size_t number, struct buf *out);
/* The changed rows that the UPDATE would write, by their numbers: the number, and a text that is
 * another one as soon as the live row has another version. */
void changesql_unwritten(const struct layout *layout, size_t number, struct buf *out);

/* True when the UPDATE may set the column. */
bool changesql_sets(const struct layout *layout, size_t position);
bool changesql_sets_column(const struct layout *layout, const char *column);
/* True when the UPDATE writes every row that differs. */
bool changesql_writes_all(const struct layout *layout);

/* What an UPDATE returns of each row that it wrote. */
enum changesql_returning {
    CHANGESQL_NOTHING,
    CHANGESQL_NUMBERS, /* its number */
    CHANGESQL_IMAGES,  /* its number, the target, `columns` before, the same columns after */
};
struct changesql_update {
    enum changesql_returning returning;
    const struct schema_names *columns;
    uint64_t first, last; /* only rows of these numbers; last 0: all */
    const char *number;   /* only the row of this number, or of ANY (array), in SQL; NULL: all */
    bool moved;           /* rows were vacated: their images are those before that */
};
/* False when it sets nothing. */
bool changesql_update(const struct layout *layout, size_t number,
    const struct changesql_update *how, struct buf *out);

/*
 * Unique values that move among the rows: those that another row is to get are vacated before the
 * UPDATE. `rows` says of which, and in which of the `n` columns: numbers and bits, an int8[] each.
 * A temporary table m has their images and the values in between, which come after those of the
 * table `stage` (NULL: none) too.
 */
struct changesql_moves {
    const struct parksql_column *columns;
    size_t n;
    const char *numbers, *bits;
    const struct schema_names *images; /* NULL: not wanted */
    const char *stage;
};
void changesql_create_moves(const struct layout *layout, size_t number,
    const struct changesql_moves *moves, struct buf *out);
/* Returns the numbers of those that were. */
void changesql_vacate(const struct layout *layout, size_t number,
    const struct changesql_moves *moves, struct buf *out);
/* The live rows of the changed ones: the number, and all the columns. */
void changesql_befores(const struct layout *layout, size_t number, struct buf *out);

/*
 * The changed rows as the UPDATE would leave them, of those that it would write: the number, where
 * the live row is, the columns, and of the live row those `kept` besides. From the temporary table,
 * or of parameters.
 */
void changesql_results(
    const struct layout *layout, size_t number, const struct schema_names *kept, struct buf *out);
void changesql_compare_results(
    const struct layout *layout, const struct schema_names *kept, struct buf *out);
/* `row` (a name) is the live row of those results, r. */
void changesql_is_live_row(const struct layout *layout, const char *row, struct buf *out);
/* AND a live row t is not one of the changed rows. */
void changesql_and_not_changed(const struct layout *layout, size_t number, struct buf *out);

/* AND a live row t is none of those whose targets are given as parameters, the first as that one.
 */
void changesql_and_not_given(const struct layout *layout, size_t first, struct buf *out);
/* Of the rows given as parameters, as changesql_compare(): the number, and all of the live row. */
void changesql_compare_befores(const struct layout *layout, struct buf *out);

/*
 * A dry run's comparison: of rows given as parameters (all the block's columns): how many differ
 * and how many the UPDATE would write.
 */
void changesql_compare(const struct layout *layout, struct buf *out);
/* Of the same parameters: the first `n` rows that it would write, as CHANGESQL_IMAGES has them. */
void changesql_compare_images(
    const struct layout *layout, const struct schema_names *columns, uint64_t n, struct buf *out);

/* ---- between its parts */

/* Where the rows of the backup are: s."a", or u.c3::type in a dry run. And the live ones: t, or b
 * where the UPDATE returns the values before. */
struct changesql_from {
    enum { CHANGESQL_FROM_CHANGES, CHANGESQL_FROM_PARAMETERS } source;
    const char *live;
};
/* A value of such a row, and of its live row. */
void changesql_source(
    const struct layout *layout, struct changesql_from from, size_t position, struct buf *out);
void changesql_live(struct changesql_from from, const char *name, struct buf *out);
/* The live row is the row's. */
void changesql_match(const struct layout *layout, struct changesql_from from, struct buf *out);
bool changesql_compares_as_text(const char *type);
/* The temporary table m. */
void changesql_moves_name(size_t number, struct buf *out);
/* ` FROM` the changed rows s and their live rows t. */
void changesql_live_rows(const struct layout *layout, size_t number, struct buf *out);
/* t is the live row of s. */
void changesql_is_target(const struct layout *layout, struct buf *out);

#endif
