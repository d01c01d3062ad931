#include "dburl.h"

#include <string.h>

/* What other libraries take from the query and libpq does not know. */
static const char *const foreign_keys[] = {
    /* Prisma, "PostgreSQL connection URLs" */
    "schema", "connection_limit", "pool_timeout", "pgbouncer", "socket_timeout", "sslaccept",
    "sslidentity", "statement_cache_size", "max_connection_lifetime",
    "max_idle_connection_lifetime", "single_use_connections",
    /* Doctrine, Rails, SQLAlchemy, JDBC and hosters */
    "serverVersion", "charset", "pool", "pool_size", "pool_pre_ping", "prepared_statements",
    "prepareThreshold", "currentSchema", "encoding", "reaping_frequency", "workaround", "supa",
    NULL};

/* Length of "postgres://", "postgresql+driver://" and the like; 0 for anything else. */
static size_t
scheme_length(const char *text)
{
    const char *end = strstr(text, "://");
    size_t n = end != NULL ? (size_t)(end - text) : 0;
    size_t name = strcspn(text, "+:");

    if (end == NULL || strcspn(text, "/@?") < n)
        return 0;
    if (!(name == 8 && strncmp(text, "postgres", 8) == 0) &&
        !(name == 10 && strncmp(text, "postgresql", 10) == 0))
        return 0;
    return n + 3;
}

bool
dburl_is_url(const char *text)
{
    return scheme_length(text) > 0;
}

static bool
is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
percents_are_good(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '%' && (!is_hex(text[1]) || !is_hex(text[2])))
            return false;
    return true;
}

static bool
is_foreign(const char *pair, size_t length)
{
    const char *equals = memchr(pair, '=', length);
    size_t n = equals != NULL ? (size_t)(equals - pair) : length;

    for (size_t i = 0; foreign_keys[i] != NULL; i++)
        if (strlen(foreign_keys[i]) == n && strncmp(foreign_keys[i], pair, n) == 0)
            return true;
    return false;
}

/* `query` is what stands behind '?'. */
static void
add_query(const char *query, struct buf *out)
{
    char separator = '?';

    while (*query != '\0') {
        size_t length = strcspn(query, "&");

        if (length > 0 && !is_foreign(query, length)) {
            buf_add_char(out, separator);
            buf_add(out, query, length);
            separator = '&';
        }
        query += length + (query[length] == '&');
    }
}

bool
dburl_clean(const char *url, struct buf *out, const char **reason)
{
    const char *rest = url + scheme_length(url);
    const char *at = strchr(rest, '@');
    size_t query = strcspn(rest, "?");

    if (rest == url) {
        *reason = "it does not start with postgresql://";
        return false;
    }
    if (at != NULL && (strchr(at + 1, '@') != NULL || strcspn(rest, "/?") < (size_t)(at - rest))) {
        *reason = "characters such as @ / ? # in a user, password or database must be "
                  "percent-encoded (@ is %40)";
        return false;
    }
    if (!percents_are_good(rest)) {
        *reason = "a percent sign is not followed by two hexadecimal digits (% itself is %25)";
        return false;
    }
    buf_add_string(out, "postgresql://");
    buf_add(out, rest, query);
    if (rest[query] == '?')
        add_query(rest + query + 1, out);
    return true;
}

static int
hex_digit(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static void
decode(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '%' && i + 2 < text.length) {
            buf_add_char(
                out, (char)(hex_digit(text.data[i + 1]) * 16 + hex_digit(text.data[i + 2])));
            i += 2;
        } else {
            buf_add_char(out, text.data[i]);
        }
    }
}

bool
dburl_schema(const char *url, struct buf *out)
{
    const char *pair = strchr(url, '?');

    while (pair != NULL && strncmp(pair + 1, "schema=", 7) != 0)
        pair = strchr(pair + 1, '&');
    if (pair == NULL || strcspn(pair + 8, "&") == 0)
        return false;
    decode(slice_make(pair + 8, strcspn(pair + 8, "&")), out);
    return true;
}
