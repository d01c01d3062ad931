#include "backup.h"

#include <stdio.h>
#include <unistd.h>

#include "unit.h"

/* Makes a file without a name, as a dump that is refused ends the process, of the script, and opens
 * it as standard input. */
static struct backup *
open_script(const char *script)
{
    char path[] = "/tmp/pgbraid-dump-test.XXXXXX";
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    unlink(path);
    ck_assert_int_eq(write(fd, script, strlen(script)), (ssize_t)strlen(script));
    ck_assert_int_eq((int)lseek(fd, 0, SEEK_SET), 0);
    if (fd != STDIN_FILENO) {
        dup2(fd, STDIN_FILENO);
        close(fd);
    }
    return backup_open("-", &(struct backup_options){0});
}

static const char head[] = "CREATE TABLE b (x int, g int GENERATED ALWAYS AS (x) STORED, y text);\n"
                           "COPY b FROM stdin;\n1\ta\n2\tb\n\\.\n"
                           "INSERT INTO a VALUES (1), (2);\nINSERT INTO a VALUES (3);\n";

START_TEST(blocks_come_in_the_order_of_the_dump)
{
    struct backup *backup = open_script(head);
    struct backup_rows rows;

    ck_assert(backup_next(backup));
    ck_assert_int_eq(backup_block(backup)->form, SCHEMA_FORM_COPY);
    ck_assert_str_eq(backup_block(backup)->table, "public.b");
    ck_assert_uint_eq(backup_block(backup)->columns.n, 2);
    ck_assert_str_eq(backup_block(backup)->columns.names[1], "y");
    ck_assert(backup_rows(backup, &rows));
    unit_slice_is(rows.text, "1\ta\n2\tb\n");
    ck_assert_uint_eq(rows.n, 2);
    ck_assert(!backup_rows(backup, &rows));
    ck_assert(backup_next(backup));
    ck_assert_int_eq(backup_block(backup)->form, SCHEMA_FORM_INSERT);
    ck_assert(!backup_next(backup));
    ck_assert_int_eq(backup->blocks[1].rows, 3);
    ck_assert_int_eq(schema_find_table(&backup->schema, "public.b")->data.rows, 2);
    ck_assert(!backup_is_complete(backup));
    backup_close(backup);
}
END_TEST

START_TEST(rows_are_read_again)
{
    struct backup *backup = open_script(head);
    struct backup_rows rows;

    while (backup_next(backup))
        continue;
    for (int i = 0; i < 2; i++) {
        backup_reread(backup, 0);
        ck_assert(backup_rows(backup, &rows));
        unit_slice_is(rows.text, "1\ta\n2\tb\n");
        ck_assert(!backup_rows(backup, &rows));
    }
    ck_assert_int_eq(backup->blocks[0].rows, 2);
    backup_close(backup);
}
END_TEST

static const struct {
    const char *script;
    bool complete;
} endings[] = {
    {"--", false},
    {"--\n-- PostgreSQL database dump complete\n--\n\n", true},
    {"--\r\n-- PostgreSQL database dump complete\r\n--\r\n", true},
    {"--\n-- PostgreSQL database dump complete\n", false},
    {"-- PostgreSQL database dump complete\n--", true},
    {"/*\n-- PostgreSQL database dump complete\n--\n*/", false},
    {"SELECT '\n-- PostgreSQL database dump complete\n--\n';", false},
    {"\\restrict a\n-- PostgreSQL database dump complete\n--\n", false},
    {"\\restrict a\n-- PostgreSQL database dump complete\n--\n\\unrestrict a", true},
    {"\\restrict ab\n-- PostgreSQL database dump complete\n--\n\\unrestrict a", false},
    {"-- PostgreSQL database dump complete\n--\n-- PostgreSQL database dump\n--\n", false},
    {"SELECT 1 -- PostgreSQL database dump complete\n--\n;", false},
};

START_TEST(the_closing_comment_is_lexed)
{
    struct backup *backup = open_script(endings[_i].script);

    ck_assert(!backup_next(backup));
    ck_assert(backup_is_complete(backup) == endings[_i].complete);
    backup_close(backup);
}
END_TEST

static const char *const refused[] = {
    "SELECT 1",
    "SELECT 'a",
    "/* a",
    "COPY a FROM stdin;",
    "COPY a FROM stdin;\n",
    "COPY a FROM stdin;\n1\n",
    "COPY a FROM stdin;\n1\n\\",
    "COPY a FROM stdin;\n1\n\\.x\n",
    "COPY a FROM stdin CSV;\n1\n\\.\n",
    "PGDMP",
    "CREATE TABLE a (x int);\n\\connect b\nCREATE TABLE c (y int);",
    "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;",
};

START_TEST(what_is_cut_or_foreign_ends_the_process)
{
    struct backup *backup = open_script(refused[_i]);

    while (backup_next(backup))
        continue;
    _exit(0);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

int
main(void)
{
    TCase *tests = unit_case("dump");

    tcase_add_test(tests, blocks_come_in_the_order_of_the_dump);
    tcase_add_test(tests, rows_are_read_again);
    tcase_add_loop_test(tests, the_closing_comment_is_lexed, 0, COUNT(endings));
    tcase_add_loop_exit_test(tests, what_is_cut_or_foreign_ends_the_process, 4, 0, COUNT(refused));
    return unit_run(tests);
}
