#ifndef PLAN_WORDS_H
#define PLAN_WORDS_H
/* The words of a plan's records, shared by plan_format.c, plan_parse.c and plan_options.c alone. */
#include <stddef.h>

#define PLAN_VERSION "1"

/* A record's fields, in order. */
enum plan_field {
    PLAN_RECORD,
    PLAN_TABLE,
    PLAN_COLUMN,
    PLAN_ACTION,
    PLAN_TARGET,
    PLAN_TYPE,
    PLAN_OPTIONS,
    PLAN_REASON,
    PLAN_FIELDS, /* how many */
};

static const char *const plan_field_names[PLAN_FIELDS] = {
    "record", "table", "column", "action", "target", "type", "options", "reason"};
static const char *const plan_actions[] = {"merge", "append", "skip", NULL};
static const char *const plan_lineages[] = {"unknown", "same", "other", NULL};
static const char *const plan_conflicts[] = {"update", "keep", "newest", "fill", NULL};
static const char *const plan_nulls_words[] = {"none", "distinct", "equal", NULL};
static const char *const plan_duplicates_words[] = {"first", "newest", "reject", NULL};
static const char *const plan_column_actions[] = {"set", "id", "reference", "array", "skip", NULL};
static const char *const plan_unresolveds[] = {"keep", "null", "drop", "reject", NULL};

#endif
