#include "servicefile.h"

#include <string.h>

#include "ident.h"

#define LINE_LIMIT 1023 /* with its newline: libpq reads into 1024 bytes and wants room */

void
servicefile_section(struct buf *out, const char *name)
{
    buf_add_format(out, "[%s]\n", name);
}

/* As isspace() has it in the C locale: what libpq cuts. */
static bool
ends_in_blank(const char *value)
{
    size_t length = strlen(value);

    return length > 0 && strchr(" \t\n\v\f\r", value[length - 1]) != NULL;
}

bool
servicefile_add(struct buf *out, const char *keyword, const char *value, const char **reason)
{
    if (strchr(value, '\n') != NULL)
        *reason = "it holds a line break";
    else if (ends_in_blank(value))
        *reason = "it ends in a blank";
    else if (strlen(keyword) + strlen(value) + 2 >= LINE_LIMIT)
        *reason = "it is longer than 1000 bytes";
    else {
        buf_add_format(out, "%s=%s\n", keyword, value);
        return true;
    }
    return false;
}

void
servicefile_search_path(struct buf *options, const char *schema)
{
    struct buf name = {0};

    ident_quote(slice_string(schema), &name);
    if (options->length > 0)
        buf_add_char(options, ' ');
    buf_add_string(options, "-csearch_path=");
    for (size_t i = 0; i < name.length; i++) {
        if (strchr(" \t\n\v\f\r\\", name.data[i]) != NULL)
            buf_add_char(options, '\\');
        buf_add_char(options, name.data[i]);
    }
    buf_add_string(options, ",public");
    buf_release(&name);
}
