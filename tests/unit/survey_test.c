#include "survey.h"

#include <unistd.h>

#include "msg.h"
#include "pack.h"

/* Opens the bytes as standard input, a file, for salvage. */
static struct backup *
open_bytes(struct slice bytes)
{
    char path[] = "/tmp/pgbraid-survey-test.XXXXXX";
    int fd = mkstemp(path);

    unlink(path);
    ck_assert_int_eq(write(fd, bytes.data, bytes.length), (ssize_t)bytes.length);
    ck_assert_int_eq((int)lseek(fd, 0, SEEK_SET), 0);
    dup2(fd, STDIN_FILENO);
    close(fd);
    return backup_open("-", &(struct backup_options){.salvage = true});
}

#define DECLARED "CREATE TABLE a (x int);\nCREATE TABLE b (x int);\nCREATE TABLE c (x int);\n"
#define CLOSING "--\n-- PostgreSQL database dump complete\n--\n"

/* Rows of a, b and c, and where what proves them has ended. */
struct script {
    const char *parts[4]; /* a's, b's, c's, what follows */
    size_t proof;         /* so many bytes of the next part prove one */
};
static const struct script scripts[] = {
    {{"COPY a FROM stdin;\n1\n2\n\\.\n", "COPY b FROM stdin;\n3\n\\.\n",
         "COPY c FROM stdin;\n4\n5\n\\.\n", "ALTER TABLE a ADD PRIMARY KEY (x);\n" CLOSING},
        0},
    {{"INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\n", "INSERT INTO b VALUES (3);\n",
         "INSERT INTO c VALUES (4);\nINSERT INTO c VALUES (5);\n", "SET x = 1;\n" CLOSING},
        sizeof "INSERT INTO b VALUES (3)"},
};
static const char *const rows_of[] = {"public.a 1\n2\n", "public.b 3\n", "public.c 4\n5\n"};

/* The tables and rows that are given. */
static void
read_all(struct backup *backup, struct buf *out)
{
    while (backup_next(backup)) {
        struct backup_rows rows;

        buf_add_format(out, "%s ", backup_block(backup)->table);
        while (backup_rows(backup, &rows))
            buf_add_slice(out, rows.text);
    }
}

static void
make_script(const struct script *script, struct buf *text, size_t ends[4])
{
    buf_add_string(text, DECLARED);
    for (size_t i = 0; i < 4; i++) {
        buf_add_string(text, script->parts[i]);
        ends[i] = text->length;
    }
}

/* A few tables of the first ones, and these whole; and every one named once all are declared. */
static size_t
check_cut(struct slice bytes)
{
    struct backup *backup = open_bytes(bytes);
    struct buf got = {0}, want = {0};
    struct survey survey;
    size_t whole;

    survey_take(&survey, backup);
    whole = backup->damage != NULL ? survey_whole(&survey) : 3;
    for (size_t i = 0; i < whole; i++)
        buf_add_string(&want, rows_of[i]);
    read_all(backup, &got);
    ck_assert_str_eq(buf_string(&got), buf_string(&want));
    for (size_t i = 0; i < 3 && bytes.length >= sizeof DECLARED; i++) {
        char name[] = "public.a";

        name[7] = (char)('a' + i);
        ck_assert((backup_loss(backup, name) == NULL) == (i < whole));
    }
    backup_close(backup);
    buf_release(&got);
    buf_release(&want);
    return whole;
}

START_TEST(a_script_that_is_cut_anywhere_gives_its_whole_tables)
{
    struct buf text = {0};
    size_t ends[4];

    make_script(&scripts[_i], &text, ends);
    for (size_t n = 1; n < text.length - 4; n++) { /* the last comment may lack its end */
        size_t whole = check_cut(slice_make(text.data, n)), least = 0, most = 0;

        for (size_t i = 0; i < 3; i++) {
            least += n >= ends[i] + scripts[_i].proof;
            most += n + 1 >= ends[i]; /* without its newline */
        }
        ck_assert_msg(whole >= least && whole <= most, "cut at %zu: %zu", n, whole);
    }
}
END_TEST

START_TEST(a_gzip_file_that_is_cut_anywhere_gives_its_whole_tables)
{
    struct buf text = {0}, packed = {0};
    size_t ends[4], most = 0;

    make_script(&scripts[_i], &text, ends);
    pack(CODEC_GZIP, buf_slice(&text), &packed);
    for (size_t n = 20; n < packed.length; n++) {
        size_t whole = check_cut(slice_make(packed.data, n));

        most = whole > most ? whole : most;
    }
    ck_assert_uint_eq(most, 3);
}
END_TEST

/* Of two members, the first a bit longer than the rows of a; behind more than a window of text,
 * lest all is read when it is opened, or not. */
static void
pack_members(const struct script *script, int lines, struct buf *packed)
{
    struct buf text = {0};
    size_t ends[4], first;

    for (int i = 0; i < lines; i++)
        buf_add_format(&text, "-- %d is no row\n", i * 7919 % 100003);
    make_script(script, &text, ends);
    first = ends[0] + script->proof + 3;
    pack(CODEC_GZIP, slice_make(text.data, first), packed);
    pack(CODEC_GZIP, slice_make(text.data + first, text.length - first), packed);
}

START_TEST(members_before_a_flipped_bit_are_taken)
{
    struct buf packed = {0};

    pack_members(&scripts[_i % 2], _i / 2 * 40000, &packed);
    packed.data[packed.length - 20] ^= 8;
    ck_assert_uint_eq(check_cut(buf_slice(&packed)), 1);
}
END_TEST

START_TEST(of_a_long_file_that_is_cut_all_is_taken)
{
    struct buf packed = {0};

    pack_members(&scripts[_i], 40000, &packed);
    ck_assert_uint_eq(check_cut(slice_make(packed.data, packed.length - 8)), 3);
}
END_TEST

static const struct verdict {
    const char *text;
    size_t whole;
} verdicts[] = {
    /* rows of a table in two places */
    {DECLARED "INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (3);\nINSERT INTO a VALUES (2);\n"
              "SELECT 1;\n",
        0},
    {DECLARED "COPY a FROM stdin;\n1\n\\.\nCOPY b FROM stdin;\n3\n\\.\nCOPY a FROM stdin;\n2", 0},
    /* a partitioned table, whose partitions have COPY commands of their own */
    {"CREATE TABLE p (x int) PARTITION BY RANGE (x);\n" DECLARED
     "COPY p FROM stdin;\n1\n\\.\nCOPY p FROM stdin;\n1\n\\.\nCOPY a FROM stdin;\n1\n\\.\n",
        1},
    /* a row with a field too many */
    {DECLARED "COPY a FROM stdin;\n1\n2\n\\.\nCOPY b FROM stdin;\n3\t4\n\\.\nCOPY c FROM "
              "stdin;\n\\.\n" CLOSING,
        1},
    /* none at all */
    {"CREATE TABLE", 0},
};

START_TEST(what_may_go_on_is_not_whole)
{
    struct backup *backup = open_bytes(slice_string(verdicts[_i].text));
    struct survey survey;

    survey_take(&survey, backup);
    ck_assert_ptr_nonnull(backup->damage);
    ck_assert_uint_eq(survey_whole(&survey), verdicts[_i].whole);
}
END_TEST

START_TEST(an_intact_backup_has_no_damage)
{
    struct buf text = {0}, got = {0};
    struct backup *backup;
    struct survey survey;
    size_t ends[4];

    make_script(&scripts[_i], &text, ends);
    backup = open_bytes(buf_slice(&text));
    survey_take(&survey, backup);
    ck_assert_ptr_null(backup->damage);
    read_all(backup, &got);
    ck_assert_str_eq(buf_string(&got), "public.a 1\n2\npublic.b 3\npublic.c 4\n5\n");
    ck_assert(backup_is_complete(backup));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("survey");

    msg_set_level(MSG_QUIET);
    tcase_add_loop_test(tests, a_script_that_is_cut_anywhere_gives_its_whole_tables, 0, 2);
    tcase_add_loop_test(tests, a_gzip_file_that_is_cut_anywhere_gives_its_whole_tables, 0, 2);
    tcase_add_loop_test(tests, members_before_a_flipped_bit_are_taken, 0, 4);
    tcase_add_loop_test(tests, of_a_long_file_that_is_cut_all_is_taken, 0, 2);
    tcase_add_loop_test(
        tests, what_may_go_on_is_not_whole, 0, (int)(sizeof verdicts / sizeof verdicts[0]));
    tcase_add_loop_test(tests, an_intact_backup_has_no_damage, 0, 2);
    return unit_run(tests);
}
