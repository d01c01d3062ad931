#ifndef UNITARCHIVE_H
#define UNITARCHIVE_H
/*
 * A writer of pg_dump's archives, for the tests of what reads them, by the same rules of
 * pg_backup_archiver.c (WriteHead, WriteToc, WriteInt, WriteStr) and pg_backup_custom.c.
 */
#include <stdio.h>

#include "archive.h"
#include "pack.h"

struct unitarchive {
    unsigned minor; /* the version is 1.minor */
    unsigned size;  /* of integers */
    enum archive_format format;
    enum archive_compression compression;
    enum archive_place place; /* KNOWN: with offsets, as into a file; UNKNOWN: as into a pipe */
};

/* `data` is NULL for an entry without data; then `id`.dat is not its file. */
struct unitarchive_entry {
    int id;
    const char *kind, *schema, *name, *definition, *copy, *data;
};

static inline void
unitarchive_number(struct buf *out, int64_t value, unsigned size)
{
    uint64_t digits = (uint64_t)(value < 0 ? -value : value);

    buf_add_char(out, value < 0 ? 1 : 0);
    for (unsigned i = 0; i < size; i++)
        buf_add_char(out, i < 8 ? (char)(digits >> (8 * i)) : 0);
}

static inline void
unitarchive_string(struct buf *out, const char *text, unsigned size)
{
    unitarchive_number(out, text != NULL ? (int64_t)strlen(text) : -1, size);
    if (text != NULL)
        buf_add_string(out, text);
}

static inline void
unitarchive_header(struct buf *out, const struct unitarchive *how)
{
    buf_add(out, "PGDMP\1", 6);
    buf_add_char(out, (char)how->minor);
    buf_add_char(out, 0);
    buf_add_char(out, (char)how->size);
    buf_add_char(out, 8);
    buf_add_char(out, (char)how->format);
    if (how->minor >= 15)
        buf_add_char(out, (char)how->compression);
    else
        unitarchive_number(out, how->compression == ARCHIVE_GZIP ? -1 : 0, how->size);
    for (int i = 0; i < 7; i++)
        unitarchive_number(out, i, how->size);
    unitarchive_string(out, "shop", how->size);
    unitarchive_string(out, "15.20", how->size);
    unitarchive_string(out, "16.1", how->size);
}

static inline void
unitarchive_place(struct buf *out, const struct unitarchive *how,
    const struct unitarchive_entry *entry, uint64_t offset)
{
    char file[24] = "";

    if (how->format == ARCHIVE_CUSTOM) {
        buf_add_char(out, (char)(entry->data != NULL ? how->place : ARCHIVE_PLACE_NONE));
        for (int i = 0; i < 8; i++)
            buf_add_char(out, (char)(offset >> (8 * i)));
        return;
    }
    if (entry->data != NULL)
        snprintf(file, sizeof file, "%d.dat", entry->id);
    unitarchive_string(out, file, how->size);
}

static inline void
unitarchive_entry(struct buf *out, const struct unitarchive *how,
    const struct unitarchive_entry *entry, uint64_t offset)
{
    unsigned size = how->size;

    unitarchive_number(out, entry->id, size);
    unitarchive_number(out, entry->data != NULL, size);
    unitarchive_string(out, "0", size);
    unitarchive_string(out, "16401", size);
    unitarchive_string(out, entry->name, size);
    unitarchive_string(out, entry->kind, size);
    if (how->minor >= 11)
        unitarchive_number(out, 3, size);
    unitarchive_string(out, entry->definition, size);
    unitarchive_string(out, "", size);
    unitarchive_string(out, entry->copy, size);
    unitarchive_string(out, entry->schema, size);
    unitarchive_string(out, NULL, size);
    if (how->minor >= 14)
        unitarchive_string(out, NULL, size);
    if (how->minor >= 16)
        unitarchive_number(out, 0, size);
    unitarchive_string(out, "me", size);
    unitarchive_string(out, "false", size);
    unitarchive_string(out, "215", size);
    unitarchive_string(out, "217", size);
    unitarchive_string(out, NULL, size);
    unitarchive_place(out, how, entry, offset);
}

/* Header and entries; offsets[i] is the place of the data of entry i. */
static inline void
unitarchive_toc(struct buf *out, const struct unitarchive *how,
    const struct unitarchive_entry *entries, size_t n, const uint64_t *offsets)
{
    unitarchive_header(out, how);
    unitarchive_number(out, (int64_t)n, how->size);
    for (size_t i = 0; i < n; i++)
        unitarchive_entry(out, how, &entries[i], offsets[i]);
}

/* The bytes in chunks of `chunk`, then the end of the data. */
static inline void
unitarchive_chunks(struct buf *out, const struct unitarchive *how, struct slice bytes, size_t chunk)
{
    for (size_t at = 0; at < bytes.length; at += chunk) {
        size_t n = bytes.length - at < chunk ? bytes.length - at : chunk;

        unitarchive_number(out, (int64_t)n, how->size);
        buf_add(out, bytes.data + at, n);
    }
    unitarchive_number(out, 0, how->size);
}

static inline void
unitarchive_block(
    struct buf *out, const struct unitarchive *how, const struct unitarchive_entry *entry)
{
    static const enum codec_kind kinds[] = {
        [ARCHIVE_GZIP] = CODEC_ZLIB, [ARCHIVE_LZ4] = CODEC_LZ4, [ARCHIVE_ZSTD] = CODEC_ZSTD};
    bool large = strcmp(entry->kind, "BLOBS") == 0;
    struct buf data = {0};

    if (how->compression == ARCHIVE_PLAIN)
        buf_add_string(&data, entry->data);
    else
        pack(kinds[how->compression], slice_string(entry->data), &data);
    buf_add_char(out, large ? ARCHIVE_BLOCK_LARGE_OBJECTS : ARCHIVE_BLOCK_ROWS);
    unitarchive_number(out, entry->id, how->size);
    if (large)
        unitarchive_number(out, 16500, how->size);
    unitarchive_chunks(out, how, buf_slice(&data), 10);
    if (large)
        unitarchive_number(out, 0, how->size);
    buf_release(&data);
}

/* A whole archive of the custom format. */
static inline void
unitarchive_custom(struct buf *out, const struct unitarchive *how,
    const struct unitarchive_entry *entries, size_t n)
{
    uint64_t offsets[16] = {0};
    struct buf toc = {0};

    ck_assert_uint_le(n, 16);
    unitarchive_toc(out, how, entries, n, offsets);
    for (size_t i = 0; i < n; i++) {
        offsets[i] = out->length;
        if (entries[i].data != NULL)
            unitarchive_block(out, how, &entries[i]);
    }
    unitarchive_toc(&toc, how, entries, n, offsets);
    memcpy(out->data, toc.data, how->place == ARCHIVE_PLACE_KNOWN ? toc.length : 0);
    buf_release(&toc);
}

#endif
