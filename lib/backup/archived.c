#include "archived.h"

#include <stdlib.h>

#include "blockrows.h"
#include "dump.h"
#include "mem.h"
#include "msg.h"

struct archived {
    struct backup *backup;
    struct container container;
    struct toc toc;
    size_t next;              /* of toc.data, with BACKUP_RANDOM */
    struct toc_data **blocks; /* the data of each of the backup's blocks */
    size_t n_blocks, room_blocks;
    bool pending; /* a block whose rows were not asked for yet */
    size_t block; /* the one under way, of the backup's */
    struct input *input;
    char *name; /* of the input */
    struct blockrows rows;
    struct dump *script; /* INSERT statements, which own the input; else NULL */
};

/* ---- what is there */

/* Leaves out the tables whose data the container lacks. */
static void
lose_unseen(struct archived *archived)
{
    const char *why = archived->container.damage(archived->container.state);
    struct backup *backup = archived->backup;
    bool whole = why == NULL;

    for (size_t i = 0; i < archived->toc.n; i++) {
        const struct toc_data *data = &archived->toc.data[i];

        if (data->table != NULL && !data->seen)
            backup_lose(backup, data->table, "its data is not there");
        whole = whole && data->seen;
    }
    if (!whole && backup->damage == NULL)
        backup->damage =
            mem_string(why != NULL ? why : "the archive lacks data of its table of contents");
}

/* Ends the process when the container lacks data of the table of contents. */
static void
check_all_seen(const struct archived *archived)
{
    const struct toc *toc = &archived->toc;
    const char *why = archived->container.damage(archived->container.state);
    size_t lost = 0, tables = 0;

    for (size_t i = 0; i < toc->n; i++) {
        const struct toc_data *data = &toc->data[i];

        tables += data->table != NULL;
        if (data->seen)
            continue;
        lost++;
        msg_error("%s: the data of %s%s is not there", archived->backup->name,
            data->table != NULL ? "table " : "entry ",
            data->table != NULL ? data->table : "of large objects");
    }
    if (lost > 0)
        backup_refuse(archived->backup, 0,
            "the archive lacks the data of %zu of %zu entries: it is cut or damaged%s%s", lost,
            toc->n, why != NULL ? "; " : "", why != NULL ? why : "");
    if (why != NULL)
        backup_refuse(archived->backup, 0, "%s", why);
}

/* A number of entries that is damaged must not end the table of contents too soon. */
static void
close_toc(struct backup *backup, struct input *input)
{
    if (input->start < input->end || input_fill(input))
        backup_refuse(backup, 0, "there is more behind the last entry of its table of contents");
    input_close(input);
}

struct archived *
archived_open(struct backup *backup, struct container container)
{
    struct archived *archived = mem_alloc(sizeof *archived);

    archived->backup = backup;
    archived->container = container;
    toc_read(&archived->toc, backup, container.toc);
    if (container.toc_is_apart)
        close_toc(backup, container.toc);
    if (archived->toc.header.format != container.format)
        backup_refuse(backup, 0, "%s",
            container.format == ARCHIVE_CUSTOM
                ? "it is the table of contents (toc.dat) of a directory or tar archive: name that"
                : "its table of contents is of another format of archive");
    container.locate(container.state, &archived->toc);
    if (backup->options.salvage)
        lose_unseen(archived);
    else if (container.access == BACKUP_RANDOM)
        check_all_seen(archived);
    return archived;
}

static void
close_data(struct archived *archived)
{
    if (archived->script != NULL)
        dump_close(archived->script);
    else if (archived->input != NULL)
        input_close(archived->input);
    archived->script = NULL;
    free(archived->name);
    archived->input = NULL;
    archived->name = NULL;
    archived->rows.block = NULL;
}

static void
close_archive(struct backup *backup)
{
    struct archived *archived = backup->archived;

    close_data(archived);
    archived->container.close(archived->container.state);
    toc_release(&archived->toc);
    blockrows_release(&archived->rows);
    free(archived->blocks);
    free(archived);
}

/* ---- blocks */

static struct toc_data *
next_data(struct archived *archived)
{
    struct toc *toc = &archived->toc;

    if (archived->container.access == BACKUP_ONCE)
        return archived->container.next(archived->container.state, toc);
    return archived->next < toc->n ? &toc->data[archived->next++] : NULL;
}

/* Opens the data, a part of a script when it is INSERT statements. */
static void
open_data(struct archived *archived, const struct toc_data *data)
{
    struct ddl *ddl = &archived->backup->ddl;

    archived->name = mem_format("%s, %s", archived->backup->name, data->table);
    archived->input = archived->container.open(archived->container.state, data, archived->name);
    archived->input->max_expanded = archived->backup->options.max_expanded;
    if (data->form == SCHEMA_FORM_COPY)
        return;
    if (data->schema != NULL) {
        schema_names_release(&ddl->search_path);
        schema_add_name(&ddl->search_path, data->schema);
    }
    archived->script = dump_open(archived->backup, archived->input);
    archived->script->script.lex.standard_strings = ddl->standard_strings;
}

/*
 * Behind INSERT statements pg_dump writes two empty lines (dumpTableData_insert): the only sign
 * that none is missing where neither a length nor a checksum tells.
 */
static void
check_script_end(const struct archived *archived, const struct toc_data *data)
{
    uint64_t behind = archived->script->inserts.behind;

    if (input_tell(archived->input) < behind + (behind > 0 ? 3 : 2))
        backup_refuse(
            archived->backup, 0, "the data of %s does not end: the backup is cut", data->table);
}

/*
 * Adds the block of the data. That of INSERT statements is added by the first of them, which stands
 * alone for its columns: false when there is none.
 */
static bool
add_block(struct archived *archived, struct toc_data *data)
{
    struct backup_block *block;

    archived->pending = data->form == SCHEMA_FORM_COPY;
    if (archived->pending) {
        block = backup_add_block(
            archived->backup, data->table, data->form, data->listed ? &data->columns : NULL);
    } else {
        open_data(archived, data);
        if (!dump_next(archived->script)) {
            check_script_end(archived, data);
            close_data(archived);
            return false;
        }
        block = backup_block(archived->backup);
    }
    block->rows = -1;
    block->bytes = data->size;
    *MEM_APPEND(archived->blocks, archived->n_blocks, archived->room_blocks) = data;
    archived->block = archived->n_blocks - 1;
    return true;
}

/* False for what is no table's, and for what is left out. */
static bool
is_wanted(const struct archived *archived, const struct toc_data *data)
{
    return data->table != NULL && backup_loss(archived->backup, data->table) == NULL;
}

static bool
next_block(struct backup *backup)
{
    struct archived *archived = backup->archived;
    struct toc_data *data;

    close_data(archived);
    archived->pending = false;
    do
        data = next_data(archived);
    while (data != NULL && (!is_wanted(archived, data) || !add_block(archived, data)));
    if (data == NULL && !backup->options.salvage)
        check_all_seen(archived);
    return data != NULL;
}

size_t
archived_tell(const struct archived *archived)
{
    return archived->next;
}

void
archived_seek(struct archived *archived, size_t entry)
{
    archived->next = entry;
}

const char *
archived_table(const struct archived *archived)
{
    return archived->next > 0 ? archived->toc.data[archived->next - 1].table : NULL;
}

static void
reread(struct backup *backup, size_t block)
{
    close_data(backup->archived);
    backup->archived->block = block;
    backup->archived->pending = true;
}

/* ---- rows */

static void
start_rows(struct archived *archived)
{
    struct backup_block *block = &archived->backup->blocks[archived->block];

    archived->pending = false;
    open_data(archived, archived->blocks[archived->block]);
    if (archived->script != NULL)
        dump_reread(archived->script, block);
    else
        blockrows_start(&archived->rows, archived->backup, archived->input, block);
}

/* The statements of a table are all of one kind, as pg_dump writes them. */
static bool
script_rows(struct archived *archived, struct backup_rows *rows)
{
    struct backup_block *block = &archived->backup->blocks[archived->block];

    if (dump_rows(archived->script, rows))
        return true;
    block->rows = (int64_t)archived->script->inserts.rows;
    if (dump_next(archived->script))
        backup_refuse(archived->backup, 0, "the data of %s goes on with other statements",
            archived->blocks[archived->block]->table);
    check_script_end(archived, archived->blocks[archived->block]);
    close_data(archived);
    return false;
}

/* Behind the rows pg_dump writes empty lines; only at the end checksums are verified. */
static void
read_end(struct archived *archived)
{
    struct input *input = archived->input;

    do {
        for (; input->start < input->end; input->start++)
            if (input->data[input->start] != '\n')
                backup_refuse(archived->backup, 0, "the data of %s goes on behind its end",
                    archived->blocks[archived->block]->table);
    } while (input_fill(input));
}

static bool
read_rows(struct backup *backup, struct backup_rows *rows)
{
    struct archived *archived = backup->archived;

    if (archived->pending)
        start_rows(archived);
    if (archived->input == NULL)
        return false;
    if (archived->script != NULL)
        return script_rows(archived, rows);
    if (blockrows_read(&archived->rows, rows))
        return true;
    read_end(archived);
    close_data(archived);
    return false;
}

/* ---- state */

static const char *
missing(const struct backup *backup)
{
    return backup->archived->container.missing(backup->archived->container.state);
}

static uint64_t
consumed(const struct backup *backup)
{
    return backup->archived->container.consumed(backup->archived->container.state);
}

static uint64_t
size(const struct backup *backup)
{
    return backup->archived->container.size(backup->archived->container.state);
}

const struct backup_way archived_way = {
    .next = next_block,
    .rows = read_rows,
    .reread = reread,
    .missing = missing,
    .consumed = consumed,
    .size = size,
    .close = close_archive,
};
