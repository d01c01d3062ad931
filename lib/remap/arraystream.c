#include "arraystream.h"

#include <stdlib.h>

#include "arrayrow.h"
#include "copyrow.h"
#include "idmap.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "stream.h"
#include "streamplan.h"

/* A table whose ids stand in arrays of others. */
struct target {
    const char *name;  /* of the plan */
    size_t last;       /* place in the plan of the last table that needs the map */
    struct idmap *map; /* NULL: not there, or not any more */
    bool freed;
    const char *passed; /* a table whose rows went through before there was a map, or NULL */
};

struct arraystream {
    struct stream_reader *reader;
    struct stream_writer writer;
    struct plan plan;
    bool planned; /* the plan is complete, targets are filled in */
    struct target *targets;
    size_t n_targets, room_targets;

    /* the block */
    const struct plan_table *table;  /* NULL: the plan has none */
    struct arrayrow_column *columns; /* those that are rewritten */
    size_t n_columns, room_columns;
    size_t n_fields;
    struct idmap *none;     /* the map of tables that have none */
    struct target *filling; /* the map that a \.map block goes to; NULL: it is left aside */
    struct buf values[2];

    struct arrayrow row;
    uint64_t changed, rejected;
};

static struct target *
find_target(struct arraystream *stream, const char *name)
{
    for (size_t i = 0; i < stream->n_targets; i++)
        if (strcmp(stream->targets[i].name, name) == 0)
            return &stream->targets[i];
    return NULL;
}

/* ---- the plan */

static void
note_target(struct arraystream *stream, const char *name, size_t place)
{
    struct target *target = find_target(stream, name);

    if (target == NULL) {
        target = MEM_APPEND(stream->targets, stream->n_targets, stream->room_targets);
        *target = (struct target){.name = name};
    }
    target->last = place;
}

static void
note_column(struct arraystream *stream, const struct plan_column *column, size_t place)
{
    if (column->action == PLAN_COLUMN_ARRAY)
        note_target(stream, column->target, place);
    for (size_t i = 0; i < column->n_paths; i++)
        note_target(stream, column->paths[i].target, place);
}

/* Before the first block: which maps will be needed, and until when. */
static void
finish_plan(struct arraystream *stream)
{
    const struct plan *plan = &stream->plan;

    if (stream->planned)
        return;
    streamplan_check(plan, stream->reader);
    stream->planned = true;
    for (size_t i = 0; i < plan->n_tables; i++)
        for (size_t j = 0; j < plan->tables[i].n_columns; j++)
            note_column(stream, &plan->tables[i].columns[j], i);
}

/* ---- tables */

static void
free_unneeded(struct arraystream *stream, size_t place)
{
    for (size_t i = 0; i < stream->n_targets; i++) {
        struct target *target = &stream->targets[i];

        if (target->map == NULL || target->last >= place)
            continue;
        idmap_free(target->map);
        target->map = NULL;
        target->freed = true;
    }
}

/* The map for ids of that table in a column; NULL: the ids mean the same, and stay. */
static struct idmap *
map_for(struct arraystream *stream, const struct plan_column *column, const char *name,
    enum plan_unresolved unresolved)
{
    struct target *target = find_target(stream, name);

    if (target->freed)
        msg_fatal(STATUS_INPUT,
            "%s: %s comes later than its plan says; its column %s needs ids of %s",
            stream->reader->input->name, stream->table->name, column->name, target->name);
    if (target->map != NULL || unresolved == PLAN_UNRESOLVED_KEEP)
        return target->map;
    if (stream->none == NULL)
        stream->none = idmap_new(column->type);
    return stream->none;
}

static struct arrayrow_column *
append_column(struct arraystream *stream, const struct plan_column *column, size_t position)
{
    struct arrayrow_column *added =
        MEM_APPEND(stream->columns, stream->n_columns, stream->room_columns);

    *added = (struct arrayrow_column){
        .position = position, .name = column->name, .unresolved = column->unresolved};
    return added;
}

static void
add_array(struct arraystream *stream, const struct plan_column *column, size_t position)
{
    struct idmap *map = map_for(stream, column, column->target, column->unresolved);
    struct arrayrow_column *added;

    if (map == NULL)
        return;
    added = append_column(stream, column, position);
    added->target = column->target;
    added->map = map;
}

/* Texts and numbers are both ids where there is no map: none of either is known. */
static void
add_json(struct arraystream *stream, const struct plan_column *column, size_t position)
{
    struct jsonfix *fix = mem_alloc(sizeof *fix);

    jsonfix_init(fix, column);
    for (size_t i = 0; i < fix->n; i++)
        fix->ids[i].map = map_for(stream, column, fix->ids[i].target, fix->ids[i].unresolved);
    append_column(stream, column, position)->json = fix;
}

/* The table's column for a field of \.table, which holds the bare name; NULL: none. */
static const struct plan_column *
find_column(const struct arraystream *stream, size_t field)
{
    char *name = stream_field(stream->reader, field);
    const struct plan_column *column;

    if (name == NULL)
        msg_fatal(STATUS_INPUT, "%s: a block of %s has a column without a name",
            stream->reader->input->name, stream->table->name);
    column = plan_find_column(stream->table, name);
    free(name);
    return column;
}

static void
start_table(struct arraystream *stream)
{
    char *name = stream_field(stream->reader, 1);

    finish_plan(stream);
    stream->table = plan_find_table(&stream->plan, name != NULL ? name : "");
    free(name);
    stream->n_fields = stream->reader->n_fields - 2;
    if (stream->table != NULL)
        free_unneeded(stream, (size_t)(stream->table - stream->plan.tables));
    for (size_t i = 0; stream->table != NULL && i < stream->n_fields; i++) {
        const struct plan_column *column = find_column(stream, i + 2);

        if (column != NULL && column->action == PLAN_COLUMN_ARRAY)
            add_array(stream, column, i);
        if (column != NULL && column->n_paths > 0)
            add_json(stream, column, i);
    }
    stream_pass(&stream->writer, stream->reader);
}

static void
note_passed(struct arraystream *stream, const char *name)
{
    struct target *target = find_target(stream, name);

    if (target->map == NULL)
        target->passed = stream->table->name;
}

/* Rows whose arrays had no map are through: it must not come later. */
static void
end_table(struct arraystream *stream)
{
    const struct plan_table *table = stream->table;

    if (table == NULL || slice_is(stream->reader->fields[1], "0"))
        return;
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct plan_column *column = &table->columns[i];

        if (column->action == PLAN_COLUMN_ARRAY)
            note_passed(stream, column->target);
        for (size_t j = 0; j < column->n_paths; j++)
            note_passed(stream, column->paths[j].target);
    }
}

static void
fix_row(struct arraystream *stream)
{
    struct slice line = stream->reader->line;

    switch (
        arrayrow_fix(&stream->row, line, stream->n_fields, stream->columns, stream->n_columns)) {
    case ARRAYFIX_KEPT:
        stream_pass(&stream->writer, stream->reader);
        break;
    case ARRAYFIX_CHANGED:
        stream_write_row(&stream->writer, buf_slice(&stream->row.row));
        stream->changed++;
        break;
    case ARRAYFIX_REJECTED:
        stream_write_reject(
            &stream->writer, stream->row.sqlstate, buf_string(&stream->row.reason), line);
        stream->rejected++;
        break;
    }
}

/* ---- maps */

static void
start_map(struct arraystream *stream)
{
    char *name = stream_field(stream->reader, 1), *type = stream_field(stream->reader, 2);
    struct target *target;

    finish_plan(stream);
    target = find_target(stream, name != NULL ? name : "");
    if (target != NULL && target->passed != NULL)
        msg_fatal(STATUS_INPUT, "%s: the map of %s comes behind %s, whose arrays need it",
            stream->reader->input->name, name, target->passed);
    if (target != NULL && target->map == NULL && !target->freed)
        target->map = idmap_new(type != NULL ? type : "");
    stream->filling = target != NULL && target->map != NULL ? target : NULL;
    free(name);
    free(type);
}

/* The value of a field, which stays valid until the next call with the same buffer. */
static bool
field_value(struct slice field, struct buf *room, struct slice *value)
{
    *value = field;
    if (memchr(field.data, '\\', field.length) == NULL)
        return true;
    buf_clear(room);
    if (copyrow_is_null(field) || !copyrow_unescape(field, room))
        return false;
    *value = buf_slice(room);
    return true;
}

static void
add_entry(struct arraystream *stream)
{
    struct slice line = stream->reader->line, fields[2], old, live;

    if (stream->filling == NULL)
        return;
    if (copyrow_split(line, fields, 2) != 2 || !field_value(fields[0], &stream->values[0], &old) ||
        !field_value(fields[1], &stream->values[1], &live) ||
        !idmap_put(stream->filling->map, old, live))
        msg_fatal(STATUS_INPUT, "%s: its map of %s has a row that is no pair of ids: \"%.*s\"",
            stream->reader->input->name, stream->filling->name,
            (int)(line.length < 200 ? line.length : 200), line.data);
}

/* ---- the stream */

static void
end_block(struct arraystream *stream, enum stream_event block)
{
    if (block == STREAM_TABLE)
        end_table(stream);
    if (block != STREAM_MAP)
        stream_pass(&stream->writer, stream->reader);
    for (size_t i = 0; i < stream->n_columns; i++) {
        if (stream->columns[i].json != NULL)
            jsonfix_release(stream->columns[i].json);
        free(stream->columns[i].json);
    }
    stream->n_columns = 0;
    stream->filling = NULL;
}

/* `block` is the block that the line stands in. */
static void
take(struct arraystream *stream, enum stream_event event, enum stream_event block)
{
    switch (event) {
    case STREAM_PLAN:
        streamplan_add(&stream->plan, stream->reader);
        stream_pass(&stream->writer, stream->reader);
        break;
    case STREAM_TABLE:
        start_table(stream);
        break;
    case STREAM_MAP:
        start_map(stream);
        break;
    case STREAM_END:
        end_block(stream, block);
        break;
    case STREAM_ROW:
        if (block == STREAM_MAP)
            add_entry(stream);
        else if (stream->n_columns > 0)
            fix_row(stream);
        else
            stream_pass(&stream->writer, stream->reader);
        break;
    default:
        stream_pass(&stream->writer, stream->reader);
    }
}

void
arraystream_run(const char *path)
{
    struct arraystream stream = {.reader = stream_open(path, STREAM_ROWS)};

    stream.row.plan = &stream.plan;
    stream_writer_init(&stream.writer, STREAM_ROWS);
    stream_connect(stream.reader, &stream.writer);
    for (;;) {
        enum stream_event event, block = stream.reader->block;

        if (block != STREAM_MAP && stream.n_columns == 0)
            stream_pass_rows(&stream.writer, stream.reader);
        event = stream_read(stream.reader);
        if (event == STREAM_TRAILER)
            break;
        take(&stream, event, block);
    }
    msg_detail("%llu rows have changed arrays, %llu are rejected",
        (unsigned long long)stream.changed, (unsigned long long)stream.rejected);
    stream_writer_close(&stream.writer);
    stream_close(stream.reader);
}
