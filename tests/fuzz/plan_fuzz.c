/* Plans: whatever parses, formatted and parsed again, formats to the same. */
#include <stdlib.h>

#include "fuzz.h"
#include "plan.h"

static void
free_column(struct plan_column *column)
{
    for (size_t i = 0; i < column->n_cases; i++) {
        free(column->cases[i].value);
        free(column->cases[i].target);
        free(column->cases[i].reason);
    }
    for (size_t i = 0; i < column->n_paths; i++) {
        for (size_t j = 0; j < column->paths[i].keys.n; j++)
            free(column->paths[i].keys.names[j]);
        free(column->paths[i].keys.names);
        free(column->paths[i].target);
        free(column->paths[i].reason);
    }
    free(column->cases);
    free(column->paths);
    free(column->name);
    free(column->backup);
    free(column->type);
    free(column->target);
    free(column->by);
    free(column->why);
    free(column->newest);
    free(column->reason);
}

/* Plans live as long as the process; a fuzzer makes too many. */
static void
free_plan(struct plan *plan)
{
    for (size_t i = 0; i < plan->n_tables; i++) {
        struct plan_table *table = &plan->tables[i];

        for (size_t j = 0; j < table->n_columns; j++)
            free_column(&table->columns[j]);
        for (size_t j = 0; j < table->key.n; j++)
            free(table->key.names[j]);
        free(table->key.names);
        free(table->columns);
        free(table->name);
        free(table->newest);
        free(table->duplicates_newest);
        free(table->backup);
        free(table->why);
        free(table->reason);
    }
    free(plan->tables);
    free(plan->lineage_reason);
    *plan = (struct plan){0};
}

static bool
parse(struct plan *plan, struct slice text)
{
    const char *p = text.data, *end = text.data + text.length;
    char *reason = NULL;

    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline != NULL ? newline : end;

        if (!plan_parse(plan, slice_make(p, (size_t)(stop - p)), &reason)) {
            REQUIRE(reason != NULL);
            free(reason);
            return false;
        }
        p = newline != NULL ? newline + 1 : end;
    }
    if (plan_check(plan, &reason))
        return true;
    REQUIRE(reason != NULL);
    free(reason);
    return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plan plan = {0}, again = {0};
    struct buf text = {0}, twice = {0};

    if (size > 0 && parse(&plan, slice_make((const char *)data, size))) {
        plan_format(&plan, &text);
        REQUIRE(parse(&again, buf_slice(&text)));
        plan_format(&again, &twice);
        REQUIRE(slice_equal(buf_slice(&text), buf_slice(&twice)));
    }
    free_plan(&plan);
    free_plan(&again);
    buf_release(&text);
    buf_release(&twice);
    return 0;
}
