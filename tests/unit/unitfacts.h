#ifndef UNITFACTS_H
#define UNITFACTS_H
/* A schema from the text of its facts, line by line. */
#include "unit.h"

#include "facts.h"

static inline void
unitfacts_add(struct schema *schema, const char *text)
{
    char *reason;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        ck_assert_msg(facts_parse(schema, slice_make(text, length), &reason), "%s", reason);
        text += length + (text[length] == '\n');
    }
}

#endif
