#include "arrayrow.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"

static enum arrayfix_result
reject_count(struct arrayrow *work, size_t found, size_t expected)
{
    work->sqlstate = "22P04"; /* bad_copy_file_format, as COPY says itself */
    buf_add_format(
        &work->reason, "the row has %zu fields, its table has %zu columns", found, expected);
    return ARRAYFIX_REJECTED;
}

static enum arrayfix_result
reject_json(struct arrayrow *work, const struct jsonfix *fix)
{
    work->sqlstate = jsonfix_sqlstate(fix);
    jsonfix_reason(fix, work->plan, &work->reason);
    return ARRAYFIX_REJECTED;
}

static enum arrayfix_result
fix_column(struct arrayrow *work, const struct arrayrow_column *column, struct slice field)
{
    enum arrayfix_result result;

    if (column->json != NULL) {
        result = jsonfix_field(column->json, field, &work->row);
        return result == ARRAYFIX_REJECTED ? reject_json(work, column->json) : result;
    }
    result = arrayfix_field(&work->fix, field, column->map, column->unresolved, &work->row);
    if (result == ARRAYFIX_REJECTED) {
        work->sqlstate = arrayfix_sqlstate(&work->fix);
        arrayfix_reason(&work->fix, work->plan, column->name, column->target, &work->reason);
    }
    return result;
}

enum arrayfix_result
arrayrow_fix(struct arrayrow *work, struct slice row, size_t n_fields,
    const struct arrayrow_column *columns, size_t n)
{
    enum arrayfix_result all = ARRAYFIX_KEPT;
    const char *copied = row.data;
    size_t found;

    buf_clear(&work->row);
    buf_clear(&work->reason);
    if (work->room < n_fields) {
        work->fields = mem_resize(work->fields, n_fields, sizeof *work->fields);
        work->room = n_fields;
    }
    found = copyrow_split(row, work->fields, n_fields);
    if (found != n_fields)
        return reject_count(work, found, n_fields);
    for (size_t i = 0; i < n; i++) {
        struct slice field = work->fields[columns[i].position];
        enum arrayfix_result result;

        buf_add(&work->row, copied, (size_t)(field.data - copied));
        copied = field.data + field.length;
        result = fix_column(work, &columns[i], field);
        if (result == ARRAYFIX_REJECTED)
            return result;
        if (result == ARRAYFIX_CHANGED)
            all = result;
    }
    buf_add(&work->row, copied, (size_t)(row.data + row.length - copied));
    return all;
}

void
arrayrow_release(struct arrayrow *work)
{
    arrayfix_release(&work->fix);
    buf_release(&work->row);
    buf_release(&work->reason);
    free(work->fields);
    *work = (struct arrayrow){0};
}
