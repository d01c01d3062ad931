/*
 * Archives: any bytes are read without harm; an item that is taken has its slices in the bytes and
 * moves on; one that is not takes nothing; a prefix of a taken item asks for more.
 */
#include "archive.h"
#include "fuzz.h"

static void
check_slice(struct slice all, struct slice part)
{
    if (part.data == NULL)
        return;
    REQUIRE(part.data >= all.data && part.data <= all.data + all.length);
    REQUIRE(part.length <= (size_t)(all.data + all.length - part.data));
}

static void
check_prefix(const struct archive_header *header, struct slice before, struct slice after)
{
    struct slice prefix = slice_make(before.data, before.length - after.length - 1);
    struct archive_fault fault;
    struct archive_entry entry;

    REQUIRE(after.length < before.length);
    REQUIRE(archive_take_entry(header, &prefix, &entry, &fault) == ARCHIVE_MORE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = slice_make((const char *)data, size), rest = all, before;
    struct archive_header header;
    struct archive_entry entry;
    struct archive_fault fault = {0};
    enum archive_result result = archive_take_header(&rest, &header, &fault);
    int64_t number;

    before = rest;
    if (result == ARCHIVE_DONE)
        result = archive_take_number(&header, &rest, &number, &fault);
    while (result == ARCHIVE_DONE) {
        before = rest;
        result = archive_take_entry(&header, &rest, &entry, &fault);
        if (result != ARCHIVE_DONE)
            break;
        check_slice(before, entry.name);
        check_slice(before, entry.kind);
        check_slice(before, entry.definition);
        check_slice(before, entry.copy);
        check_slice(before, entry.schema);
        check_slice(before, entry.file);
        check_prefix(&header, before, rest);
    }
    REQUIRE(rest.data == before.data && rest.length == before.length);
    REQUIRE(result != ARCHIVE_BAD || (fault.reason != NULL && fault.at <= before.length));
    return 0;
}
