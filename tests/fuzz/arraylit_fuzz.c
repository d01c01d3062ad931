/*
 * Array literals: what is not touched comes out byte for byte; whatever is replaced, nulled or
 * dropped, the result is a literal again and holds what was put into it. The first bytes of the
 * input decide what happens to the elements.
 */
#include "arraylit.h"
#include "fuzz.h"

#define REQUIRE(condition) ((condition) ? (void)0 : abort())
#define ACTIONS 8

enum action { KEEP, REPLACE, NULLED, DROP };

/* The value that replaces an element: something that needs quotes, if the element does. */
static void
replacement(const struct arraylit *walk, struct buf *value)
{
    buf_clear(value);
    buf_add_slice(value, walk->value);
    buf_add_char(value, (char)('0' + walk->number % 10));
}

static void
check_identity(struct slice literal)
{
    struct arraylit walk = {0};
    struct buf out = {0};
    enum arraylit_step step;
    size_t n = 0;

    arraylit_start(&walk, literal, &out);
    while ((step = arraylit_next(&walk)) == ARRAYLIT_ELEMENT)
        REQUIRE(walk.number == ++n);
    if (step == ARRAYLIT_END)
        REQUIRE(slice_equal(buf_slice(&out), literal));
    else
        REQUIRE(out.length == 0 && walk.reason != NULL && walk.at <= literal.length);
    arraylit_release(&walk);
    buf_release(&out);
}

/* Writes what the new literal must hold into `expected`: values, each behind its length. */
static void
expect(struct buf *expected, const struct slice *value)
{
    buf_add_format(expected, "%lld:", value != NULL ? (long long)value->length : -1);
    if (value != NULL)
        buf_add_slice(expected, *value);
}

static void
act(struct arraylit *walk, enum action action, struct buf *value, struct buf *expected)
{
    struct slice put;

    switch (action) {
    case REPLACE:
        replacement(walk, value);
        put = buf_slice(value);
        arraylit_replace(walk, put);
        expect(expected, &put);
        return;
    case NULLED:
        arraylit_null(walk);
        expect(expected, NULL);
        return;
    case DROP:
        if (arraylit_drop(walk))
            return;
        break;
    case KEEP:
        break;
    }
    expect(expected, walk->is_null ? NULL : &walk->value);
}

static void
check_rewrite(const uint8_t *actions, struct slice literal)
{
    struct arraylit walk = {0};
    struct buf out = {0}, value = {0}, expected = {0}, found = {0};
    enum arraylit_step step;

    arraylit_start(&walk, literal, &out);
    while ((step = arraylit_next(&walk)) == ARRAYLIT_ELEMENT)
        act(&walk, (enum action)(actions[walk.number % ACTIONS] % 4), &value, &expected);
    if (step == ARRAYLIT_END) {
        arraylit_start(&walk, buf_slice(&out), NULL);
        while ((step = arraylit_next(&walk)) == ARRAYLIT_ELEMENT)
            expect(&found, walk.is_null ? NULL : &walk.value);
        REQUIRE(step == ARRAYLIT_END);
        REQUIRE(slice_equal(buf_slice(&expected), buf_slice(&found)));
    }
    arraylit_release(&walk);
    buf_release(&out);
    buf_release(&value);
    buf_release(&expected);
    buf_release(&found);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice literal;

    if (size < ACTIONS)
        return 0;
    literal = slice_make((const char *)data + ACTIONS, size - ACTIONS);
    check_identity(literal);
    check_rewrite(data, literal);
    return 0;
}
