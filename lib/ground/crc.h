#ifndef CRC_H
#define CRC_H
/*
 * CRC-32 as in gzip and merge-stream(5). Every tool of a pipe computes it of all that it reads and
 * writes: by libdeflate, which has the processor's own instructions for it, where that was there
 * when the tools were built, else by zlib.
 */
#include <stddef.h>
#include <stdint.h>

/* The checksum of what `crc` is the checksum of, followed by the bytes. It starts with 0. */
uint32_t crc_add(uint32_t crc, const char *bytes, size_t length);

#endif
