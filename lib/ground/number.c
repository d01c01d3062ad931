#include "number.h"

bool
number_parse(struct slice text, int64_t *value)
{
    bool negative = text.length > 0 && text.data[0] == '-';
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX, sum = 0;
    size_t i = negative;

    if (text.length == i || text.length > i + 19)
        return false;
    for (; i < text.length; i++) {
        unsigned digit = (unsigned)(unsigned char)text.data[i] - '0';

        if (digit > 9)
            return false;
        sum = sum * 10 + digit;
    }
    if (sum > limit)
        return false;
    *value = negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

struct slice
number_format(int64_t value, char room[NUMBER_ROOM])
{
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t at = NUMBER_ROOM;

    do
        room[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (value < 0)
        room[--at] = '-';
    return slice_make(room + at, NUMBER_ROOM - at);
}

bool
number_is_type(const char *type)
{
    return type != NULL && (strcmp(type, "bigint") == 0 || strcmp(type, "integer") == 0 ||
                               strcmp(type, "smallint") == 0);
}
