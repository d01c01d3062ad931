/* SQL names: what parses has one display form, which parses to the same; so have lists of names. */
#include <stdlib.h>

#include "fuzz.h"
#include "ident.h"

static void
check_name(struct slice text)
{
    struct buf name = {0}, display = {0}, again = {0};
    struct slice rest = text;

    if (ident_parse(&rest, &name)) {
        REQUIRE(name.length > 0 && rest.length < text.length);
        ident_display(buf_slice(&name), &display);
        rest = buf_slice(&display);
        REQUIRE(ident_parse(&rest, &again) && rest.length == 0);
        REQUIRE(slice_equal(buf_slice(&name), buf_slice(&again)));
    }
    buf_release(&name);
    buf_release(&display);
    buf_release(&again);
}

static void
check_qualified(struct slice text)
{
    char *schema, *name, *display;
    struct buf sql = {0};

    if (!ident_parse_qualified(text, &schema, &name))
        return;
    display = ident_qualified(schema != NULL ? schema : "public", name);
    if (strlen(name) > 0 && (schema == NULL || strlen(schema) > 0)) /* no zero byte in front */
        REQUIRE(ident_display_to_sql(display, &sql));
    free(schema);
    free(name);
    free(display);
    buf_release(&sql);
}

static void
free_names(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

static void
check_list(struct slice text)
{
    char **names, **again;
    size_t n, m;
    struct buf out = {0}, twice = {0};

    if (!ident_list_parse(text, &names, &n))
        return;
    if (memchr(text.data, '\0', text.length) == NULL) {
        ident_list_format((const char *const *)names, n, &out);
        REQUIRE(ident_list_parse(buf_slice(&out), &again, &m) && m == n);
        ident_list_format((const char *const *)again, m, &twice);
        REQUIRE(slice_equal(buf_slice(&out), buf_slice(&twice)));
        free_names(again, m);
    }
    free_names(names, n);
    buf_release(&out);
    buf_release(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_make((const char *)data, size);

    check_name(text);
    check_qualified(text);
    check_list(text);
    return 0;
}
