#include "rejects.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "copyrow.h"
#include "mem.h"
#include "msg.h"

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

static struct rejects_said *
find_said(struct rejects *rejects, const struct plan_table *table)
{
    for (size_t i = rejects->n_said; i-- > 0;)
        if (rejects->said[i].table == table)
            return &rejects->said[i];
    return NULL;
}

static void
note(struct rejects *rejects, const struct plan_table *table, const char *sqlstate,
    const char *reason)
{
    struct rejects_said *said = find_said(rejects, table);

    if (said == NULL) {
        said = MEM_APPEND(rejects->said, rejects->n_said, rejects->room_said);
        *said = (struct rejects_said){.table = table};
    }
    if (said->n < REJECTS_SAID)
        said->warnings[said->n] =
            mem_format("a row is rejected: %s (SQLSTATE %s)", reason, sqlstate);
    said->n++;
}

static void
say(const struct rejects *rejects, struct rejects_said *said)
{
    for (uint64_t i = 0; i < said->n && i < REJECTS_SAID; i++) {
        msg_warning("%s: %s", said->table->name, said->warnings[i]);
        free(said->warnings[i]);
    }
    if (said->n > REJECTS_SAID)
        msg_warning("%s: more rows are rejected%s%s", said->table->name,
            rejects->folder != NULL ? "; all of them with their reasons are in " : "",
            rejects->folder != NULL ? rejects->folder : "");
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
        close_file(rejects);
        rejects->now = file;
        if (rejects->folder != NULL)
            open_file(rejects, layout);
    }
    note(rejects, layout->table, sqlstate, reason);
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
rejects_end_table(struct rejects *rejects, const struct plan_table *table)
{
    struct rejects_said *said = find_said(rejects, table);

    close_file(rejects);
    if (said == NULL)
        return;
    say(rejects, said);
    *said = rejects->said[--rejects->n_said];
}
