/* DATABASE_URL as applications write it, and as libpq wants it. */
#include "unit.h"

#include "dburl.h"

static const struct {
    const char *url, *clean; /* NULL: refused */
} urls[] = {
    {"postgresql://h/d", "postgresql://h/d"},
    {"postgres://u:p%40@h:1/d", "postgresql://u:p%40@h:1/d"},
    {"postgresql+psycopg2://h/d", "postgresql://h/d"},
    {"postgresql://h/d?schema=public", "postgresql://h/d"},
    {"postgresql://h/d?schema=public&sslmode=require&pgbouncer=true&connect_timeout=3",
        "postgresql://h/d?sslmode=require&connect_timeout=3"},
    {"postgresql://h/d?serverVersion=15&charset=utf8", "postgresql://h/d"},
    {"postgresql://h/d?", "postgresql://h/d"},
    {"postgresql:///d?host=/tmp", "postgresql:///d?host=/tmp"},
    {"postgresql://u:p@ss@h/d", NULL},
    {"postgresql://u:pa/ss@h/d", NULL},
    {"postgresql://u:pa?ss@h/d", NULL},
    {"postgresql://u:pa%ss@h/d", NULL},
    {"postgresql://h/d%4", NULL},
    {"mysql://h/d", NULL},
    {"h/d", NULL},
};

START_TEST(a_url_is_made_libpqs_or_refused)
{
    struct buf out = {0};
    const char *reason = NULL;

    ck_assert_int_eq(dburl_clean(urls[_i].url, &out, &reason), urls[_i].clean != NULL);
    if (urls[_i].clean != NULL)
        unit_slice_is(buf_slice(&out), urls[_i].clean);
    else
        ck_assert_msg(strstr(reason, "ss@h") == NULL, "%s", reason);
}
END_TEST

static const struct {
    const char *url, *schema; /* NULL: none */
} schemas[] = {
    {"postgresql://h/d", NULL},
    {"postgresql://h/schema=x", NULL},
    {"postgresql://h/d?schema=", NULL},
    {"postgresql://h/d?myschema=x", NULL},
    {"postgresql://h/d?schema=app", "app"},
    {"postgresql://h/d?sslmode=require&schema=My%20%22App%22&pgbouncer=true", "My \"App\""},
    {"postgresql://h/d?schema=%c3%A9", "\303\251"},
};

START_TEST(prismas_schema_is_decoded)
{
    struct buf out = {0};

    ck_assert_int_eq(dburl_schema(schemas[_i].url, &out), schemas[_i].schema != NULL);
    unit_slice_is(buf_slice(&out), schemas[_i].schema != NULL ? schemas[_i].schema : "");
}
END_TEST

START_TEST(other_texts_are_no_urls)
{
    ck_assert(!dburl_is_url("app") && !dburl_is_url("host=h dbname=d"));
    ck_assert(!dburl_is_url("dbname=postgres://") && !dburl_is_url("postgresx://h"));
    ck_assert(dburl_is_url("postgres://") && dburl_is_url("postgresql+asyncpg://h"));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("dburl");

    tcase_add_loop_test(
        tests, a_url_is_made_libpqs_or_refused, 0, (int)(sizeof urls / sizeof urls[0]));
    tcase_add_loop_test(
        tests, prismas_schema_is_decoded, 0, (int)(sizeof schemas / sizeof schemas[0]));
    tcase_add_test(tests, other_texts_are_no_urls);
    return unit_run(tests);
}
