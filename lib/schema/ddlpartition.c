#include "ddlpartition.h"

#include "mem.h"

/* The group that starts here, parentheses and all, malloc'd; NULL when none does. */
static char *
take_group(struct tokens *tokens)
{
    const struct sqllex_token *from = tokens->at;
    struct tokens inside;

    return tokens_group(tokens, &inside) ? tokens_text(from, tokens) : NULL;
}

void
ddlpartition_key(struct schema_table *table, struct tokens tokens)
{
    static const char *const ways[][2] = {{"range", "RANGE"}, {"list", "LIST"}, {"hash", "HASH"}};

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        char *columns = tokens_accept(&tokens, ways[i][0]) ? take_group(&tokens) : NULL;

        if (columns != NULL)
            table->partition_key = mem_format("%s %s", ways[i][1], columns);
    }
}

static char *
take_values(struct tokens *tokens)
{
    const char *word = tokens_accept(tokens, "in")     ? "IN"
                       : tokens_accept(tokens, "with") ? "WITH"
                       : tokens_accept(tokens, "from") ? "FROM"
                                                       : NULL;
    char *first = word != NULL ? take_group(tokens) : NULL, *last;

    if (first == NULL)
        return NULL;
    if (!tokens_accept(tokens, "to"))
        return mem_format("FOR VALUES %s %s", word, first);
    last = take_group(tokens);
    return last != NULL ? mem_format("FOR VALUES %s %s TO %s", word, first, last) : NULL;
}

void
ddlpartition_bound(struct schema_table *table, struct tokens tokens)
{
    if (tokens_accept(&tokens, "default"))
        table->partition_bound = mem_string("DEFAULT");
    else if (tokens_accept(&tokens, "for values"))
        table->partition_bound = take_values(&tokens);
}
