#include "rejects.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "copyrow.h"
#include "mem.h"
#include "msg.h"

#define WARNINGS_PER_TABLE 3

void
rejects_init(struct rejects *rejects, const char *folder)
{
    *rejects = (struct rejects){.folder = folder};
    if (folder != NULL && mkdir(folder, 0700) != 0 && errno != EEXIST)
        msg_fatal(STATUS_OUTPUT, "cannot create the folder \"%s\": %s", folder, strerror(errno));
}

/* A table's name as a file's: what is not a letter, digit, ., _ or - becomes %XX. */
static char *
file_name(const char *folder, const struct rejects_file *file)
{
    const char *table = file->table->name;
    struct buf path = {0};

    buf_add_format(&path, "%s/", folder);
    for (const char *p = table; *p != '\0' && path.length < 4000; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || *p == '_' || *p == '-' ||
                     (*p == '.' && p != table);

        if (plain)
            buf_add_char(&path, *p);
        else
            buf_add_format(&path, "%%%02X", (unsigned)(unsigned char)*p);
    }
    buf_add_string(&path, file->ids == REJECTS_BACKUP_IDS ? ".backup-ids.tsv" : ".tsv");
    buf_string(&path);
    return path.data;
}

static bool
same(const struct rejects_file *a, const struct rejects_file *b)
{
    return a->table == b->table && a->ids == b->ids;
}

/* True the first time. */
static bool
begin(struct rejects *rejects, const struct rejects_file *file)
{
    for (size_t i = 0; i < rejects->n_begun; i++)
        if (same(&rejects->begun[i], file))
            return false;
    *MEM_APPEND(rejects->begun, rejects->n_begun, rejects->room_begun) = *file;
    return true;
}

static void
open_file(struct rejects *rejects, const struct layout *layout)
{
    struct buf header = {0};
    char *path = file_name(rejects->folder, &rejects->now);

    if (!begin(rejects, &rejects->now)) {
        output_append(&rejects->file, path);
        return;
    }
    output_create(&rejects->file, path);
    buf_add_string(&header, REJECTS_SQLSTATE "\t" REJECTS_REASON);
    if (rejects->now.ids == REJECTS_BACKUP_IDS)
        buf_add_string(&header, "\t" REJECTS_BACKUP);
    for (size_t i = 0; i < layout->n; i++) {
        buf_add_char(&header, '\t');
        copyrow_escape(slice_string(layout->columns[i]->name), &header);
    }
    buf_add_char(&header, '\n');
    output_slice(&rejects->file, buf_slice(&header));
    buf_release(&header);
}

static void
warn(struct rejects *rejects, const struct layout *layout, const char *sqlstate, const char *reason)
{
    if (rejects->shown < WARNINGS_PER_TABLE)
        msg_warning(
            "%s: a row is rejected: %s (SQLSTATE %s)", layout->table->name, reason, sqlstate);
    else if (rejects->shown == WARNINGS_PER_TABLE)
        msg_warning("%s: more rows are rejected%s%s", layout->table->name,
            rejects->folder != NULL ? "; all of them with their reasons are in " : "",
            rejects->folder != NULL ? rejects->folder : "");
    rejects->shown++;
}

static void
close_file(struct rejects *rejects)
{
    if (rejects->now.table != NULL && rejects->folder != NULL)
        output_close(&rejects->file);
    rejects->now = (struct rejects_file){0};
}

void
rejects_add(struct rejects *rejects, const struct layout *layout, const char *sqlstate,
    const char *reason, struct slice row, enum rejects_ids ids)
{
    struct rejects_file file = {layout->table, ids};
    struct buf line = {0};

    if (!same(&rejects->now, &file)) {
        if (rejects->now.table != layout->table)
            rejects->shown = 0;
        close_file(rejects);
        rejects->now = file;
        if (rejects->folder != NULL)
            open_file(rejects, layout);
    }
    warn(rejects, layout, sqlstate, reason);
    if (rejects->folder == NULL)
        return;
    copyrow_escape(slice_string(sqlstate), &line);
    buf_add_char(&line, '\t');
    copyrow_escape(slice_string(reason), &line);
    buf_add_string(&line, ids == REJECTS_BACKUP_IDS ? "\tyes\t" : "\t");
    buf_add_slice(&line, row);
    buf_add_char(&line, '\n');
    output_slice(&rejects->file, buf_slice(&line));
    buf_release(&line);
}

void
rejects_end_table(struct rejects *rejects)
{
    close_file(rejects);
    rejects->shown = 0;
}
