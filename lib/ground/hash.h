#ifndef HASH_H
#define HASH_H
/*
 * 64-bit hashes of bytes, seeded once a process so that data made to collide cannot be prepared.
 * Two different values share a hash with a chance of 2^-64; the suite takes equal hashes for equal
 * values.
 */
#include <stdint.h>

#include "slice.h"

/* A random seed from the system; the same for all hashes that are to be compared. */
uint64_t hash_seed(void);
uint64_t hash_bytes(uint64_t seed, struct slice bytes);
/* A bijection of 64-bit numbers that spreads neighbours: equal results mean equal numbers. */
uint64_t hash_number(uint64_t number);
uint64_t hash_number_back(uint64_t hash);

#endif
