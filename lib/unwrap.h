#ifndef UNWRAP_H
#define UNWRAP_H
/*
 * Compressed data as a source of input, over another source: all members or frames, one after
 * another, as gzip(1), zstd(1) and the others take them. What is cut or damaged is said with its
 * place, behind all that could be read before it.
 */
#include "codec.h"
#include "input.h"

/*
 * `below` gives the compressed bytes and is closed with this source; `head` was read from it
 * already and is copied. A kind that is missing gives damage that names the package to install.
 */
struct input_source unwrap_open(enum codec_kind kind, struct input_source below, struct slice head);

#endif
