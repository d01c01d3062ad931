#ifndef UTF8_H
#define UTF8_H
/* Code points as UTF-8 (RFC 3629). */
#include <stddef.h>
#include <stdint.h>

/* Writes the bytes of a code point up to 0x1fffff; returns how many they are. */
size_t utf8_encode(uint32_t code, char out[4]);

#endif
