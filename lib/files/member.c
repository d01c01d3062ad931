#include "member.h"

#include <stdio.h>

#include "number.h"

static const struct slice suffixes[] = {
    [MEMBER_PLAIN] = {"", 0},
    [MEMBER_GZIP] = {".gz", 3},
    [MEMBER_LZ4] = {".lz4", 4},
    [MEMBER_ZSTD] = {".zst", 4},
};

void
member_format(int64_t id, enum member_packing packing, char name[MEMBER_NAME])
{
    if (id == MEMBER_TOC)
        snprintf(name, MEMBER_NAME, "toc.dat%s", suffixes[packing].data);
    else
        snprintf(name, MEMBER_NAME, "%lld.dat%s", (long long)id, suffixes[packing].data);
}

bool
member_parse(struct slice name, int64_t *id, enum member_packing *packing)
{
    const char *dot = name.length > 0 ? memchr(name.data, '.', name.length) : NULL;
    char same[MEMBER_NAME];
    struct slice stem;

    if (dot == NULL)
        return false;
    stem = slice_make(name.data, (size_t)(dot - name.data));
    *id = MEMBER_TOC;
    if (!slice_is(stem, "toc") && (!number_parse(stem, id) || *id <= 0))
        return false;
    for (int i = 0; i < MEMBER_PACKINGS; i++) {
        *packing = (enum member_packing)i;
        member_format(*id, *packing, same);
        if (slice_is(name, same))
            return true;
    }
    return false;
}
