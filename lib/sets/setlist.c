#include "setlist.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"
#include "msg.h"
#include "output.h"

enum column { NAME, TYPE, TIME, VERIFIED, PINNED, COLUMNS };

static const char *const column_names[COLUMNS] = {"name", "type", "time", "verified", "pinned"};

struct reader {
    struct input *input;
    unsigned long long line;
    size_t n_fields;
    struct slice *fields;
    size_t at[COLUMNS]; /* where each column stands */
    struct buf value;
};

/* The next line; false at the end. */
static bool
next_line(struct reader *reader, struct slice *line)
{
    bool terminated;

    if (!input_line(reader->input, line, &terminated))
        return false;
    if (!terminated)
        msg_fatal(STATUS_INPUT, "%s breaks off in the middle of a line", reader->input->name);
    reader->line++;
    return true;
}

/* The value of a field, valid until the next call. */
static const char *
value(struct reader *reader, struct slice field)
{
    buf_clear(&reader->value);
    if (copyrow_is_null(field) || !copyrow_unescape(field, &reader->value) ||
        memchr(
            buf_slice(&reader->value).data ? reader->value.data : "", '\0', reader->value.length))
        msg_fatal(STATUS_INPUT, "%s: line %llu: \"%.*s\" is no value", reader->input->name,
            reader->line, (int)field.length, field.data);
    return buf_string(&reader->value);
}

static size_t
find_column(struct reader *reader, const char *name)
{
    size_t found = reader->n_fields;

    for (size_t i = 0; i < reader->n_fields; i++) {
        if (!slice_is(reader->fields[i], name))
            continue;
        if (found < reader->n_fields)
            msg_fatal(STATUS_INPUT, "%s has two columns \"%s\"", reader->input->name, name);
        found = i;
    }
    if (found == reader->n_fields)
        msg_fatal(
            STATUS_INPUT, "%s has no column \"%s\" in its header line", reader->input->name, name);
    return found;
}

static void
read_header(struct reader *reader, struct setlist *list)
{
    struct slice line;

    if (!next_line(reader, &line))
        msg_fatal(STATUS_INPUT, "%s is empty: a header line was expected", reader->input->name);
    buf_add_slice(&list->header, line);
    reader->n_fields = copyrow_split(line, NULL, 0);
    reader->fields = mem_alloc(reader->n_fields * sizeof *reader->fields);
    copyrow_split(line, reader->fields, reader->n_fields);
    for (size_t i = 0; i < COLUMNS; i++)
        reader->at[i] = find_column(reader, column_names[i]);
}

static bool
read_boolean(struct reader *reader, enum column column)
{
    const char *text = value(reader, reader->fields[reader->at[column]]);

    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        msg_fatal(STATUS_INPUT, "%s: line %llu: %s is yes or no, not \"%s\"", reader->input->name,
            reader->line, column_names[column], text);
    return strcmp(text, "yes") == 0;
}

static struct civil
read_time(struct reader *reader)
{
    const char *text = value(reader, reader->fields[reader->at[TIME]]);
    struct civil time;

    if (!civil_parse(slice_string(text), &time))
        msg_fatal(STATUS_INPUT,
            "%s: line %llu: \"%s\" is no time such as 2026-11-20 02:00:00+01:00",
            reader->input->name, reader->line, text);
    return time;
}

static void
read_set(struct reader *reader, struct slice line, struct retention_set *set)
{
    size_t n = copyrow_split(line, reader->fields, reader->n_fields);
    const char *name;

    if (n != reader->n_fields)
        msg_fatal(STATUS_INPUT, "%s: line %llu has %zu fields, the header line %zu",
            reader->input->name, reader->line, n, reader->n_fields);
    name = value(reader, reader->fields[reader->at[NAME]]);
    if (name[0] == '\0')
        msg_fatal(
            STATUS_INPUT, "%s: line %llu: the name is empty", reader->input->name, reader->line);
    set->name = mem_string(name);
    set->pre_migrate = strcmp(value(reader, reader->fields[reader->at[TYPE]]), "pre-migrate") == 0;
    set->time = read_time(reader);
    set->verified = read_boolean(reader, VERIFIED);
    set->pinned = read_boolean(reader, PINNED);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
check_names(const struct setlist *list, const char *path)
{
    const char **names = mem_alloc(list->n * sizeof *names);

    for (size_t i = 0; i < list->n; i++)
        names[i] = list->sets[i].name;
    qsort(names, list->n, sizeof *names, by_name);
    for (size_t i = 1; i < list->n; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            msg_fatal(STATUS_INPUT, "%s names the set \"%s\" twice", path, names[i]);
    free(names);
}

struct setlist *
setlist_read(const char *path)
{
    struct setlist *list = mem_alloc(sizeof *list);
    struct reader reader = {.input = input_open(path)};
    struct slice line;
    size_t room = 0, n = 0;

    read_header(&reader, list);
    while (next_line(&reader, &line)) {
        struct retention_set *set = MEM_APPEND(list->sets, list->n, list->room);
        struct buf *kept = MEM_APPEND(list->lines, n, room);

        *set = (struct retention_set){0};
        *kept = (struct buf){0};
        buf_add_slice(kept, line);
        read_set(&reader, line, set);
    }
    check_names(list, reader.input->name);
    buf_release(&reader.value);
    free(reader.fields);
    input_close(reader.input);
    return list;
}

void
setlist_write(const struct setlist *list)
{
    struct output output;
    struct buf reason = {0};

    output_standard(&output);
    output_slice(&output, buf_slice(&list->header));
    output_slice(&output, SLICE("\tdecision\treason\n"));
    for (size_t i = 0; i < list->n; i++) {
        const struct retention_set *set = &list->sets[i];

        buf_clear(&reason);
        copyrow_escape(buf_slice(&set->reason), &reason);
        output_slice(&output, buf_slice(&list->lines[i]));
        output_slice(
            &output, set->decision == RETENTION_KEEP ? SLICE("\tkeep\t") : SLICE("\tremove\t"));
        output_slice(&output, buf_slice(&reason));
        output_slice(&output, SLICE("\n"));
    }
    output_close(&output);
    buf_release(&reason);
}
