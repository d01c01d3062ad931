/* The part of backup that knows its kinds: a backup is opened by what it holds. */
#include "archived.h"
#include "backup.h"
#include "customfile.h"
#include "dirfile.h"
#include "dump.h"
#include "mem.h"
#include "msg.h"
#include "scripthead.h"
#include "tarfile.h"
#include "unpack.h"

/* Bytes that tell an archive, and other things by their magic. */
#define HEAD ((size_t)512)

static const char what_is_read[] =
    "what is read are plain SQL dumps and archives of pg_dump, as they are or compressed";

/* Such as a page that says why there is no backup, in its place. */
static void
refuse_other(const struct input *input, struct slice head)
{
    struct buf shown = {0};

    if (scripthead_may_be_sql(head))
        return;
    scripthead_show(head, &shown);
    msg_fatal(STATUS_INPUT,
        "%s is not a backup that pg_dump wrote: %s; look at it, and at what wrote "
        "it; %s",
        input->name, buf_string(&shown), what_is_read);
}

/* Other things that people take for a backup, by their first bytes. */
static void
refuse_foreign(const struct backup *backup, const struct input *input)
{
    static const struct magic {
        struct slice bytes;
        const char *what;
    } magics[] = {
        {{"PK\x03\x04", 4}, "is a zip archive"},
        {{"\xff\xfe", 2}, "is UTF-16, not UTF-8"},
        {{"\xfe\xff", 2}, "is UTF-16, not UTF-8"},
        {{"\\.merge-stream", 14}, "is a merge stream"},
        {{"-- MySQL dump", 13}, "is a dump of MySQL"},
        {{"-- MariaDB dump", 15}, "is a dump of MariaDB"},
        {{"/*M!", 4}, "is a dump of MariaDB"},
    };
    struct slice head = slice_make(input->data + input->start, input->end - input->start);

    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (slice_starts(head, magics[i].bytes))
            msg_fatal(STATUS_INPUT, "%s %s: %s", input->name, magics[i].what, what_is_read);
    if (backup->damage == NULL) /* else its first bytes may be lost */
        refuse_other(input, head);
}

static void
open_archive(struct backup *backup, struct container container)
{
    if (backup->options.database != NULL)
        msg_fatal(STATUS_USAGE, "%s is an archive, of one database: --database is for scripts",
            backup->name);
    backup->kind = BACKUP_ARCHIVE;
    backup->way = &archived_way;
    backup->access = container.access;
    backup->archived = archived_open(backup, container);
}

static void
open_script(struct backup *backup, struct input *input)
{
    refuse_foreign(backup, input);
    backup->kind = BACKUP_SCRIPT;
    backup->way = &dump_way;
    backup->access = input_can_seek(input) ? BACKUP_AGAIN : BACKUP_ONCE;
    backup->dump = dump_open(backup, input);
}

static struct slice
head_of(struct input *input)
{
    while (input->end - input->start < HEAD && input_fill(input))
        continue;
    return slice_make(input->data + input->start, input->end - input->start);
}

/* For salvage the input must be one that can be read again, an archive in any order. */
static struct input *
make_seekable(struct backup *backup, struct input *input)
{
    struct slice head;

    input->forgiving = true;
    head = head_of(input);
    if (!input_is_file(input) || archive_recognizes(head) || tarfile_recognizes(head) ||
        input->damage != NULL)
        return unpack_input(input, &backup->damage);
    input->forgiving = false;
    return input;
}

static void
open_file(struct backup *backup, struct input *input)
{
    struct slice head;

    if (backup->options.salvage && !input_can_seek(input))
        input = make_seekable(backup, input);
    head = head_of(input);
    if (archive_recognizes(head))
        open_archive(backup, customfile_open(input));
    else if (tarfile_recognizes(head))
        open_archive(backup, tarfile_open(backup, input));
    else
        open_script(backup, input);
}

struct backup *
backup_open(const char *path, const struct backup_options *options)
{
    struct backup *backup = mem_alloc(sizeof *backup);
    struct input *input;

    backup->options = *options;
    ddl_init(&backup->ddl, &backup->schema);
    if (dirfile_recognizes(path)) {
        backup->name = path;
        open_archive(backup, dirfile_open(backup, path));
    } else {
        input = input_open(path);
        input->max_expanded = options->max_expanded;
        backup->name = input->name;
        open_file(backup, input);
    }
    return backup;
}
