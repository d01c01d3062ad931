#include "backup.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "mem.h"
#include "msg.h"

void
backup_close(struct backup *backup)
{
    backup->way->close(backup);
    free(backup);
}

/* ---- reading */

/* After the last statement and block: the schema is finished, with the data of each table. */
static void
finish(struct backup *backup)
{
    ddl_finish(&backup->ddl);
    for (size_t i = 0; i < backup->n_blocks; i++) {
        const struct backup_block *block = &backup->blocks[i];
        struct schema_data *data = &schema_add_table(&backup->schema, block->table)->data;

        data->rows = block->rows < 0 || data->rows < 0 ? -1 : data->rows + block->rows;
        data->bytes += block->bytes;
    }
    for (size_t i = 0; i < backup->n_losses; i++) {
        struct schema_table *table = schema_add_table(&backup->schema, backup->losses[i].table);

        table->data = (struct schema_data){0};
        table->damage = backup->losses[i].why;
    }
}

bool
backup_next(struct backup *backup)
{
    bool more;

    do
        more = backup->way->next(backup);
    while (more && backup_loss(backup, backup_block(backup)->table) != NULL);
    if (!more)
        finish(backup);
    return more;
}

struct backup_block *
backup_block(struct backup *backup)
{
    return &backup->blocks[backup->n_blocks - 1];
}

bool
backup_rows(struct backup *backup, struct backup_rows *rows)
{
    return backup->way->rows(backup, rows);
}

void
backup_reread(struct backup *backup, size_t block)
{
    backup->way->reread(backup, block);
}

bool
backup_is_complete(const struct backup *backup)
{
    return backup_missing(backup) == NULL;
}

const char *
backup_missing(const struct backup *backup)
{
    return backup->way->missing(backup);
}

uint64_t
backup_consumed(const struct backup *backup)
{
    return backup->way->consumed(backup);
}

uint64_t
backup_size(const struct backup *backup)
{
    return backup->way->size(backup);
}

/* ---- what is left out */

void
backup_lose(struct backup *backup, const char *table, const char *why)
{
    if (backup_loss(backup, table) == NULL)
        *MEM_APPEND(backup->losses, backup->n_losses, backup->room_losses) =
            (struct backup_loss){mem_string(table), mem_string(why)};
}

const char *
backup_loss(const struct backup *backup, const char *table)
{
    for (size_t i = 0; i < backup->n_losses; i++)
        if (strcmp(backup->losses[i].table, table) == 0)
            return backup->losses[i].why;
    return NULL;
}

/* ---- for the kinds */

/* The columns that COPY without a list means: all that are not generated. */
static bool
columns_of_table(const struct backup *backup, const char *name, struct schema_names *columns)
{
    const struct schema_table *table = schema_find_table(&backup->schema, name);

    for (size_t i = 0; table != NULL && i < table->n_columns; i++)
        if (!table->columns[i].generated)
            schema_add_name(columns, table->columns[i].name);
    return table != NULL;
}

/* Adds the names to those of the data, which are shared with a block until they differ. */
static void
add_columns(struct schema_data *data, const struct schema_names *columns)
{
    struct schema_names all = {0};

    for (size_t i = 0; i < data->columns.n; i++)
        schema_add_name(&all, data->columns.names[i]);
    for (size_t i = 0; i < columns->n; i++)
        if (!schema_has_name(&all, columns->names[i]))
            schema_add_name(&all, columns->names[i]);
    data->columns = all;
}

/* Many blocks of one table may come, as INSERTs into several alternate: what is alike is shared. */
static void
note_data(struct backup *backup, struct backup_block *block)
{
    struct schema_data *data = &schema_add_table(&backup->schema, block->table)->data;
    struct backup_block *first;

    if (!data->present) {
        data->present = true;
        data->position = backup->n_blocks - 1;
        data->form = block->form;
        data->columns = block->columns;
        return;
    }
    first = &backup->blocks[data->position];
    free(block->table);
    block->table = first->table;
    if (schema_names_equal(&first->columns, &block->columns)) {
        schema_names_release(&block->columns);
        block->columns = first->columns;
    } else {
        add_columns(data, &block->columns);
    }
}

#define STYLES_LIMIT 1000

/* The present one, kept once however often a script sets it. */
static const struct textstyle *
present_style(struct backup *backup)
{
    struct textstyle *kept;

    for (size_t i = backup->n_styles; i > 0; i--)
        if (textstyle_equal(backup->styles[i - 1], &backup->ddl.style))
            return backup->styles[i - 1];
    if (backup->n_styles == STYLES_LIMIT)
        backup_refuse(
            backup, 0, "its rows are written under more than %d time zones", STYLES_LIMIT);
    kept = mem_alloc(sizeof *kept);
    *kept = backup->ddl.style;
    *MEM_APPEND(backup->styles, backup->n_styles, backup->room_styles) = kept;
    return kept;
}

struct backup_block *
backup_add_block(struct backup *backup, const char *table, enum schema_form form,
    const struct schema_names *columns)
{
    struct backup_block *block = MEM_APPEND(backup->blocks, backup->n_blocks, backup->room_blocks);

    if (backup->n_blocks == 1 && backup->ddl.client_encoding != NULL)
        backup->encoding = mem_string(backup->ddl.client_encoding);
    *block = (struct backup_block){
        .table = mem_string(table), .form = form, .style = present_style(backup)};
    block->columns_known = columns != NULL || columns_of_table(backup, table, &block->columns);
    for (size_t i = 0; columns != NULL && i < columns->n; i++)
        schema_add_name(&block->columns, columns->names[i]);
    note_data(backup, block);
    return block;
}

void
backup_warn(const struct backup *backup, const char *format, ...)
{
    va_list arguments;
    char text[2048];

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!backup->options.planned || msg_get_level() == MSG_VERBOSE)
        msg_warning("%s", text);
}

void
backup_refuse(const struct backup *backup, uint64_t line, const char *format, ...)
{
    va_list arguments;
    char why[2048];

    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    if (line > 0)
        msg_fatal(STATUS_INPUT, "%s, line %llu: %s", backup->name, (unsigned long long)line, why);
    msg_fatal(STATUS_INPUT, "%s: %s", backup->name, why);
}
