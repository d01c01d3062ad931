#ifndef RULES_LINE_H
#define RULES_LINE_H
/* One rule on its way in, for the parts of rules.c alone: what is left of it, and its words. */
#include "rules.h"

struct rules_line {
    struct rules *rules;
    struct schema *backup;
    const struct schema *live;
    unsigned long number;
    struct slice rest;           /* what was not taken yet */
    struct rules_table *table;   /* what the rule is about */
    struct rules_column *column; /* NULL: about the table */
    struct schema_names keys;    /* of a value inside the column; none: about the column */
    char *reason;                /* the first thing that is wrong; NULL while all is well */
};

/* Notes the first thing that is wrong: `what "value"`, or `what` alone when value is NULL. */
void rules_line_complain(struct rules_line *line, const char *what, const char *value);
/* False, with a complaint, when another line set the property already. */
bool rules_line_claim(struct rules_line *line, unsigned long *owner, const char *what);

/* The next word, malloc'd, or NULL at the end; blanks inside quotes or parentheses belong to it. */
char *rules_line_word(struct rules_line *line);
/* A word that must be there; "" when it is not. */
char *rules_line_need(struct rules_line *line, const char *what);
/* The position of the next word in `words`; 0, with a complaint, when it is not there. */
int rules_line_choose(struct rules_line *line, const char *const *words, const char *expected);
/*
 * The same, but the word at `newest` has a column of the rule's table in parentheses behind it:
 * *column is its bare name, malloc'd; else NULL.
 */
int rules_line_choose_newest(struct rules_line *line, const char *const *words, int newest,
    char **column, const char *expected);
/* A table of either schema, display form, malloc'd; NULL with a complaint. */
char *rules_line_table(struct rules_line *line);
/* The type of the rule's column; NULL when it is not known. */
const char *rules_line_type(const struct rules_line *line);

/* What the words do whose arguments are ids; rules_ids.c. */
void rules_ids_array(struct rules_line *line);
void rules_ids_reference(struct rules_line *line);
void rules_ids_cases(struct rules_line *line);
void rules_ids_unresolved(struct rules_line *line);
void rules_ids_none(struct rules_line *line);

/* `subject` renamed-to ...; rules_rename.c. */
void rules_rename_take(struct rules_line *line, const char *subject, enum rules_pass pass);

#endif
