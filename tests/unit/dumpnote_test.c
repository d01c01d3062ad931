/* What stands between statements. */
#include "unit.h"

#include "dumpnote.h"

#define DONE "-- PostgreSQL database dump complete"

static const struct {
    const char *lines[6]; /* comments, and commands, which start with a backslash */
    enum dumpnote_closing closing;
} notes[] = {
    {{"--", DONE, "--"}, DUMPNOTE_COMPLETE},
    {{"--", DONE}, DUMPNOTE_CLOSING},
    {{"--", "-- PostgreSQL database dump", "--"}, DUMPNOTE_OPEN},
    {{DONE, "--", "-- PostgreSQL database dump"}, DUMPNOTE_OPEN},
    {{"/* PostgreSQL database dump complete */", "--"}, DUMPNOTE_OPEN},
    {{"\\restrict a", DONE, "--"}, DUMPNOTE_RESTRICTED},
    {{"\\restrict a", DONE, "--", "\\unrestrict b"}, DUMPNOTE_RESTRICTED},
    {{"\\restrict a", DONE, "--", "\\unrestrict a"}, DUMPNOTE_COMPLETE},
    {{"\\restrict a", "\\unrestrict a", DONE, "--"}, DUMPNOTE_COMPLETE},
};

START_TEST(the_closing_comment_and_its_key_end_a_dump)
{
    struct dumpnote note = {0};

    for (size_t i = 0; i < 6 && notes[_i].lines[i] != NULL; i++) {
        struct slice line = slice_string(notes[_i].lines[i]);

        if (line.data[0] == '\\')
            dumpnote_take_command(&note, line);
        else
            dumpnote_take_comment(&note, line);
    }
    ck_assert_int_eq(note.closing, notes[_i].closing);
    dumpnote_release(&note);
}
END_TEST

static const struct {
    const char *text;
    enum dumpnote_command command;
} commands[] = {
    {"\\connect x", DUMPNOTE_CONNECT},
    {"\\c", DUMPNOTE_CONNECT},
    {"\\restrict k", DUMPNOTE_RESTRICT},
    {"\\unrestrict k", DUMPNOTE_OTHER}, /* none is to be ended */
    {"\\copy t from x", DUMPNOTE_OTHER},
    {"\\! rm", DUMPNOTE_OTHER},
    {"\\connection", DUMPNOTE_OTHER},
    {"\\restricted", DUMPNOTE_OTHER},
    {"\\", DUMPNOTE_OTHER},
};

START_TEST(a_command_is_known_by_its_whole_name)
{
    struct dumpnote note = {0};

    ck_assert_int_eq(
        dumpnote_take_command(&note, slice_string(commands[_i].text)), (int)commands[_i].command);
    dumpnote_release(&note);
}
END_TEST

static const struct {
    const char *command, *database;
} connections[] = {
    {"\\connect shop", "shop"},
    {"\\c shop;", "shop"},
    {"\\c \"My \"\"Shop\"", "My \"Shop"},
    {"\\connect -reuse-previous=on \"dbname='my shop'\"", "my shop"},
    {"\\connect -reuse-previous=on \"dbname='it\\'s'\"", "it's"},
    {"\\connect - postgres", "before"},
    {"\\c", "before"},
    {"\\connect shop postgres", "shop"},
};

START_TEST(the_database_of_a_connection_is_known)
{
    struct dumpnote note = {0};

    dumpnote_take_command(&note, SLICE("\\connect before"));
    dumpnote_take_command(&note, slice_string(connections[_i].command));
    ck_assert_str_eq(note.database, connections[_i].database);
    dumpnote_release(&note);
}
END_TEST

START_TEST(a_cluster_is_open_until_it_says_that_it_is_complete)
{
    struct dumpnote note = {0};

    dumpnote_take_comment(&note, SLICE("-- PostgreSQL database cluster dump"));
    ck_assert(note.cluster_open);
    dumpnote_take_comment(&note, SLICE("-- PostgreSQL database cluster dump complete"));
    ck_assert(!note.cluster_open);
    dumpnote_release(&note);
}
END_TEST

START_TEST(the_first_versions_are_kept)
{
    struct dumpnote note = {0};

    dumpnote_take_comment(&note, SLICE("-- Dumped from database version 15.1 (Debian)"));
    dumpnote_take_comment(&note, SLICE("-- Dumped by pg_dump version 16.2"));
    dumpnote_take_comment(&note, SLICE("-- Dumped by pg_dump version 17"));
    ck_assert_str_eq(note.server_version, "15.1 (Debian)");
    ck_assert_str_eq(note.pg_dump_version, "16.2");
    dumpnote_release(&note);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("dumpnote");

    tcase_add_loop_test(tests, the_closing_comment_and_its_key_end_a_dump, 0,
        (int)(sizeof notes / sizeof notes[0]));
    tcase_add_loop_test(tests, a_command_is_known_by_its_whole_name, 0,
        (int)(sizeof commands / sizeof commands[0]));
    tcase_add_loop_test(tests, the_database_of_a_connection_is_known, 0,
        (int)(sizeof connections / sizeof connections[0]));
    tcase_add_test(tests, a_cluster_is_open_until_it_says_that_it_is_complete);
    tcase_add_test(tests, the_first_versions_are_kept);
    return unit_run(tests);
}
