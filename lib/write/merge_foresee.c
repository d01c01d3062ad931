#include "merge_foresee.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"
#include "sql.h"

/* Of a planned table: the values of its referenced columns that refused new rows have. */
struct merge_gone {
    const struct plan_column **columns;
    struct idmap **maps; /* of each all values but those */
    size_t n;
};

struct foreign { /* a column of a foreign key that names a row of the parent by itself */
    size_t at;
    const struct plan_table *parent;
    char *column;    /* the parent's */
    size_t *members; /* of the key, this one too: where one is null the key refers to nothing */
    size_t n;
};

struct merge_foresee {
    struct foreign *foreign;
    size_t n;
    bool holds; /* the table refers to its own group */
    struct buf held_new, held_changed;
};

/* What sql/table_parents.sql gives. */
enum { KEY = 0, COLUMN = 3, PARENT = 5, PARENT_COLUMN = 6, KEY_COLUMNS = 7 };

/* True when the result's row is the only member of its key, or refers to the parent's id. */
static bool
names_a_row(const PGresult *result, int row, const struct plan_table *parent)
{
    const struct plan_column *id = plan_id_column(parent);

    return strcmp(PQgetvalue(result, row, KEY_COLUMNS), "1") == 0 ||
           (id != NULL && strcmp(PQgetvalue(result, row, PARENT_COLUMN), id->name) == 0);
}

static void
add_members(struct foreign *foreign, const struct layout *layout, const PGresult *result, int row)
{
    foreign->members = mem_alloc((size_t)PQntuples(result) * sizeof *foreign->members);
    for (int i = 0; i < PQntuples(result); i++) {
        size_t at = layout_position(layout, PQgetvalue(result, i, COLUMN));

        if (strcmp(PQgetvalue(result, i, KEY), PQgetvalue(result, row, KEY)) == 0 &&
            at != LAYOUT_NONE)
            foreign->members[foreign->n++] = at;
    }
}

static void
add_foreign(struct merge_table *table, const PGresult *result, int row)
{
    struct merge_foresee *foresee = table->foresee;
    const struct layout *layout = &table->layout;
    struct foreign *foreign = &foresee->foreign[foresee->n];

    foreign->parent = plan_find_table(table->merge->plan, PQgetvalue(result, row, PARENT));
    foreign->at = layout_position(layout, PQgetvalue(result, row, COLUMN));
    if (foreign->parent == NULL || foreign->at == LAYOUT_NONE ||
        !names_a_row(result, row, foreign->parent))
        return;
    foreign->column = mem_string(PQgetvalue(result, row, PARENT_COLUMN));
    add_members(foreign, layout, result, row);
    foresee->holds |= foreign->parent == layout->table ||
                      (layout->table->cycle != 0 && foreign->parent->cycle == layout->table->cycle);
    foresee->n++;
}

void
merge_foresee_init(struct merge_table *table)
{
    PGresult *result =
        server_query_relation(table->merge->reader, sql_table_parents, table->layout.table->name);
    struct merge_foresee *foresee = mem_alloc(sizeof *foresee);

    table->foresee = foresee;
    foresee->foreign = mem_alloc(((size_t)PQntuples(result) + 1) * sizeof *foresee->foreign);
    for (int row = 0; row < PQntuples(result); row++)
        add_foreign(table, result, row);
    if (foresee->holds)
        table->validate.kept = &foresee->held_new;
    PQclear(result);
}

void
merge_foresee_release(struct merge_table *table)
{
    struct merge_foresee *foresee = table->foresee;

    if (foresee == NULL)
        return;
    for (size_t i = 0; i < foresee->n; i++) {
        free(foresee->foreign[i].column);
        free(foresee->foreign[i].members);
    }
    free(foresee->foreign);
    buf_release(&foresee->held_new);
    buf_release(&foresee->held_changed);
    free(foresee);
}

void
merge_foresee_end(struct merge *merge)
{
    for (size_t t = 0; merge->gone != NULL && t < merge->plan->n_tables; t++) {
        for (size_t i = 0; i < merge->gone[t].n; i++)
            idmap_free(merge->gone[t].maps[i]);
        free(merge->gone[t].maps);
        free(merge->gone[t].columns);
    }
    free(merge->gone);
}

/* ---- refused rows */

static struct merge_gone *
gone_of(struct merge_table *table)
{
    struct merge *merge = table->merge;
    const struct layout *layout = &table->layout;
    struct merge_gone *gone;
    PGresult *result;

    if (merge->gone == NULL)
        merge->gone = mem_alloc((merge->plan->n_tables + 1) * sizeof *merge->gone);
    gone = &merge->gone[layout->table - merge->plan->tables];
    if (gone->columns != NULL)
        return gone;
    result = server_query_relation(merge->reader, sql_table_referenced, layout->table->name);
    gone->columns = mem_alloc((layout->n + 1) * sizeof *gone->columns);
    gone->maps = mem_alloc((layout->n + 1) * sizeof *gone->maps);
    for (int row = 0; row < PQntuples(result); row++) {
        size_t at = layout_position(layout, PQgetvalue(result, row, 0));

        if (at == LAYOUT_NONE)
            continue;
        gone->columns[gone->n] = layout->columns[at];
        gone->maps[gone->n++] = idmap_new_without(layout->columns[at]->type);
    }
    PQclear(result);
    return gone;
}

void
merge_foresee_refused(struct merge_table *table, struct slice row)
{
    const struct layout *layout = &table->layout;
    struct merge_gone *gone;
    struct slice *fields;

    if (table->foresee == NULL)
        return;
    gone = gone_of(table);
    fields = mem_alloc((layout->n + 1) * sizeof *fields);
    copyrow_split(row, fields, layout->n);
    for (size_t i = 0; i < gone->n; i++) {
        size_t at = layout_position(layout, gone->columns[i]->name);

        if (at != LAYOUT_NONE && !copyrow_is_null(fields[at]))
            idmap_put(gone->maps[i], fields[at], fields[at]);
    }
    free(fields);
}

static bool
is_gone(const struct merge *merge, const struct foreign *foreign, struct slice value)
{
    const struct merge_gone *gone = &merge->gone[foreign->parent - merge->plan->tables];
    struct slice live;

    for (size_t i = 0; i < gone->n; i++)
        if (strcmp(gone->columns[i]->name, foreign->column) == 0)
            return !idmap_get(gone->maps[i], value, &live);
    return false;
}

static bool
refers(const struct foreign *foreign, const struct slice *fields)
{
    bool all = true;

    for (size_t i = 0; i < foreign->n; i++)
        all &= !copyrow_is_null(fields[foreign->members[i]]);
    return all;
}

/* True when the row refers to a refused one; merge->refusals.reason says why. */
static bool
is_orphan(struct merge_table *table, struct slice row)
{
    struct merge *merge = table->merge;
    const struct layout *layout = &table->layout;
    const struct merge_foresee *foresee = table->foresee;
    struct slice *fields;
    bool found = false;

    if (foresee->n == 0 || merge->gone == NULL)
        return false;
    fields = mem_alloc((layout->n + 1) * sizeof *fields);
    copyrow_split(row, fields, layout->n);
    for (size_t i = 0; i < foresee->n && !found; i++) {
        struct slice value = fields[foresee->foreign[i].at];

        found = refers(&foresee->foreign[i], fields) && is_gone(merge, &foresee->foreign[i], value);
        if (!found)
            continue;
        buf_clear(&merge->refusals.reason);
        buf_add_format(&merge->refusals.reason, "%s %.*s has no row of %s: that row was refused",
            layout->columns[foresee->foreign[i].at]->name, (int)value.length, value.data,
            foresee->foreign[i].parent->name);
    }
    free(fields);
    return found;
}

/* What is_orphan() found, as the server would say it. */
static struct server_error
refusal(struct merge *merge)
{
    struct server_error error = {.sqlstate = "23503"};

    error.message = mem_string(buf_string(&merge->refusals.reason));
    return error;
}

/* Rejects new rows that refer to refused ones, and notes them as refused too; returns whether there
 * were any. */
static bool
reject_orphans(struct merge_table *table)
{
    struct slice rows = buf_slice(&table->foresee->held_new);
    struct buf kept = {0};
    bool found = false;

    while (rows.length > 0) {
        struct slice row = copyrow_next(&rows);
        struct server_error error;

        if (!is_orphan(table, row)) {
            buf_add_slice(&kept, slice_make(row.data, row.length + 1));
            continue;
        }
        error = refusal(table->merge);
        merge_table_refused_new(table, row, &error);
        server_error_release(&error);
        table->validate.accepted--;
        found = true;
    }
    buf_release(&table->foresee->held_new);
    table->foresee->held_new = kept;
    return found;
}

bool
merge_foresee_rejected(struct merge_table *table, struct slice row)
{
    if (table->foresee == NULL || !is_orphan(table, row))
        return false;
    if (table->mark == MERGE_NEW) {
        refusals_note(&table->merge->refusals, &table->layout, row);
        merge_foresee_refused(table, row);
    }
    merge_table_reject(
        table, "23503", buf_string(&table->merge->refusals.reason), row, REJECTS_LIVE_IDS);
    return true;
}

bool
merge_foresee_changed(struct merge_table *table, struct slice row)
{
    if (table->foresee == NULL || !table->foresee->holds)
        return false;
    buf_add_slice(&table->foresee->held_changed, row);
    buf_add_char(&table->foresee->held_changed, '\n');
    return true;
}

static void
compare_changed(struct merge_table *table)
{
    struct slice rows = buf_slice(&table->foresee->held_changed);

    while (rows.length > 0) {
        struct slice row = copyrow_next(&rows);
        struct server_error error;

        if (!is_orphan(table, row)) {
            changes_add(&table->changes, row);
            continue;
        }
        error = refusal(table->merge);
        table->changes.rejected(table->changes.context, row, &error);
        server_error_release(&error);
    }
}

void
merge_foresee_group(struct merge *merge)
{
    bool again = merge->gone != NULL;

    while (again) {
        again = false;
        for (size_t i = 0; i < merge->n_group; i++)
            if (merge->group[i]->foresee->holds)
                again |= reject_orphans(merge->group[i]);
    }
    for (size_t i = 0; i < merge->n_group; i++)
        compare_changed(merge->group[i]);
}
