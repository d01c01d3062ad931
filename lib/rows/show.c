#include "show.h"

#include <stdlib.h>

#include "copyrow.h"
#include "ident.h"
#include "mem.h"

#define MOST 60   /* bytes of a value that are shown */
#define BEFORE 20 /* of them in front of the first difference */

void
show_clear(struct show *show)
{
    show->shown = 0;
    buf_clear(&show->lines);
}

void
show_release(struct show *show)
{
    buf_release(&show->lines);
    free(show->fields);
    *show = (struct show){0};
}

static bool
continues_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80; /* UTF-8 */
}

/* The part of a value that shows the byte at `difference`: never cut inside a character. */
static struct slice
cut(struct slice value, size_t difference)
{
    size_t start = difference > BEFORE ? difference - BEFORE : 0, end;

    if (value.length <= MOST)
        return value;
    if (value.length - start < MOST)
        start = value.length - MOST;
    end = start + MOST;
    while (start > 0 && continues_character(value.data[start]))
        start--;
    while (end < value.length && continues_character(value.data[end]))
        end++;
    return slice_make(value.data + start, end - start);
}

static void
add_value(struct slice value, size_t difference, struct buf *out)
{
    struct slice part = cut(value, difference);
    const char *end = part.data + part.length;

    if (copyrow_is_null(value)) {
        buf_add_string(out, "(null)");
        return;
    }
    buf_add_string(out, part.data > value.data ? "\"..." : "\"");
    for (const char *p = part.data; p < end; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            buf_add_format(out, "\\x%02x", (unsigned)(unsigned char)*p);
        else
            buf_add_char(out, *p);
    buf_add_string(out, end < value.data + value.length ? "...\"" : "\"");
}

static size_t
first_difference(struct slice a, struct slice b)
{
    size_t i = 0;

    while (i < a.length && i < b.length && a.data[i] == b.data[i])
        i++;
    return i;
}

static void
add_difference(const char *name, struct slice before, struct slice after, struct buf *out)
{
    size_t difference = first_difference(before, after);

    buf_add_string(out, "    ");
    ident_display(slice_string(name), out);
    buf_add_string(out, ": ");
    add_value(before, difference, out);
    buf_add_string(out, " -> ");
    add_value(after, difference, out);
    buf_add_char(out, '\n');
}

void
show_row(struct show *show, const struct layout *layout, const struct schema_names *columns,
    struct slice row)
{
    size_t n_target = layout->target.n, n = n_target + 2 * columns->n;
    const struct slice *before, *after;

    if (show->shown >= show->limit)
        return;
    show->shown++;
    if (show->room < n) {
        show->fields = mem_resize(show->fields, n, sizeof *show->fields);
        show->room = n;
    }
    copyrow_split(row, show->fields, n);
    before = show->fields + n_target;
    after = before + columns->n;
    buf_add_format(&show->lines, "  %s", layout->table->name);
    for (size_t i = 0; i < n_target; i++) {
        buf_add_string(&show->lines, i > 0 ? ", " : " ");
        ident_display(slice_string(layout->columns[layout->target.at[i]]->name), &show->lines);
        buf_add_string(&show->lines, " = ");
        add_value(show->fields[i], 0, &show->lines);
    }
    buf_add_char(&show->lines, '\n');
    for (size_t i = 0; i < columns->n; i++)
        if (!slice_equal(before[i], after[i]))
            add_difference(columns->names[i], before[i], after[i], &show->lines);
}
