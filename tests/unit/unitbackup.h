#ifndef UNITBACKUP_H
#define UNITBACKUP_H
/*
 * A small backup, which the tests of all containers of archives write and read.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "backup.h"
#include "facts.h"
#include "msg.h"
#include "unitarchive.h"

static const struct unitarchive_entry unitbackup_entries[] = {
    {1, "ENCODING", NULL, "ENCODING", "SET client_encoding = 'LATIN1';\n", NULL, NULL},
    {2, "STDSTRINGS", NULL, "STDSTRINGS", "SET standard_conforming_strings = 'on';\n", NULL, NULL},
    {3, "SEARCHPATH", NULL, "SEARCHPATH",
        "SELECT pg_catalog.set_config('search_path', '', false);\n", NULL, NULL},
    {4, "FUNCTION", "public", "f()",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql BEGIN ATOMIC\n SELECT 1;\n"
        " SELECT CASE WHEN true THEN 2 END;\nEND;\n",
        NULL, NULL},
    {5, "TABLE", "public", "city",
        "CREATE TABLE public.city (\n    id integer NOT NULL,\n    name text DEFAULT ';'\n);\n\n\n"
        "ALTER TABLE public.city OWNER TO me;\n",
        NULL, NULL},
    {6, "TABLE", "odd", "T b", "CREATE TABLE odd.\"T b\" (\n    x integer\n);\n", NULL, NULL},
    {7, "TABLE DATA", "public", "city", "", "COPY public.city (id, name) FROM stdin;\n",
        "1\tLyon\n2\t\\\\.\n3\t\\N\n\\.\n\n\n"},
    {8, "BLOBS", NULL, "BLOBS", "", NULL, "bytes of an object \\.\n"},
    {9, "TABLE DATA", "odd", "T b", "", "COPY odd.\"T b\" (x) FROM stdin;\n", "\\.\n\n\n"},
    {10, "CONSTRAINT", "public", "city city_pkey",
        "ALTER TABLE ONLY public.city\n    ADD CONSTRAINT city_pkey PRIMARY KEY (id);\n", NULL,
        NULL},
};
#define UNITBACKUP_ENTRIES (sizeof unitbackup_entries / sizeof unitbackup_entries[0])

static const char unitbackup_facts[] = "table\tpublic.city\ttable\n"
                                       "column\tpublic.city\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
                                       "column\tpublic.city\tname\ttext\tno\t';'\tno\tno\t\\N\n"
                                       "key\tpublic.city\tcity_pkey\tprimary\t(id)\tno\tno\n"
                                       "table\todd.\"T b\"\ttable\n"
                                       "column\todd.\"T b\"\tx\tinteger\tno\t\\N\tno\tno\t\\N\n"
                                       "data\tpublic.city\tcopy\t3\t18\tid\tname\n"
                                       "data\todd.\"T b\"\tcopy\t0\t0\tx\n";

/* Opens the bytes as standard input: a file, or a pipe that holds them all. */
static inline struct backup *
unitbackup_open(struct slice bytes, enum backup_access access)
{
    char path[] = "/tmp/pgbraid-archived-test.XXXXXX";
    int ends[2] = {-1, -1};

    if (access == BACKUP_ONCE) {
        ck_assert_int_eq(pipe(ends), 0);
        ck_assert_uint_lt(bytes.length, 65536);
    } else {
        ends[0] = ends[1] = mkstemp(path);
        unlink(path);
    }
    ck_assert_int_eq(write(ends[1], bytes.data, bytes.length), (ssize_t)bytes.length);
    if (access == BACKUP_ONCE)
        close(ends[1]);
    else
        ck_assert_int_eq((int)lseek(ends[0], 0, SEEK_SET), 0);
    if (ends[0] != STDIN_FILENO) {
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
    }
    return backup_open("-", &(struct backup_options){0});
}

static inline void
unitbackup_rows(struct backup *backup, struct buf *out)
{
    struct backup_rows rows;

    while (backup_rows(backup, &rows))
        buf_add_slice(out, rows.text);
}

/* Reads all of it; ends the process when it is damaged. */
static inline void
unitbackup_read(struct slice bytes, enum backup_access access)
{
    struct backup *backup = unitbackup_open(bytes, access);
    struct buf rows = {0};

    while (backup_next(backup))
        unitbackup_rows(backup, &rows);
    if (!backup_is_complete(backup))
        _exit(STATUS_INPUT);
    backup_close(backup);
    _exit(STATUS_OK);
}

/* The status of a process of its own that reads the bytes. */
static inline int
unitbackup_status(struct slice bytes, enum backup_access access)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        close(STDERR_FILENO);
        unitbackup_read(bytes, access);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Reads all of it, which must be the entries above. */
static inline void
unitbackup_is_whole(struct backup *backup)
{
    struct buf got = {0}, rows = {0};

    ck_assert_str_eq(backup->server_version, "15.20");
    ck_assert_str_eq(backup->ddl.client_encoding, "LATIN1");
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "public.city");
    unitbackup_rows(backup, &rows);
    unit_slice_is(buf_slice(&rows), "1\tLyon\n2\t\\\\.\n3\t\\N\n");
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "odd.\"T b\"");
    unitbackup_rows(backup, &rows);
    ck_assert(!backup_next(backup));
    ck_assert(backup_is_complete(backup));
    facts_format(&backup->schema, &got);
    unit_slice_is(buf_slice(&got), unitbackup_facts);
    buf_release(&got);
    buf_release(&rows);
}

#endif
