/* What survey.h says on standard error, also of a backup that was read without salvage. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "survey_look.h"

#define EACH ((size_t)40) /* so many tables are named one by one */

static size_t
count(const struct survey *survey, enum survey_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < survey->n; i++)
        n += survey->tables[i].state == state;
    return n;
}

size_t
survey_whole(const struct survey *survey)
{
    return count(survey, SURVEY_WHOLE);
}

static void
say_table(const struct survey_table *table)
{
    if (table->state == SURVEY_WHOLE)
        msg_line("  whole        %s, %llu row%s", table->name, (unsigned long long)table->rows,
            table->rows == 1 ? "" : "s");
    else if (table->state == SURVEY_DAMAGED)
        msg_line("  damaged      %s: %s", table->name, table->why);
    else
        msg_line("  not reached  %s", table->name);
}

/* Tables of that state, the first ones by name. */
static void
say_some(const struct survey *survey, enum survey_state state, size_t most)
{
    size_t said = 0;

    for (size_t i = 0; i < survey->n && said < most; i++) {
        if (survey->tables[i].state != state)
            continue;
        say_table(&survey->tables[i]);
        said++;
    }
    if (count(survey, state) > said && most > 0)
        msg_line("  and %zu more like that", count(survey, state) - said);
}

void
survey_say(const struct survey *survey)
{
    size_t whole = survey_whole(survey), damaged = count(survey, SURVEY_DAMAGED);

    msg_info("of its tables %zu %s whole, %zu damaged, %zu not reached", whole,
        whole == 1 ? "is" : "are", damaged, survey->n - whole - damaged);
    say_some(survey, SURVEY_WHOLE, survey->n <= EACH ? EACH : 0);
    say_some(survey, SURVEY_DAMAGED, EACH);
    say_some(survey, SURVEY_UNREACHED, EACH);
}

/* ---- after a failure */

static void __attribute__((noreturn)) look_again(const struct survey_failure *failure)
{
    struct backup_options options = failure->options;
    int errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    struct survey survey;
    struct backup *backup;

    survey_silence(); /* what was said is not said again */
    options.salvage = true;
    backup = backup_open(failure->path, &options);
    survey_take(&survey, backup);
    dup2(errors, STDERR_FILENO);
    if (backup->damage != NULL && survey.n > 0)
        survey_say(&survey);
    if (backup->damage != NULL && survey_whole(&survey) > 0)
        msg_info("--salvage takes the whole ones alone");
    _exit(STATUS_OK);
}

static void
look_after(void *context, enum msg_status status, const char *message)
{
    const struct survey_failure *failure = context;
    struct stat file;
    pid_t child;

    (void)message;
    if (status != STATUS_INPUT || msg_get_level() == MSG_QUIET || failure->path == NULL ||
        strcmp(failure->path, "-") == 0 || stat(failure->path, &file) != 0 ||
        !(S_ISREG(file.st_mode) || S_ISDIR(file.st_mode)))
        return;
    child = fork();
    if (child == 0)
        look_again(failure);
    if (child > 0)
        waitpid(child, NULL, 0);
}

void
survey_at_failure(struct survey_failure *failure)
{
    msg_at_end(look_after, failure);
}
