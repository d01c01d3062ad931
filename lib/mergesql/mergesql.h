#ifndef MERGESQL_H
#define MERGESQL_H
/*
 * The SQL of a merge, as text: pure functions of a block's layout. Names are always quoted and
 * qualified, types are the live ones. Every function appends to `out`.
 */
#include "buf.h"
#include "layout.h"

/* `"schema"."table"` of the plan's table. */
void mergesql_table(const struct plan_table *table, struct buf *out);
/* Its rows: `ONLY "schema"."table"`, or of a partitioned one those of all its partitions. */
void mergesql_rows(const struct plan_table *table, struct buf *out);
/* `"a", "b"` of the given positions, each behind `prefix` (such as "t."). */
void mergesql_columns(const struct layout *layout, const struct layout_positions *positions,
    const char *prefix, struct buf *out);
/* Likewise of all the block's columns. */
void mergesql_all_columns(const struct layout *layout, const char *prefix, struct buf *out);
/*
 * A type to cast to. An explicit cast to character(n), character varying(n) or bit(n) cuts what is
 * too long, silently (manual, "Character Types"), and the rest would be taken for another row's:
 * those lose their length.
 */
void mergesql_type(const char *type, struct buf *out);
/* COPY (SELECT columns[, id] FROM table) TO STDOUT; id when the layout has one and WITH_ID. */
enum mergesql_id { MERGESQL_WITHOUT_ID, MERGESQL_WITH_ID };
void mergesql_copy_out(const struct layout *layout, const struct layout_positions *positions,
    enum mergesql_id id, struct buf *out);
/* All the block's columns, in the block's order. */
void mergesql_copy_out_rows(const struct layout *layout, struct buf *out);

/*
 * `unnest($1::text[], ...) WITH ORDINALITY u(c0, c1, ..., n)`: one text array a position. The
 * caller gives the arrays as parameters.
 */
void mergesql_unnest(size_t n_columns, struct buf *out);

/* The live rows (all the block's columns) of the targets given as parameters. */
void mergesql_probe_rows(const struct layout *layout, struct buf *out);
/* For each row of the parameters: the values as the server prints them after casting. */
void mergesql_canonical(
    const struct layout *layout, const struct layout_positions *positions, struct buf *out);

/* The rows of the parameters, cast, under the columns' names; their ordinals as `ordinal`. */
void mergesql_cast_rows(const struct layout *layout, const char *ordinal, struct buf *out);

/* COPY table (columns) FROM STDIN, of the block's columns. */
void mergesql_copy_in(const struct layout *layout, struct buf *out);

/* The temporary table in which new rows of a cycle wait: like the live table, with its checks. */
void mergesql_stage_name(size_t number, struct buf *out);
/* Without its schema, as the server's messages have it. */
void mergesql_stage_bare_name(size_t number, struct buf *out);
void mergesql_create_stage(const struct layout *layout, size_t number, struct buf *out);
void mergesql_copy_stage(const struct layout *layout, size_t number, struct buf *out);
/*
 * `INSERT INTO relation (columns) OVERRIDING SYSTEM VALUE VALUES (row.c1::type, ...)`, for one row
 * of texts. `number` (may be NULL) is a bigint that the relation has before the columns, in SQL
 * form.
 */
void mergesql_insert_values(const struct layout *layout, const char *relation, const char *number,
    const char *row, struct buf *out);
/* An integer that needs every value of such a row, each cast to its column's type. */
void mergesql_read_values(const struct layout *layout, const char *row, struct buf *out);
/* `INSERT INTO table (columns) OVERRIDING SYSTEM VALUE SELECT columns FROM stage`. */
void mergesql_insert_stage(const struct layout *layout, size_t number, struct buf *out);

/* A condition: another transaction has committed the live row of that name. */
void mergesql_is_anothers(const char *row, struct buf *out);

/* True when the column's values come from a sequence of the live database. */
bool mergesql_has_sequence(const struct plan_column *column);
/* The rows of a table: its own, or, of a partition that shares a map, those of the whole table. */
enum mergesql_extent { MERGESQL_OWN, MERGESQL_WHOLE };
void mergesql_rows_of(const struct plan_table *table, enum mergesql_extent extent, struct buf *out);
/* Moves the sequence of a column that counts upwards up to a number; no row when it is there, or
 * would go further than that. */
void mergesql_sequence_cover(
    const struct plan_column *column, int64_t number, int64_t furthest, struct buf *out);
/* Moves the sequence of a column up to the column's largest value; no row when it is there. */
void mergesql_sequence_up(const struct plan_table *table, const struct plan_column *column,
    enum mergesql_extent extent, struct buf *out);

#endif
