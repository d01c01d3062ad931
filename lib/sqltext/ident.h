#ifndef IDENT_H
#define IDENT_H
/*
 * SQL names as people write them: `public.package`, `"My Schema"."T"`, lists such as `(a, "B c")`.
 *
 * The display form quotes only what is not [a-z_][a-z0-9_$]*; it is the one form in facts, plans,
 * rules, streams and messages, and one relation has exactly one display form. The SQL form always
 * quotes, so that keywords need no list.
 */
#include <stdbool.h>

#include "buf.h"
#include "slice.h"

/* Appends one name in display form. */
void ident_display(struct slice name, struct buf *out);
/* Appends one name in SQL form: always quoted, quotes doubled. */
void ident_quote(struct slice name, struct buf *out);

/*
 * Reads one name (quoted or not; an unquoted one is folded to lower case) at the start of *text,
 * appends the bare name to `out` and moves *text behind it. False when there is none, when a quote
 * is not closed, or when the name is empty.
 */
bool ident_parse(struct slice *text, struct buf *out);

/*
 * Reads `schema.name` or `name` from the whole of `text`; *schema is NULL when it was not given.
 * The strings are malloc'd, the caller owns them. False when the text is anything else.
 */
bool ident_parse_qualified(struct slice text, char **schema, char **name);

/* Turns the display form of a qualified name into its SQL form, appended to `out`. */
bool ident_display_to_sql(const char *display, struct buf *out);

/* malloc'd display form of schema.name. */
char *ident_qualified(const char *schema, const char *name);

/* Appends `(a, b)` in display form. */
void ident_list_format(const char *const *names, size_t n, struct buf *out);
/*
 * Reads `(a, b)`, `()` or `(a)` from the whole of `text` into a malloc'd array of malloc'd names.
 */
bool ident_list_parse(struct slice text, char ***names, size_t *n);

#endif
