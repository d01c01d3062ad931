#include "tarhead.h"

#include "number.h"

/* Where the fields stand. */
enum {
    NAME = 0,
    SIZE = 124,
    CHECKSUM = 148,
    TYPE = 156,
    MAGIC = 257,
    PREFIX = 345,
};

/* A field that ends at a zero byte or when it is full. */
static struct slice
field(struct slice bytes, size_t at, size_t length)
{
    return slice_make(bytes.data + at, strnlen(bytes.data + at, length));
}

/* Octal digits between blanks; false when there are others, or none. */
static bool
octal(struct slice text, uint64_t *value)
{
    const char *p = text.data, *end = p + text.length;
    bool some = false;

    *value = 0;
    while (p < end && *p == ' ')
        p++;
    for (; p < end && *p >= '0' && *p <= '7'; p++) {
        if (*value >> 60 != 0)
            return false;
        *value = *value << 3 | (uint64_t)(*p - '0');
        some = true;
    }
    while (p < end && *p == ' ')
        p++;
    return some && p == end;
}

/* GNU tar writes what is too large for octal digits in binary, behind a byte of 0x80. */
static bool
parse_size(struct slice bytes, uint64_t *size)
{
    const unsigned char *p = (const unsigned char *)bytes.data + SIZE;

    if (*p < 0x80)
        return octal(field(bytes, SIZE, 12), size);
    *size = 0;
    for (int i = 1; i < 12; i++) {
        if (*size >> 55 != 0)
            return false;
        *size = *size << 8 | p[i];
    }
    return *p == 0x80;
}

/* The sum of all bytes, the checksum's own taken for blanks; old writers summed signed bytes. */
static bool
has_checksum(struct slice bytes)
{
    uint64_t want, sum = 0;
    int64_t signed_sum = 0;

    if (!octal(field(bytes, CHECKSUM, 8), &want))
        return false;
    for (size_t i = 0; i < TARHEAD_SIZE; i++) {
        char byte = i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : bytes.data[i];

        sum += (unsigned char)byte;
        signed_sum += (signed char)byte;
    }
    return sum == want || signed_sum == (int64_t)want;
}

bool
tarhead_recognizes(struct slice bytes)
{
    return bytes.length >= TARHEAD_SIZE && has_checksum(bytes) &&
           memcmp(bytes.data + MAGIC, "ustar", 5) == 0;
}

bool
tarhead_is_end(struct slice bytes)
{
    for (size_t i = 0; i < TARHEAD_SIZE; i++)
        if (bytes.data[i] != '\0')
            return false;
    return true;
}

static enum tarhead_type
type_of(char type)
{
    switch (type) {
    case '\0':
    case '0':
    case '7':
        return TARHEAD_FILE;
    case '1':
    case '2':
        return TARHEAD_LINK;
    case '5':
        return TARHEAD_FOLDER;
    case 'L':
        return TARHEAD_LONG_NAME;
    case 'x':
        return TARHEAD_EXTENDED;
    case 'g':
    case 'K':
        return TARHEAD_SKIPPED;
    default:
        return TARHEAD_SPECIAL;
    }
}

/* GNU's format has no prefix; its magic ends in a blank. */
static void
set_name(struct tarhead *head, struct slice bytes)
{
    struct slice name = field(bytes, NAME, 100), prefix = field(bytes, PREFIX, 155);
    size_t n = 0;

    if (bytes.data[MAGIC + 5] == '\0' && prefix.length > 0) {
        memcpy(head->name, prefix.data, prefix.length);
        n = prefix.length;
        head->name[n++] = '/';
    }
    memcpy(head->name + n, name.data, name.length);
    head->name[n + name.length] = '\0';
}

bool
tarhead_parse(struct slice bytes, struct tarhead *head, const char **reason)
{
    *head = (struct tarhead){0};
    *reason = "a header of tar is damaged";
    if (!tarhead_recognizes(bytes))
        return false;
    head->type = type_of(bytes.data[TYPE]);
    set_name(head, bytes);
    *reason = "a header of tar has an impossible size";
    return parse_size(bytes, &head->size);
}

/* Takes "LENGTH KEY=VALUE\n" from the front, where LENGTH is that of all of it. */
static bool
take_record(struct slice *records, struct slice *key, struct slice *value)
{
    const char *blank = memchr(records->data, ' ', records->length), *equals, *end;
    int64_t length;

    if (blank == NULL ||
        !number_parse(slice_make(records->data, (size_t)(blank - records->data)), &length) ||
        length < 0 || (uint64_t)length > records->length || length <= blank + 1 - records->data)
        return false;
    end = records->data + length;
    equals = memchr(blank + 1, '=', (size_t)(end - blank - 1));
    if (equals == NULL || end[-1] != '\n')
        return false;
    *key = slice_make(blank + 1, (size_t)(equals - blank - 1));
    *value = slice_make(equals + 1, (size_t)(end - equals - 2));
    *records = slice_make(end, records->length - (size_t)length);
    return true;
}

bool
tarhead_parse_extended(struct slice records, struct slice *name, uint64_t *size)
{
    struct slice key, value;
    int64_t number;

    *name = (struct slice){0};
    while (records.length > 0) {
        if (!take_record(&records, &key, &value))
            return false;
        if (slice_is(key, "path"))
            *name = value;
        if (!slice_is(key, "size"))
            continue;
        if (!number_parse(value, &number) || number < 0)
            return false;
        *size = (uint64_t)number;
    }
    return true;
}
