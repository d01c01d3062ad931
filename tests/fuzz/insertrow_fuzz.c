/*
 * Rows of INSERT: whatever stands there, taking it ends; a row that is taken has a field for each
 * column, none of which is damaged; and a window that is cut in two gives the same.
 */
#include "copyrow.h"
#include "fuzz.h"
#include "insertrow.h"

static const struct insertrow_column columns[] = {
    {"a", NULL, false},
    {"b", "text", false},
    {"c", "numeric(10,2)", false},
    {"d", "boolean", false},
};

static void
check_fields(struct slice line)
{
    struct slice fields[4];
    struct buf value = {0};

    REQUIRE(line.length > 0 && line.data[line.length - 1] == '\n');
    line.length--;
    REQUIRE(memchr(line.data, '\n', line.length) == NULL);
    REQUIRE(copyrow_split(line, fields, 4) == 4);
    for (size_t i = 0; i < 4; i++)
        REQUIRE(copyrow_is_null(fields[i]) || copyrow_unescape(fields[i], &value));
    buf_release(&value);
}

/* The first byte says how strings are read, the second where the window is cut. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct insertrow row;
    struct buf out = {0}, again = {0};
    struct slice all, part, whole;
    enum insertrow_result result, first;

    if (size < 3)
        return 0;
    all = slice_make((const char *)data + 2, size - 2);
    insertrow_init(&row, columns, 4);
    row.standard_strings = (data[0] & 1) != 0;
    row.utf8 = (data[0] & 2) != 0;
    whole = all;
    result = insertrow_take(&row, &whole, INSERTROW_WHOLE, &out);
    REQUIRE(result != INSERTROW_MORE);
    if (result == INSERTROW_TAKEN || result == INSERTROW_REJECT)
        check_fields(buf_slice(&out));
    else
        REQUIRE(out.length == 0 && whole.length == all.length);
    part = slice_make(all.data, data[1] < all.length ? data[1] : all.length);
    first = insertrow_take(&row, &part, INSERTROW_PART, &again);
    REQUIRE(first == INSERTROW_MORE || first == result);
    if (first == INSERTROW_TAKEN)
        REQUIRE(slice_equal(buf_slice(&out), buf_slice(&again)));
    if (first == INSERTROW_MORE)
        REQUIRE(again.length == 0);
    insertrow_release(&row);
    buf_release(&out);
    buf_release(&again);
    return 0;
}
