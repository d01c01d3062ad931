#include "toc.h"

#include <stdlib.h>

#include "ddltext.h"
#include "dumpcopy.h"
#include "ident.h"

/* Reading under way. */
struct reading {
    struct toc *toc;
    struct backup *backup;
    struct input *input;
    struct ddltext text;
    int64_t entry, entries; /* the one under way, from 1; how many the archive says it has */
    bool paths_are_set;     /* by an entry of its own, since 1.13 */
    char *schema;           /* of the search_path that stands for its lack */
};

/* Ends the process with what is wrong at the item at `at`. */
static void __attribute__((noreturn))
refuse(const struct reading *reading, uint64_t at, const char *why)
{
    if (reading->entry == 0)
        backup_refuse(reading->backup, 0, "%s, in the archive's header at byte %llu", why,
            (unsigned long long)at);
    backup_refuse(reading->backup, 0,
        "%s, in entry %lld of %lld of the table of contents at byte %llu", why,
        (long long)reading->entry, (long long)reading->entries, (unsigned long long)at);
}

/* ---- items */

#define ENTRY_LIMIT ((size_t)4 * ARCHIVE_STRING_LIMIT)

/* Reads until the window holds twice as much, so that an item is not looked at again too often. */
static void
read_more(struct reading *reading)
{
    struct input *input = reading->input;
    size_t length = input->end - input->start;

    if (length > ENTRY_LIMIT)
        refuse(reading, input_tell(input), "an entry of more than 256 MB");
    if (!input_fill(input))
        refuse(reading, input_tell(input) + length, "the archive is cut");
    while (input->end - input->start < 2 * length && input_fill(input))
        continue;
}

/* Takes one item, whatever part of it the window holds. Its slices are valid until the next. */
static void
take(struct reading *reading,
    enum archive_result (*how)(struct reading *, struct slice *, void *, struct archive_fault *),
    void *item)
{
    struct input *input = reading->input;
    enum archive_result result;

    do {
        struct slice bytes = slice_make(input->data + input->start, input->end - input->start);
        struct archive_fault fault;

        result = how(reading, &bytes, item, &fault);
        if (result == ARCHIVE_BAD)
            refuse(reading, input_tell(input) + fault.at, fault.reason);
        if (result == ARCHIVE_MORE)
            read_more(reading);
        else
            input->start = (size_t)(bytes.data - input->data);
    } while (result == ARCHIVE_MORE);
}

static enum archive_result
take_header(struct reading *reading, struct slice *bytes, void *item, struct archive_fault *fault)
{
    (void)reading;
    return archive_take_header(bytes, item, fault);
}

static enum archive_result
take_number(struct reading *reading, struct slice *bytes, void *item, struct archive_fault *fault)
{
    return archive_take_number(&reading->toc->header, bytes, item, fault);
}

static enum archive_result
take_entry(struct reading *reading, struct slice *bytes, void *item, struct archive_fault *fault)
{
    return archive_take_entry(&reading->toc->header, bytes, item, fault);
}

/* ---- entries */

static char *
copy_of(struct slice text)
{
    return text.data != NULL ? mem_copy(text.data, text.length) : NULL;
}

/*
 * Before 1.13 pg_restore sets the search_path to the schema of each entry (_selectOutputSchema in
 * pg_backup_archiver.c), whose statements name their own objects without it.
 */
static void
set_path(struct reading *reading, struct slice schema)
{
    struct ddl *ddl = &reading->backup->ddl;

    if (reading->paths_are_set || schema.length == 0 ||
        (reading->schema != NULL && slice_is(schema, reading->schema)))
        return;
    free(reading->schema);
    reading->schema = copy_of(schema);
    schema_names_release(&ddl->search_path);
    schema_add_name(&ddl->search_path, reading->schema);
}

static void
apply(struct reading *reading, const struct archive_entry *entry, uint64_t at)
{
    const char *reason;

    set_path(reading, entry->schema);
    if (entry->definition.length > 0 &&
        !ddltext_apply(&reading->text, entry->definition, &reading->backup->ddl, &reason))
        refuse(reading, at, reason);
    if (reading->backup->ddl.too_wide)
        refuse(reading, at, "a table of more columns than PostgreSQL has");
    if (slice_is(entry->kind, "SEARCHPATH"))
        reading->paths_are_set = true;
}

/* The table and its columns, of the COPY statement. */
static void
parse_copy(
    struct reading *reading, const struct archive_entry *entry, struct toc_data *data, uint64_t at)
{
    const struct ddl *ddl = &reading->backup->ddl;
    struct tokens tokens;
    struct dumpcopy copy;
    const char *reason;

    if (!ddltext_first(&reading->text, entry->copy, ddl, &tokens, &reason) ||
        !dumpcopy_parse(ddl, tokens, &copy, &reason))
        refuse(reading, at, reason);
    if (!copy.from_stdin)
        refuse(reading, at, "a COPY statement that is not FROM stdin");
    data->table = copy.table;
    data->columns = copy.columns;
    data->listed = copy.listed;
    data->form = SCHEMA_FORM_COPY;
}

static void
add_data(struct reading *reading, const struct archive_entry *entry, uint64_t at)
{
    struct toc *toc = reading->toc;
    struct toc_data *data = MEM_APPEND(toc->data, toc->n, toc->room);

    *data = (struct toc_data){.id = entry->id, .place = entry->place, .offset = entry->offset};
    if (!slice_is(entry->kind, "TABLE DATA"))
        return;
    if (entry->copy.length > 0) {
        parse_copy(reading, entry, data, at);
    } else {
        char *schema = copy_of(entry->schema), *name = copy_of(entry->name);

        data->form = SCHEMA_FORM_INSERT;
        if (!reading->paths_are_set && schema != NULL)
            data->schema = mem_string(schema);
        data->table = ddl_new_name(&reading->backup->ddl, schema, name != NULL ? name : "");
        free(schema);
        free(name);
    }
}

/* The names of data in other formats are what pg_dump makes of the ids; no other is asked for. */
static void
check_file(struct reading *reading, const struct archive_entry *entry, uint64_t at)
{
    char *name;

    if (reading->toc->header.format == ARCHIVE_CUSTOM || !slice_is(entry->kind, "TABLE DATA"))
        return;
    name = mem_format("%lld.dat", (long long)entry->id);
    if (!slice_is(entry->file, name))
        refuse(reading, at, "its file is not named as pg_dump names it");
    free(name);
}

/* What is no table's, and not read. Comments were data before 9.0 (K_VERS_1_12), statements since.
 */
static bool
is_of_large_objects(const struct reading *reading, const struct archive_entry *entry)
{
    return slice_is(entry->kind, "BLOBS") ||
           (slice_is(entry->kind, "BLOB COMMENTS") && reading->toc->header.minor < 12);
}

/* pg_dump's entries have data when, and only when, they are of these kinds (dataDumper): rows must
 * not be lost with a kind or a mark that is damaged. */
static void
check_kind(const struct reading *reading, const struct archive_entry *entry, uint64_t at)
{
    bool rows = slice_is(entry->kind, "TABLE DATA");

    if (rows && !entry->has_data)
        refuse(reading, at, "rows of a table without data");
    if (entry->has_data && !rows && !is_of_large_objects(reading, entry))
        refuse(reading, at, "data of a kind that pg_dump does not write");
}

/* Since 9.0 each object has an entry, since 17 many share one, whose definition is a line for each.
 */
static void
count_large_objects(struct backup *backup, const struct archive_entry *entry)
{
    if (slice_starts(entry->kind, SLICE("BLOB")))
        backup->large_objects = true;
    if (slice_is(entry->kind, "BLOB"))
        backup->n_large_objects++;
    if (slice_is(entry->kind, "BLOB METADATA"))
        for (size_t i = 0; i < entry->definition.length; i++)
            backup->n_large_objects += entry->definition.data[i] == '\n';
}

static void
read_entry(struct reading *reading)
{
    uint64_t at = input_tell(reading->input);
    struct archive_entry entry;

    take(reading, take_entry, &entry);
    check_kind(reading, &entry, at);
    apply(reading, &entry, at);
    count_large_objects(reading->backup, &entry);
    if (!entry.has_data)
        return;
    check_file(reading, &entry, at);
    add_data(reading, &entry, at);
}

/* ---- all of it */

static void
read_header(struct reading *reading)
{
    struct archive_header *header = &reading->toc->header;

    take(reading, take_header, header);
    reading->backup->server_version = copy_of(header->server_version);
    reading->backup->pg_dump_version = copy_of(header->pg_dump_version);
    header->database = header->server_version = header->pg_dump_version = (struct slice){0};
}

static int
compare_ids(const void *a, const void *b)
{
    const struct toc_data *const *left = a, *const *right = b;

    return (*left)->id < (*right)->id ? -1 : (*left)->id > (*right)->id;
}

static void
index_ids(struct reading *reading)
{
    struct toc *toc = reading->toc;

    toc->by_id = mem_alloc((toc->n + 1) * sizeof *toc->by_id);
    for (size_t i = 0; i < toc->n; i++)
        toc->by_id[i] = &toc->data[i];
    qsort(toc->by_id, toc->n, sizeof *toc->by_id, compare_ids);
    for (size_t i = 1; i < toc->n; i++)
        if (toc->by_id[i - 1]->id == toc->by_id[i]->id)
            backup_refuse(reading->backup, 0,
                "the table of contents has two entries of number %lld",
                (long long)toc->by_id[i]->id);
}

void
toc_read(struct toc *toc, struct backup *backup, struct input *input)
{
    struct reading reading = {.toc = toc, .backup = backup, .input = input};
    int64_t entries;

    *toc = (struct toc){0};
    read_header(&reading);
    take(&reading, take_number, &entries);
    reading.entries = entries;
    if (entries <= 0) /* the encoding, at least, is always there */
        refuse(&reading, input_tell(input), "a table of contents without entries");
    for (reading.entry = 1; reading.entry <= entries; reading.entry++)
        read_entry(&reading);
    index_ids(&reading);
    ddltext_release(&reading.text);
    free(reading.schema);
}

void
toc_release(struct toc *toc)
{
    for (size_t i = 0; i < toc->n; i++) {
        free(toc->data[i].table);
        free(toc->data[i].schema);
    }
    free(toc->data);
    free(toc->by_id);
}

struct toc_data *
toc_find(const struct toc *toc, int64_t id)
{
    struct toc_data key = {.id = id}, *wanted = &key, **found;

    found = bsearch(&wanted, toc->by_id, toc->n, sizeof wanted, compare_ids);
    return found != NULL ? *found : NULL;
}
