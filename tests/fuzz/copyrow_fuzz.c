/*
 * Rows of COPY text: the fields cover the row; a field that unescapes gives, escaped anew, a field
 * that unescapes to the same value.
 */
#include "copyrow.h"
#include "fuzz.h"

static void
check_field(struct slice field)
{
    struct buf value = {0}, escaped = {0}, again = {0};

    if (copyrow_unescape(field, &value)) {
        copyrow_escape(buf_slice(&value), &escaped);
        REQUIRE(!copyrow_is_null(buf_slice(&escaped)));
        REQUIRE(copyrow_unescape(buf_slice(&escaped), &again));
        REQUIRE(slice_equal(buf_slice(&value), buf_slice(&again)));
    }
    buf_release(&value);
    buf_release(&escaped);
    buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice fields[64], row = slice_make((const char *)data, size);
    size_t n = copyrow_split(row, fields, 64), length = 0;

    REQUIRE(n > 0);
    for (size_t i = 0; i < n && i < 64; i++) {
        length += fields[i].length;
        check_field(fields[i]);
    }
    if (n <= 64)
        REQUIRE(length + n - 1 == size);
    return 0;
}
