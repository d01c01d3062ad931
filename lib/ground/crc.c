#include "crc.h"

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

uint32_t
crc_add(uint32_t crc, const char *bytes, size_t length)
{
#ifdef HAVE_LIBDEFLATE
    return libdeflate_crc32(crc, bytes, length);
#else
    return (uint32_t)crc32_z(crc, (const unsigned char *)bytes, length);
#endif
}
