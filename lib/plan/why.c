#include "why.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

const char *
why_word(enum why_code code)
{
    static const char *const words[WHY_CODES] = {
        [WHY_RULE] = "rule",
        [WHY_NO_LIVE_TABLE] = "no-live-table",
        [WHY_NO_ORDINARY_TABLE] = "no-ordinary-table",
        [WHY_DAMAGED] = "damaged",
        [WHY_NO_ROWS] = "no-rows",
        [WHY_NOT_IN_BACKUP] = "not-in-backup",
        [WHY_NO_LIVE_COLUMN] = "no-live-column",
        [WHY_TYPE_DIFFERS] = "type-differs",
        [WHY_VALUE_MISSING] = "value-missing",
        [WHY_MADE_IDS] = "made-ids",
        [WHY_FORKED] = "forked",
        [WHY_PARTITIONED] = "partitioned",
        [WHY_ROUTED] = "routed",
        [WHY_UNIQUE_KEY] = "unique-key",
        [WHY_PRIMARY_KEY] = "primary-key",
        [WHY_KEY_MOVED] = "key-moved",
        [WHY_ID_ONLY] = "id-only",
        [WHY_NO_KEY] = "no-key",
        [WHY_PAIRS] = "pairs",
        [WHY_CONTENT] = "content",
        [WHY_UUID] = "uuid",
        [WHY_OTHER_TABLES] = "other-tables",
        [WHY_NO_EVIDENCE] = "no-evidence",
        [WHY_RENAMED] = "renamed",
        [WHY_NO_DDL] = "no-ddl",
        [WHY_DEFAULTS] = "defaults",
        [WHY_GENERATED] = "generated",
        [WHY_ID] = "id",
        [WHY_FOREIGN_KEY] = "foreign-key",
        [WHY_IDS_KEPT] = "ids-kept",
        [WHY_PARENT_SKIPPED] = "parent-skipped",
        [WHY_CONVERTED] = "converted",
    };

    return words[code];
}

bool
why_has(const char *list, enum why_code code)
{
    const char *word = why_word(code);
    size_t length = strlen(word);

    for (const char *p = list; p != NULL && *p != '\0'; p += strcspn(p, ","), p += *p == ',')
        if (strcspn(p, ",") == length && strncmp(p, word, length) == 0)
            return true;
    return false;
}

void
why_add(char **list, enum why_code code)
{
    char *longer;

    if (why_has(*list, code))
        return;
    longer =
        *list != NULL ? mem_format("%s,%s", *list, why_word(code)) : mem_string(why_word(code));
    free(*list);
    *list = longer;
}
