#include "survey.h"

#include <stdlib.h>
#include <string.h>

#include "archived.h"
#include "dump.h"
#include "mem.h"
#include "survey_look.h"

/* The message without the name of the backup in front. */
static const char *
reason_of(const struct backup *backup, const struct survey_ending *ending)
{
    size_t length = strlen(backup->name);

    return strncmp(ending->reason, backup->name, length) == 0 && strlen(ending->reason) > length + 2
               ? ending->reason + length + 2
               : ending->reason;
}

/* How the whole backup is damaged: by `damage` (malloc'd; NULL: none), or since its end is missing.
 * What was known when it was opened stays. */
static void
set_damage(struct backup *backup, char *damage, const char *missing)
{
    if (backup->damage != NULL)
        free(damage);
    else if (damage != NULL)
        backup->damage = damage;
    else if (missing != NULL && !backup->options.allow_incomplete)
        backup->damage = mem_format("it has %s (--allow-incomplete takes it for whole)", missing);
}

/* ---- archives */

static void
survey_archive(struct survey *survey, struct backup *backup)
{
    struct survey_ending ending;
    size_t damaged = 0;

    while ((ending = survey_look(survey, backup)).damaged) {
        if (ending.table == NULL)
            msg_fatal(ending.status, "%s", ending.reason);
        survey_mark(survey, ending.table, SURVEY_DAMAGED, reason_of(backup, &ending));
        archived_seek(backup->archived, (size_t)ending.at);
        damaged++;
    }
    archived_seek(backup->archived, 0);
    for (size_t i = 0; i < backup->n_losses; i++)
        survey_mark(survey, backup->losses[i].table, SURVEY_DAMAGED, backup->losses[i].why);
    set_damage(backup,
        damaged > 0
            ? mem_format("the data of %zu table%s is damaged", damaged, damaged > 1 ? "s" : "")
            : NULL,
        ending.reason);
}

/* ---- scripts */

/* True when rows of a table come in several places: then more of any may have followed. */
static bool
alternates(const struct survey *survey)
{
    for (size_t i = 0; i < survey->n; i++)
        if (survey->tables[i].blocks > 1 && !survey->tables[i].partitioned)
            return true;
    return false;
}

/* What a script that is not complete has of its tables. */
static void
judge(struct survey *survey, uint64_t sound)
{
    bool all = alternates(survey);

    for (size_t i = 0; i < survey->n; i++) {
        struct survey_table *table = &survey->tables[i];

        if (all)
            survey_mark(survey, table->name, SURVEY_DAMAGED,
                "the rows of tables alternate, more of it may have followed");
        else if (table->read > sound)
            survey_mark(survey, table->name, SURVEY_DAMAGED,
                "it is compressed, and before the damage no checksum ends that covers it");
        else if (!table->proven || table->partitioned)
            survey_mark(survey, table->name, SURVEY_DAMAGED, "more rows of it may have followed");
    }
}

/* Where to stop: behind the last statement or block that is known to be right. */
static uint64_t
last_whole(const struct survey *survey, const struct survey_ending *ending)
{
    uint64_t last = 0;

    if (ending->at <= ending->sound)
        return ending->at;
    for (size_t i = 0; i < survey->n; i++)
        if (survey->tables[i].end > last && survey->tables[i].read <= ending->sound)
            last = survey->tables[i].end;
    return last;
}

static void
survey_script(struct survey *survey, struct backup *backup)
{
    struct survey_ending ending = survey_look(survey, backup);

    if (ending.damaged && ending.table != NULL) {
        survey_mark(survey, ending.table, SURVEY_DAMAGED, reason_of(backup, &ending));
        survey_find(survey, ending.table)->blocks++;
    }
    set_damage(
        backup, ending.damaged ? mem_string(reason_of(backup, &ending)) : NULL, ending.reason);
    if (backup->damage == NULL)
        return;
    judge(survey, ending.sound);
    input_end_at(backup->dump->input, last_whole(survey, &ending));
}

void
survey_take(struct survey *survey, struct backup *backup)
{
    *survey = (struct survey){0};
    if (backup->kind == BACKUP_ARCHIVE)
        survey_archive(survey, backup);
    else
        survey_script(survey, backup);
    for (size_t i = 0; backup->damage != NULL && i < survey->n; i++)
        if (survey->tables[i].state != SURVEY_WHOLE)
            backup_lose(backup, survey->tables[i].name, survey->tables[i].why);
}
