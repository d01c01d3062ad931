#include "remapstream.h"

#include <stdlib.h>

#include "mem.h"
#include "msg.h"
#include "recast.h"
#include "recode.h"
#include "remap.h"
#include "remap_cycle.h"
#include "remap_held.h"
#include "server.h"
#include "sql.h"
#include "stream.h"
#include "streamplan.h"

/* What the tool holds while it reads: one block, or the group of a cycle. */
struct state {
    struct remap remap;
    struct plan plan;
    struct stream_reader *reader;
    struct stream_writer writer;
    struct remap_block *block;
    struct remap_cycle cycle;
    bool checked;
    const struct remapstream_options *options;
    PGconn *encoder; /* converts rows of another encoding; NULL: they are UTF-8 */
    struct recode recode;
    PGconn *caster; /* reads dates and times of another style; NULL: there are none */
    struct recast recast;
};

static void
check_plan(struct state *state)
{
    if (!state->checked) {
        streamplan_check(&state->plan, state->reader);
        state->remap.maps = mem_alloc((state->plan.n_tables + 1) * sizeof *state->remap.maps);
        state->remap.gone = mem_alloc((state->plan.n_tables + 1) * sizeof *state->remap.gone);
        state->remap.seen = mem_alloc((state->plan.n_tables + 1) * sizeof *state->remap.seen);
        state->remap.given = mem_alloc((state->plan.n_tables + 1) * sizeof *state->remap.given);
        state->remap.reserves =
            mem_alloc((state->plan.n_tables + 1) * sizeof *state->remap.reserves);
    }
    state->checked = true;
}

/* The tables of a cycle follow one another; the first other one closes it. */
static void
open_caster(struct state *state)
{
    if (state->caster != NULL)
        return;
    state->caster = connect_open(&state->options->connect, "idmap-builder dates");
    server_run(state->caster, "BEGIN READ ONLY");
    state->recast.connection = state->caster;
}

static void
start_table(struct state *state)
{
    struct layout layout;
    int number;

    check_plan(state);
    streamplan_layout(&state->plan, state->reader, &layout);
    number = layout.table->cycle;
    if (number != state->cycle.number)
        remap_cycle_close(&state->cycle);
    state->block = remap_block_new(&state->remap, &layout);
    recast_start(&state->recast, &state->block->layout);
    if (recast_is_needed(&state->recast))
        open_caster(state);
    if (remap_cycle_is_needed(&state->plan, number)) {
        remap_cycle_add(&state->cycle, state->block);
        return;
    }
    remap_cycle_write_table(state->block);
    remap_open(state->block);
}

static void
end_table(struct state *state)
{
    recast_end(&state->recast);
    if (state->cycle.n == 0) {
        remap_held_end(state->block);
        remap_close(state->block);
        remap_block_free(state->block);
    }
    state->block = NULL;
}

/* A row that is rejected before its ids are looked at; they are remembered all the same. */
static void
reject_row(struct state *state, struct slice row, const char *sqlstate, const char *reason)
{
    if (state->block == NULL)
        stream_write_reject(&state->writer, sqlstate, reason, row);
    else if (state->cycle.n > 0)
        remap_cycle_refuse(state->block, row, sqlstate, reason);
    else
        remap_refuse(state->block, row, sqlstate, reason);
}

static void
take_row(void *context, struct slice row)
{
    struct state *state = context;

    if (state->block == NULL)
        stream_write_row(&state->writer, row);
    else if (!remap_is_first(state->block, row))
        reject_row(state, row, "23505",
            "a row of the backup before it has the same id, which others refer to");
    else if (state->cycle.n > 0)
        remap_cycle_row(state->block, row);
    else if (remap_held_is_needed(state->block->layout.table))
        remap_held_row(state->block, row);
    else
        remap_row(state->block, row);
}

/* A row in UTF-8. */
static void
cast_row(void *context, struct slice row)
{
    struct state *state = context;

    if (state->block != NULL)
        recast_add(&state->recast, row);
    else
        take_row(state, row);
}

/* A row that has no equivalent in UTF-8, or a date that is none. */
static void
refuse_row(void *context, struct slice row, const struct server_error *error)
{
    reject_row(context, row, error->sqlstate, error->message);
}

/* A row that dump-splitter took out: what refers to it must not find another row of that id. */
static void
take_reject(struct state *state)
{
    char *sqlstate = stream_field(state->reader, 1), *reason = stream_field(state->reader, 2);
    struct slice rest = state->reader->rest;
    struct buf row = {0};

    if (state->encoder != NULL) {
        recode_escape(&state->recode, rest, &row);
        rest = buf_slice(&row);
    }
    reject_row(state, rest, sqlstate, reason);
    buf_release(&row);
    free(sqlstate);
    free(reason);
}

/* Dates and times are those of the suite from here on. */
static void
take_style(struct state *state, const char *name, const char *value)
{
    open_caster(state);
    recast_set(&state->recast, slice_string(name), slice_string(value));
}

/* The stream is UTF-8 from here on. True when the line is taken care of. */
static bool
take_source(struct state *state)
{
    char *name = stream_field(state->reader, 1), *value = stream_field(state->reader, 2);
    bool taken = name != NULL && strcmp(name, "client_encoding") == 0 &&
                 recode_is_needed(state->remap.readers[0], value);

    if (taken) {
        state->encoder = connect_open(&state->options->connect, "idmap-builder encoding");
        server_run(state->encoder, "BEGIN READ ONLY");
        recode_init(&state->recode, state->encoder, value, cast_row, refuse_row, state);
        stream_write_control(
            &state->writer, "source", (struct slice[]){SLICE("client_encoding"), SLICE("UTF8")}, 2);
    }
    if (name != NULL && value != NULL && textstyle_has(slice_string(name))) {
        take_style(state, name, value);
        taken = true;
    }
    free(name);
    free(value);
    return taken;
}

/*
 * Connections with one snapshot. Whoever held the merge lock before the snapshot was taken may
 * have committed behind it: upserter, which holds the lock in the end, compares that backend with
 * its own.
 */
static void
open_readers(struct state *state)
{
    const struct connect_options *connect = &state->options->connect;
    struct remap *remap = &state->remap;
    PGresult *holder, *snapshot;
    struct buf sql = {0};

    remap->readers[0] = connect_open(connect, "idmap-builder");
    holder = server_query(remap->readers[0], sql_lock_holder);
    if (PQntuples(holder) > 0)
        stream_write_control(&state->writer, "source",
            (struct slice[]){SLICE("lock_holder"), slice_string(PQgetvalue(holder, 0, 0))}, 2);
    server_run(remap->readers[0], "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    snapshot = server_query(remap->readers[0], "SELECT pg_catalog.pg_export_snapshot()");
    buf_add_format(&sql, "SET TRANSACTION SNAPSHOT '%s'", PQgetvalue(snapshot, 0, 0));
    for (size_t i = 1; i <= REMAP_AHEAD; i++) {
        remap->readers[i] = connect_open(connect, "idmap-builder ahead");
        server_run(remap->readers[i], "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        server_run(remap->readers[i], buf_string(&sql));
    }
    PQclear(holder);
    PQclear(snapshot);
    buf_release(&sql);
}

static void
read_all(struct state *state)
{
    enum stream_event event;

    while ((event = stream_read(state->reader)) != STREAM_TRAILER) {
        if (state->encoder != NULL && event == STREAM_ROW) {
            recode_add(&state->recode, state->reader->line);
            continue;
        }
        if (state->encoder != NULL)
            recode_flush(&state->recode);
        if (event != STREAM_ROW)
            recast_flush(&state->recast);
        switch (event) {
        case STREAM_ROW:
            cast_row(state, state->reader->line);
            continue;
        case STREAM_TABLE:
            start_table(state);
            continue;
        case STREAM_END:
            if (state->block == NULL)
                break;
            end_table(state);
            continue;
        case STREAM_SOURCE:
            if (take_source(state))
                continue;
            break;
        case STREAM_REJECT:
            take_reject(state);
            continue;
        case STREAM_PLAN:
            streamplan_add(&state->plan, state->reader);
            break;
        default:
            break;
        }
        stream_pass(&state->writer, state->reader);
    }
    check_plan(state);
    remap_cycle_close(&state->cycle);
}

static void
open_connections(struct state *state)
{
    bool live = state->options->ids == REMAPSTREAM_LIVE;

    stream_write_control(&state->writer, "source",
        (struct slice[]){SLICE("ids"), live ? SLICE("live") : SLICE("provisional")}, 2);
    open_readers(state);
    if (live)
        state->remap.writer = connect_open(&state->options->connect, "idmap-builder ids");
}

static void
close_connections(struct state *state)
{
    for (size_t i = 0; i <= REMAP_AHEAD; i++)
        PQfinish(state->remap.readers[i]);
    PQfinish(state->remap.writer);
    PQfinish(state->encoder);
    PQfinish(state->caster);
}

void
remapstream_run(const struct remapstream_options *options)
{
    struct state *state = mem_alloc(sizeof *state); /* larger than a stack frame should be */
    struct output map_file = {0};

    state->options = options;
    stream_writer_init(&state->writer, STREAM_ROWS);
    state->reader = stream_open(options->path, STREAM_ROWS);
    stream_connect(state->reader, &state->writer);
    state->remap = (struct remap){.plan = &state->plan, .stream = &state->writer};
    if (options->map != NULL) {
        output_create(&map_file, options->map);
        state->remap.map_file = &map_file;
    }
    open_connections(state);
    recast_init(&state->recast, NULL, take_row, refuse_row, state);
    read_all(state);
    if (options->map != NULL)
        output_close(&map_file);
    stream_writer_close(&state->writer);
    close_connections(state);
}
