#ifndef UNWRAP_H
#define UNWRAP_H
/*
 * Compressed data as a source of input, over another source: all members or frames, one after
 * another, as gzip(1), zstd(1) and the others take them. What is cut or damaged is said with its
 * place, behind all that could be read before it.
 *
 * Of what it gave before damage only members that ended are known to be right: each has its
 * checksum, and where the fault lies before the place at which it shows cannot be told. What is cut
 * is right up to its end, unless the last bytes of it are gzip's, which say how long the data was:
 * then nothing is missing, and a fault has led the decompressor past its end.
 */
#include "codec.h"
#include "input.h"

/*
 * `below` gives the compressed bytes and is closed with this source; `head` was read from it
 * already and is copied. A kind that is missing gives damage that names the package to install.
 */
struct input_source unwrap_open(enum codec_kind kind, struct input_source below, struct slice head);

#endif
