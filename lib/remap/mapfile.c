#include "mapfile.h"

#include "copyrow.h"
#include "input.h"
#include "msg.h"

struct mapfile {
    const struct mapfile_options *options;
    struct input *input;
    struct idmap *map;
    unsigned long long line;
    size_t n_fields; /* 2 or 3, by the first line */
    struct buf values[3];
};

static bool
is_header(const struct slice *fields, size_t n)
{
    if (n == 3)
        return slice_is(fields[0], "table") && is_header(fields + 1, 2);
    return slice_is(fields[0], "old") && slice_is(fields[1], "live");
}

static struct slice
value(struct mapfile *file, struct slice field, size_t i)
{
    buf_clear(&file->values[i]);
    if (copyrow_is_null(field) || !copyrow_unescape(field, &file->values[i]))
        msg_fatal(STATUS_INPUT, "%s: line %llu: NULL or a broken escape is no id",
            file->input->name, file->line);
    return buf_slice(&file->values[i]);
}

static void
check_shape(struct mapfile *file, size_t n)
{
    if (n != 2 && n != 3)
        msg_fatal(STATUS_INPUT,
            "%s: line %llu has %zu fields; an id map has old and live, or table, "
            "old and live",
            file->input->name, file->line, n);
    if (file->n_fields == 0 && n == 3 && file->options->table == NULL)
        msg_fatal(STATUS_USAGE, "%s holds the ids of several tables: choose one with --table",
            file->input->name);
    if (file->n_fields != 0 && n != file->n_fields)
        msg_fatal(STATUS_INPUT, "%s: line %llu has %zu fields, those before it %zu",
            file->input->name, file->line, n, file->n_fields);
}

static void
take_line(struct mapfile *file, struct slice line)
{
    struct slice fields[3];
    size_t n = copyrow_split(line, fields, 3), first;

    file->line++;
    check_shape(file, n);
    file->n_fields = n;
    if (file->line == 1 && is_header(fields, n))
        return;
    first = n - 2;
    if (n == 3 && !slice_is(value(file, fields[0], 2), file->options->table))
        return;
    if (!idmap_put(file->map, value(file, fields[first], 0), value(file, fields[first + 1], 1)))
        msg_fatal(STATUS_INPUT, "%s: line %llu: \"%.*s\" or \"%.*s\" is no %s; say --type",
            file->input->name, file->line, (int)fields[first].length, fields[first].data,
            (int)fields[first + 1].length, fields[first + 1].data, file->options->type);
}

struct idmap *
mapfile_read(const struct mapfile_options *options)
{
    struct mapfile file = {
        .options = options, .input = input_open(options->path), .map = idmap_new(options->type)};
    struct slice line;
    bool terminated;

    while (input_line(file.input, &line, &terminated)) {
        if (!terminated)
            msg_fatal(STATUS_INPUT, "%s breaks off in the middle of a line", file.input->name);
        take_line(&file, line);
    }
    for (size_t i = 0; i < 3; i++)
        buf_release(&file.values[i]);
    input_close(file.input);
    return file.map;
}
