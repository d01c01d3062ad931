#include "scripthead.h"

#include <string.h>
#include <strings.h>

#define SHOWN 40 /* bytes */

/* With which statements begin, PostgreSQL's and those of its relatives. */
static const char *const words[] = {"abort", "alter", "analyze", "begin", "call", "checkpoint",
    "close", "cluster", "comment", "commit", "copy", "create", "deallocate", "declare", "delete",
    "discard", "do", "drop", "end", "execute", "explain", "fetch", "grant", "import", "insert",
    "listen", "load", "lock", "merge", "move", "notify", "prepare", "reassign", "refresh",
    "reindex", "release", "replace", "reset", "revoke", "rollback", "savepoint", "security",
    "select", "set", "show", "start", "table", "truncate", "unlisten", "update", "use", "vacuum",
    "values", "with"};

static struct slice
behind(struct slice text, size_t n)
{
    return slice_make(text.data + n, text.length - n);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

static struct slice
without_blanks(struct slice text)
{
    while (text.length > 0 && is_blank(text.data[0]))
        text = behind(text, 1);
    return text;
}

/* Behind the next `end`, or at the end. */
static struct slice
behind_next(struct slice text, const char *end)
{
    const char *found = memmem(text.data, text.length, end, strlen(end));

    if (found == NULL)
        return behind(text, text.length);
    return behind(text, (size_t)(found - text.data) + strlen(end));
}

/* Takes off a comment or a command of psql's; false when none stands there. */
static bool
pass_note(struct slice *text)
{
    if (slice_starts(*text, SLICE("--")) || slice_starts(*text, SLICE("\\")))
        *text = behind_next(*text, "\n");
    else if (slice_starts(*text, SLICE("/*")))
        *text = behind_next(*text, "*/");
    else
        return false;
    return true;
}

static bool
begins_statement(struct slice text)
{
    size_t n = 0;

    while (n < text.length && ((text.data[n] | 32) >= 'a' && (text.data[n] | 32) <= 'z'))
        n++;
    if (n < text.length && !is_blank(text.data[n]) && strchr(";(", text.data[n]) == NULL)
        return false;
    for (size_t i = 0; n > 0 && i < sizeof words / sizeof words[0]; i++)
        if ((n == text.length || strlen(words[i]) == n) && strncasecmp(words[i], text.data, n) == 0)
            return true;
    return false;
}

bool
scripthead_may_be_sql(struct slice head)
{
    bool noted = false;

    if (slice_starts(head, SLICE("\xef\xbb\xbf")))
        head = behind(head, 3);
    if (memmem(head.data, head.length, "PostgreSQL database", 19) != NULL)
        return true;
    head = without_blanks(head);
    while (pass_note(&head)) {
        noted = true;
        head = without_blanks(head);
    }
    return head.length == 0 ? noted : begins_statement(head);
}

void
scripthead_show(struct slice head, struct buf *out)
{
    size_t n = 0;

    head = without_blanks(head);
    if (head.length == 0) {
        buf_add_string(out, "it is empty");
        return;
    }
    buf_add_string(out, "it begins with \"");
    for (; n < head.length && n < SHOWN && head.data[n] != '\n' && head.data[n] != '\r'; n++) {
        unsigned char c = (unsigned char)head.data[n];

        if (c >= ' ' && c < 127)
            buf_add_char(out, (char)c);
        else
            buf_add_format(out, "\\x%02x", c);
    }
    buf_add_string(out, n == SHOWN && head.length > n ? "...\"" : "\"");
}
