#include "hash.h"

#include <sys/random.h>

#include "msg.h"

#define ODD1 0x9e3779b97f4a7c15ULL
#define ODD2 0xd6e8feb86659fd93ULL

uint64_t
hash_seed(void)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        msg_fatal(STATUS_FAILED, "the system gives no random numbers");
    return seed;
}

/* The 128-bit product folded to 64 bits: every bit of both factors reaches every bit. */
static uint64_t
fold(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = a;

    product *= b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
load8(const char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return word;
}

static uint64_t
load4(const char *bytes)
{
    uint32_t word;

    memcpy(&word, bytes, sizeof word);
    return word;
}

/* 1 to 8 bytes as a number: reads that overlap, for a copy of unknown length is a call. */
static uint64_t
load_short(const char *bytes, size_t n)
{
    if (n >= 4)
        return load4(bytes) | load4(bytes + n - 4) << 32;
    return (uint64_t)(unsigned char)bytes[0] | (uint64_t)(unsigned char)bytes[n / 2] << 8 |
           (uint64_t)(unsigned char)bytes[n - 1] << 16;
}

uint64_t
hash_bytes(uint64_t seed, struct slice bytes)
{
    const char *p = bytes.data;
    size_t left = bytes.length;
    uint64_t secret =
        fold(seed ^ ODD1, ODD2); /* data that meets a factor of 0 cannot be prepared */
    uint64_t state = seed ^ fold(bytes.length ^ ODD2, ODD1);

    for (; left >= 16; p += 16, left -= 16)
        state = fold(load8(p) ^ secret, load8(p + 8) ^ state) + ODD2;
    if (left > 8) {
        state = fold(load8(p) ^ secret, load8(p + left - 8) ^ state);
    } else if (left > 0) {
        state = fold(load_short(p, left) ^ secret, state ^ ODD2);
    }
    return fold(state ^ ODD2, seed ^ ODD1);
}

uint64_t
hash_number(uint64_t number)
{
    number ^= ODD1;
    number ^= number >> 32;
    number *= ODD2;
    number ^= number >> 29;
    number *= ODD1;
    return number ^ number >> 32;
}

/* The inverse of an odd factor modulo 2^64, by Newton's iteration: each step doubles the right
 * bits. */
static uint64_t
inverse(uint64_t odd)
{
    uint64_t x = odd;

    for (int i = 0; i < 5; i++)
        x *= 2 - odd * x;
    return x;
}

uint64_t
hash_number_back(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= inverse(ODD1);
    hash ^= hash >> 29 ^ hash >> 58;
    hash *= inverse(ODD2);
    hash ^= hash >> 32;
    return hash ^ ODD1;
}
