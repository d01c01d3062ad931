/* Sections of libpq's service file, read back by libpq itself. */
#include "unit.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <unistd.h>

#include "servicefile.h"

/* What libpq's own reader finds as password in a service of these lines; malloc'd, or NULL. */
static char *
read_back(const struct buf *section)
{
    char path[] = "/tmp/pgbraid-service.XXXXXX", *value = NULL;
    int fd = mkstemp(path);
    PQconninfoOption *options;

    ck_assert(fd >= 0 && write(fd, section->data, section->length) == (ssize_t)section->length);
    close(fd);
    setenv("PGSERVICEFILE", path, 1);
    setenv("PGSERVICE", "pgbraid", 1);
    unsetenv("PGPASSWORD");
    options = PQconndefaults();
    for (size_t i = 0; options[i].keyword != NULL; i++)
        if (strcmp(options[i].keyword, "password") == 0 && options[i].val != NULL)
            value = strdup(options[i].val);
    PQconninfoFree(options);
    unlink(path);
    return value;
}

static const char *const held[] = {"secret", "a=b", " leading", "\ttab", "#x", "[x]", "'q\"\\",
    "a b", "\303\251", "a\rb", "%41", "service=x", NULL};

START_TEST(what_is_written_libpq_reads_back)
{
    struct buf section = {0};
    const char *reason = NULL;
    char *value;

    servicefile_section(&section, "pgbraid");
    ck_assert(servicefile_add(&section, "password", held[_i], &reason));
    value = read_back(&section);
    ck_assert_msg(value != NULL, "nothing was read back");
    ck_assert_str_eq(value, held[_i]);
    free(value);
}
END_TEST

START_TEST(the_longest_value_is_read_back_and_one_more_is_refused)
{
    struct buf section = {0};
    const char *reason = NULL;
    char text[1200] = {0}, *value;
    size_t length = 0;

    for (;;) {
        text[length] = 'x';
        buf_clear(&section);
        servicefile_section(&section, "pgbraid");
        if (!servicefile_add(&section, "password", text, &reason))
            break;
        length++;
    }
    text[length] = '\0';
    servicefile_section(&section, "pgbraid");
    buf_clear(&section);
    servicefile_section(&section, "pgbraid");
    ck_assert(length >= 1000 && servicefile_add(&section, "password", text, &reason));
    value = read_back(&section);
    ck_assert(value != NULL && strcmp(value, text) == 0);
    free(value);
}
END_TEST

static const char *const refused[] = {
    "s3cret ", "s3cret\t", "s3\ncret", "s3cret\n", "s3cret\r", NULL};

START_TEST(what_a_file_cannot_hold_is_refused_unsaid)
{
    struct buf section = {0};
    const char *reason = NULL;

    ck_assert(!servicefile_add(&section, "password", refused[_i], &reason));
    ck_assert(reason != NULL && strstr(reason, "s3") == NULL);
    ck_assert_uint_eq(section.length, 0);
}
END_TEST

START_TEST(a_search_path_keeps_blanks_and_quotes)
{
    struct buf options = {0};

    servicefile_search_path(&options, "app");
    unit_slice_is(buf_slice(&options), "-csearch_path=\"app\",public");
    servicefile_search_path(&options, "My \"\\App");
    unit_slice_is(buf_slice(&options),
        "-csearch_path=\"app\",public -csearch_path=\"My\\ \"\"\\\\App\",public");
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("servicefile");

    tcase_add_loop_test(
        tests, what_is_written_libpq_reads_back, 0, (int)(sizeof held / sizeof held[0]) - 1);
    tcase_add_test(tests, the_longest_value_is_read_back_and_one_more_is_refused);
    tcase_add_loop_test(tests, what_a_file_cannot_hold_is_refused_unsaid, 0,
        (int)(sizeof refused / sizeof refused[0]) - 1);
    tcase_add_test(tests, a_search_path_keeps_blanks_and_quotes);
    return unit_run(tests);
}
