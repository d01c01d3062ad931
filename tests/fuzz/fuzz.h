#ifndef FUZZ_H
#define FUZZ_H
/* What every fuzzer has: libFuzzer's entry, which driver.c calls as well, and its assertion. */
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) ((condition) ? (void)0 : abort())

#endif
