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
load(const char *bytes, size_t n)
{
    uint64_t word = 0;

    memcpy(&word, bytes, n);
    return word;
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
        state = fold(load(p, 8) ^ secret, load(p + 8, 8) ^ state) + ODD2;
    if (left > 8) {
        state = fold(load(p, 8) ^ secret, load(p + 8, left - 8) ^ state);
    } else if (left > 0) {
        state = fold(load(p, left) ^ secret, state ^ ODD2);
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
