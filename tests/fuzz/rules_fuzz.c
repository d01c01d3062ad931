/*
 * Rules and .env lines: whatever stands there, a line is taken or a reason is given; and a rule
 * that was taken contradicts itself when it stands there twice.
 */
#include <stdlib.h>

#include "dburl.h"
#include "envfile.h"
#include "fuzz.h"
#include "mem.h"
#include "rules.h"

static void
add_table(struct schema *schema, const char *name)
{
    struct schema_table *table = schema_add_table(schema, name);

    schema_add_column(table, "a")->type = mem_string("integer");
    schema_add_column(table, "b c")->type = mem_string("integer[]");
    schema_add_column(table, "d")->type = mem_string("jsonb");
}

/* Renaming changes the backup's schema: each line gets one of its own. */
static void
check_rule(const struct schema *live, struct slice line)
{
    struct rules rules = {.file = "merge.rules"};
    struct schema backup = {0};
    char *reason = NULL;
    unsigned long number;
    bool good = true;

    add_table(&backup, "public.old");
    add_table(&backup, "s.\"T x\"");
    for (int pass = 0; good && pass < RULES_PASSES; pass++)
        good = rules_parse(&rules, &backup, live, line, 1, (enum rules_pass)pass, &reason);
    REQUIRE(good == (reason == NULL));
    REQUIRE(good || reason[0] != '\0');
    for (int pass = 0; good && pass < RULES_PASSES; pass++)
        good = rules_parse(&rules, &backup, live, line, 2, (enum rules_pass)pass, &reason);
    REQUIRE(!good || (rules.n_tables == 0 && rules.n_renames == 0));
    if (good) /* a line that was refused may have left a half of what it says */
        REQUIRE(rules_check(&rules, live, &number, &reason) == (reason == NULL));
}

static void
check_url(const char *text)
{
    struct buf out = {0};
    const char *reason = NULL;

    if (dburl_clean(text, &out, &reason))
        REQUIRE(dburl_is_url(text) && dburl_is_url(buf_string(&out)));
    else
        REQUIRE(reason != NULL);
    buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct schema schema;
    struct slice line = slice_make((const char *)data, size);
    struct buf name = {0}, value = {0};
    char *text = mem_copy(line.data, size);

    if (schema.n_tables == 0) {
        add_table(&schema, "public.t");
        add_table(&schema, "s.\"T x\"");
    }
    check_rule(&schema, line);
    check_url(text);
    if (envfile_parse(line, &name, &value) != ENVFILE_NOTHING)
        REQUIRE(name.length > 0);
    buf_release(&name);
    buf_release(&value);
    free(text);
    return 0;
}
