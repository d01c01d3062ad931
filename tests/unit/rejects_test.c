/* The files of rejected rows. */
#include "rejects.h"

#include <stdio.h>
#include <unistd.h>

#include "msg.h"
#include "unit.h"

static char folder[] = "/tmp/pgbraid-rejects.XXXXXX";

static const struct plan_column columns[] = {
    {.name = (char *)(uintptr_t) "id"},
    {.name = (char *)(uintptr_t) "a\tb"},
};
static const struct plan_column *at[] = {&columns[0], &columns[1]};
static const struct plan_table one = {.name = (char *)(uintptr_t) "public.one"};
static const struct plan_table odd = {.name = (char *)(uintptr_t) "\"My/S\".\"..\""};
static const struct layout of_one = {.table = &one, .columns = at, .n = 2};
static const struct layout of_odd = {.table = &odd, .columns = at, .n = 2};

/* Fails unless the folder's file holds that text; removes it. */
static void
holds(const char *name, const char *want)
{
    char path[200], text[1000];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "there is no file %s", path);
    n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    fclose(file);
    unlink(path);
    ck_assert_str_eq(text, want);
}

START_TEST(a_table_s_rows_stand_in_its_file_with_their_reasons)
{
    struct rejects rejects;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    msg_set_level(MSG_QUIET);
    rejects_init(&rejects, folder);
    rejects_add(&rejects, &of_one, "23502", "no \"x\"\nat all", SLICE("1\t\\N"), REJECTS_LIVE_IDS);
    rejects_add(&rejects, &of_odd, "00000", "odd", SLICE("2\tb"), REJECTS_LIVE_IDS);
    rejects_end_table(&rejects, &odd);
    rejects_add(&rejects, &of_one, "23505", "again", SLICE("3\tc"),
        REJECTS_LIVE_IDS); /* a cycle comes back */
    rejects_add(&rejects, &of_one, "23503", "no parent", SLICE("9\td"), REJECTS_BACKUP_IDS);
    rejects_end_table(&rejects, &one);
    rejects_end_table(&rejects, &one);
    holds("public.one.backup-ids.tsv",
        "pgbraid_sqlstate\tpgbraid_reason\tpgbraid_backup_ids\tid\ta\\tb\n"
        "23503\tno parent\tyes\t9\td\n");
    holds("public.one.tsv", "pgbraid_sqlstate\tpgbraid_reason\tid\ta\\tb\n"
                            "23502\tno \"x\"\\nat all\t1\t\\N\n"
                            "23505\tagain\t3\tc\n");
    holds("%22My%2FS%22.%22..%22.tsv", "pgbraid_sqlstate\tpgbraid_reason\tid\ta\\tb\n"
                                       "00000\todd\t2\tb\n");
    ck_assert_int_eq(rmdir(folder), 0); /* nothing else is in it */
}
END_TEST

START_TEST(without_a_folder_rows_are_only_said)
{
    struct rejects rejects;

    msg_set_level(MSG_QUIET);
    rejects_init(&rejects, NULL);
    rejects_add(&rejects, &of_one, "23502", "no", SLICE("1\t\\N"), REJECTS_LIVE_IDS);
    ck_assert_uint_eq(rejects.n_said, 1);
    rejects_end_table(&rejects, &one);
    ck_assert_uint_eq(rejects.n_said, 0);
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_is_an_output_error)
{
    struct rejects rejects;

    rejects_init(&rejects, "/dev/null/rejects");
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("rejects");

    tcase_add_test(tests, a_table_s_rows_stand_in_its_file_with_their_reasons);
    tcase_add_test(tests, without_a_folder_rows_are_only_said);
    tcase_add_exit_test(tests, a_folder_that_cannot_be_made_is_an_output_error, STATUS_OUTPUT);
    return unit_run(tests);
}
