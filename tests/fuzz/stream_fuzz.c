/*
 * Streams: the reader takes arbitrary bytes without harm; what it takes for whole is taken for
 * whole in unsealed reading too, and not with its last byte cut off.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "quietmsg.h"
#include "stream.h"

enum seal { SEALED, UNSEALED };

/* Touches what an event gives. */
static void
look_at(const struct stream_reader *reader, enum stream_event event, uint64_t *rows)
{
    volatile char last = '\0';

    *rows += event == STREAM_ROW;
    if (event == STREAM_ROW)
        return;
    for (size_t i = 0; i < reader->n_fields; i++)
        if (reader->fields[i].length > 0)
            last = reader->fields[i].data[reader->fields[i].length - 1];
    if (event == STREAM_REJECT || event == STREAM_PLAN || event == STREAM_FACT)
        if (reader->rest.length > 0)
            last = reader->rest.data[reader->rest.length - 1];
    (void)last;
}

/* Reads to the trailer, or ends in a jump to `failed`. */
static void
read_all(struct stream_reader *reader, struct input *input, enum seal seal)
{
    enum stream_event event;
    uint64_t rows = 0;

    stream_start(reader, input, STREAM_ROWS);
    reader->unsealed = seal == UNSEALED;
    while ((event = stream_read(reader)) != STREAM_TRAILER)
        look_at(reader, event, &rows);
    REQUIRE(reader->ended && reader->rows == rows && input->start == input->end);
}

/* True when the reader takes the bytes for a whole stream. */
static bool
is_whole(const char *bytes, size_t size, enum seal seal)
{
    static struct stream_reader reader;
    static struct input input;
    char *copy = malloc(size + 1);
    volatile bool whole = false;

    REQUIRE(copy != NULL);
    memcpy(copy, bytes, size);
    input = (struct input){
        .data = copy, .end = size, .capacity = size, .eof = true, .fd = -1, .name = "fuzz"};
    if (setjmp(quietmsg_failed) == 0) {
        read_all(&reader, &input, seal);
        whole = true;
    }
    free(copy);
    return whole;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;

    if (size == 0)
        bytes = "";
    if (is_whole(bytes, size, SEALED))
        REQUIRE(is_whole(bytes, size, UNSEALED));
    if (is_whole(bytes, size, UNSEALED))
        REQUIRE(!is_whole(bytes, size - 1, UNSEALED));
    return 0;
}
