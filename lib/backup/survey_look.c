#include "survey_look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archived.h"
#include "copyrow.h"
#include "dump.h"
#include "mem.h"
#include "output.h"

/* ---- the process that looks; it tells by records of TSV through a pipe */

struct look {
    struct backup *backup;
    struct output output;
    size_t ended; /* blocks that were read to their ends */
};

/* A record of the table, NULL for none, and `rest`, which is escaped. */
static void
tell(struct look *look, const char *record, const char *table, const char *rest)
{
    struct buf line = {0};

    buf_add_format(&line, "%s\t", record);
    if (table != NULL)
        copyrow_escape(slice_string(table), &line);
    else
        buf_add_slice(&line, COPYROW_NULL);
    buf_add_format(&line, "%s\n", rest);
    output_slice(&look->output, buf_slice(&line));
    buf_release(&line);
}

static void
tell_block(struct look *look, uint64_t rows)
{
    const struct dump *dump = look->backup->dump;
    const char *name = backup_block(look->backup)->table;
    const struct schema_table *table = schema_find_table(&look->backup->schema, name);
    bool partitioned = table != NULL && table->kind == SCHEMA_PARTITIONED;
    char rest[100];

    snprintf(rest, sizeof rest, "\t%llu\t%llu\t%llu\t%d\t%d", (unsigned long long)rows,
        dump != NULL ? (unsigned long long)dump_block_end(dump) : 0ULL,
        dump != NULL ? (unsigned long long)input_tell(dump->input) : 0ULL,
        (int)(dump == NULL || dump_has_ended_block(dump)), (int)partitioned);
    tell(look, "block", name, rest);
    look->ended = look->backup->n_blocks;
}

/* Tables that a script declares, and of which no rows came. */
static void
tell_declared(struct look *look)
{
    const struct schema *schema = &look->backup->schema;

    for (size_t i = 0; look->backup->kind == BACKUP_SCRIPT && i < schema->n_tables; i++)
        if (!schema->tables[i].data.present && schema->tables[i].kind == SCHEMA_TABLE)
            tell(look, "declared", schema->tables[i].name, "");
}

/* The table whose rows were read last, and not to their end. */
static const char *
under_way(const struct look *look)
{
    if (look->backup->kind == BACKUP_ARCHIVE)
        return archived_table(look->backup->archived);
    return look->backup->n_blocks > look->ended ? backup_block(look->backup)->table : NULL;
}

static void
tell_end(struct look *look, const char *record, const char *table, int status, const char *message)
{
    const struct backup *backup = look->backup;
    uint64_t at = 0, sound = UINT64_MAX;
    struct buf rest = {0};

    if (backup->kind == BACKUP_SCRIPT) {
        at = backup->dump->whole;
        sound = input_sound(backup->dump->input);
    } else {
        at = archived_tell(backup->archived);
    }
    tell_declared(look);
    buf_add_format(
        &rest, "\t%d\t%llu\t%llu\t", status, (unsigned long long)at, (unsigned long long)sound);
    if (message != NULL)
        copyrow_escape(slice_string(message), &rest);
    else
        buf_add_slice(&rest, COPYROW_NULL);
    tell(look, record, table, buf_string(&rest));
    output_flush(&look->output);
}

/* The hook of msg_fatal(). */
static void
tell_damage(void *context, enum msg_status status, const char *message)
{
    struct look *look = context;
    const struct dump *dump = look->backup->dump;
    bool refused = dump != NULL && (dump->refused || dump->input->exceeded);

    tell_end(look, refused ? "refusal" : "damage", under_way(look), (int)status, message);
}

void
survey_silence(void)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
}

static void __attribute__((noreturn)) look_through(struct backup *backup, int to)
{
    struct look look = {.backup = backup};

    output_init(&look.output, to, "a pipe");
    msg_set_hook(tell_damage, &look);
    msg_at_end(NULL, NULL);
    msg_set_level(MSG_QUIET);
    survey_silence();
    while (backup_next(backup)) {
        struct backup_rows rows;
        uint64_t n = 0;

        while (backup_rows(backup, &rows))
            n += rows.n;
        tell_block(&look, n);
    }
    tell_end(&look, "end", NULL, 0, backup_missing(backup));
    _exit(STATUS_OK);
}

/* ---- what it told */

struct survey_table *
survey_find(struct survey *survey, const char *name)
{
    struct survey_table *table;

    for (size_t i = survey->n; i-- > 0;)
        if (strcmp(survey->tables[i].name, name) == 0)
            return &survey->tables[i];
    table = MEM_APPEND(survey->tables, survey->n, survey->room);
    *table = (struct survey_table){.name = mem_string(name)};
    return table;
}

void
survey_mark(struct survey *survey, const char *name, enum survey_state state, const char *why)
{
    struct survey_table *table = survey_find(survey, name);

    if (table->state != SURVEY_WHOLE)
        return;
    table->state = state;
    table->why = mem_string(why);
}

#define FIELDS 7 /* record, table, and up to five more */

static char *
value(struct slice field)
{
    struct buf text = {0};

    if (copyrow_is_null(field) || !copyrow_unescape(field, &text))
        return NULL;
    buf_string(&text);
    return text.data;
}

static uint64_t
number(struct slice field)
{
    return strtoull(field.data, NULL, 10); /* a tab or newline follows */
}

static void
take_block(struct survey *survey, const char *name, const struct slice *fields)
{
    struct survey_table *table = survey_find(survey, name);

    table->rows += number(fields[2]);
    table->blocks++;
    table->end = number(fields[3]);
    table->read = number(fields[4]);
    table->proven = number(fields[5]) != 0;
    table->partitioned = number(fields[6]) != 0;
}

static void
take_record(struct survey *survey, struct slice line, struct survey_ending *ending)
{
    struct slice fields[FIELDS];
    char *table;

    copyrow_split(line, fields, FIELDS);
    table = value(fields[1]);
    if (slice_is(fields[0], "block")) {
        take_block(survey, table, fields);
    } else if (slice_is(fields[0], "declared")) {
        survey_mark(survey, table, SURVEY_UNREACHED, "none of its rows were reached");
    } else {
        ending->told = true;
        ending->damaged = slice_is(fields[0], "damage");
        ending->refused = slice_is(fields[0], "refusal");
        ending->status = (enum msg_status)number(fields[2]);
        ending->at = number(fields[3]);
        ending->sound = number(fields[4]);
        ending->reason = value(fields[5]);
        ending->table = table;
        return;
    }
    free(table);
}

/* Reads what a look tells, and waits for its end. */
static struct survey_ending
take_records(struct survey *survey, int from, pid_t child)
{
    struct input *input = input_open_descriptor(from, "a pipe");
    struct survey_ending ending = {0};
    struct slice line;
    bool terminated;

    while (input_line(input, &line, &terminated) && terminated)
        take_record(survey, line, &ending);
    input_close(input);
    waitpid(child, NULL, 0);
    if (!ending.told)
        msg_fatal(STATUS_FAILED, "the process that looks for what is whole was ended");
    if (ending.refused || (ending.damaged && ending.status != STATUS_INPUT))
        msg_fatal(ending.status, "%s", ending.reason);
    return ending;
}

struct survey_ending
survey_look(struct survey *survey, struct backup *backup)
{
    int fd = backup->kind == BACKUP_SCRIPT ? backup->dump->input->fd : -1, ends[2];
    off_t at = fd >= 0 ? lseek(fd, 0, SEEK_CUR) : 0;
    struct survey_ending ending;
    pid_t child = -1;

    if (pipe(ends) == 0)
        child = fork();
    if (child < 0)
        msg_fatal(STATUS_FAILED, "cannot start a process: %s", strerror(errno));
    if (child == 0) {
        close(ends[0]);
        look_through(backup, ends[1]);
    }
    close(ends[1]);
    ending = take_records(survey, ends[0], child);
    if (fd >= 0)
        lseek(fd, at, SEEK_SET); /* it is the child's too */
    return ending;
}
