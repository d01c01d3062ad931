#ifndef PLAN_OPTIONS_H
#define PLAN_OPTIONS_H
/*
 * The options of a plan's records, `name=value` between blanks, for plan_parse.c and plan_format.c
 * alone. A value may hold blanks inside double quotes or parentheses.
 *
 * Each _parse takes the whole field and sets what it names in the record's struct; false with a
 * malloc'd reason at the first option that is none. Each _format appends the field, nothing when
 * there is nothing to say.
 */
#include <stdbool.h>

#include "buf.h"
#include "plan.h"

bool plan_options_parse_table(struct plan_table *table, const char *text, char **reason);
/* The action is known already. */
bool plan_options_parse_column(struct plan_column *column, const char *text, char **reason);
bool plan_options_parse_case(struct plan_case *branch, const char *text, char **reason);
bool plan_options_parse_path(struct plan_path *path, const char *text, char **reason);

void plan_options_format_table(const struct plan_table *table, struct buf *out);
void plan_options_format_column(
    const struct plan_table *table, const struct plan_column *column, struct buf *out);
void plan_options_format_case(const struct plan_case *branch, struct buf *out);
void plan_options_format_path(const struct plan_path *path, struct buf *out);

#endif
