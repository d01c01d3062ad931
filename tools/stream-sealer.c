/* stream-sealer: counts a merge stream anew that foreign filters changed. See stream-sealer(1). */
#include <getopt.h>

#include "msg.h"
#include "stream.h"
#include "usage.h"

static const char usage[] =
    "Usage: stream-sealer [OPTION]... [FILE]\n"
    "Count a merge stream anew that filters such as grep or awk changed; refuse one\n"
    "that did not end well. Without FILE, or with -, read standard input.\n"
    "\n"
    "  -V, --version  print the version\n"
    "      --help     print this help\n";

static const struct option long_options[] = {
    USAGE_LONG,
    {NULL, 0, NULL, 0},
};

/* Returns FILE, or NULL. */
static const char *
parse_options(int argc, char **argv)
{
    int letter;

    while ((letter = getopt_long(argc, argv, USAGE_SHORT, long_options, NULL)) != -1)
        usage_option(letter, usage);
    return usage_file(argc, argv);
}

static void
pass(struct stream_reader *reader, struct stream_writer *writer)
{
    for (;;) {
        stream_pass_rows(writer, reader);
        if (stream_read(reader) == STREAM_TRAILER)
            return;
        stream_pass(writer, reader);
    }
}

int
main(int argc, char **argv)
{
    struct stream_reader *reader;
    struct stream_writer writer;
    const char *path;

    msg_init(argv[0]);
    path = parse_options(argc, argv);
    reader = stream_open_unsealed(path);
    stream_writer_init(&writer, reader->kind);
    stream_connect(reader, &writer);
    pass(reader, &writer);
    stream_writer_close(&writer);
    stream_close(reader);
    return STATUS_OK;
}
