#ifndef WHY_H
#define WHY_H
/*
 * The codes of a plan's decisions: short words that stay the same, beside the reasons that people
 * read. schema-differ(1), REASON CODES, says what each means; `make lint` compares the lists. Pure.
 */

#include <stdbool.h>

enum why_code {
    /* tables that are left out */
    WHY_RULE, /* also of columns */
    WHY_NO_LIVE_TABLE,
    WHY_NO_ORDINARY_TABLE,
    WHY_DAMAGED,
    WHY_NO_ROWS,
    WHY_NOT_IN_BACKUP,
    WHY_NO_LIVE_COLUMN,
    WHY_TYPE_DIFFERS,
    WHY_VALUE_MISSING,
    WHY_MADE_IDS,
    WHY_FORKED,
    WHY_PARTITIONED,
    WHY_ROUTED,
    /* how rows are identified */
    WHY_UNIQUE_KEY,
    WHY_PRIMARY_KEY,
    WHY_KEY_MOVED,
    WHY_ID_ONLY,
    WHY_NO_KEY,
    /* lineage */
    WHY_PAIRS,
    WHY_CONTENT,
    WHY_UUID,
    WHY_OTHER_TABLES,
    WHY_NO_EVIDENCE,
    /* more about tables */
    WHY_RENAMED, /* also of columns */
    WHY_NO_DDL,
    WHY_DEFAULTS,
    /* columns */
    WHY_GENERATED,
    WHY_ID,
    WHY_FOREIGN_KEY,
    WHY_IDS_KEPT,
    WHY_PARENT_SKIPPED,
    WHY_CONVERTED,
    WHY_CODES /* how many */
};

const char *why_word(enum why_code code);
/* Adds the word to a malloc'd list such as "unique-key,pairs" (NULL: empty), unless it is there. */
void why_add(char **list, enum why_code code);
bool why_has(const char *list, enum why_code code);

#endif
