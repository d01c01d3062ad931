/* Values for unique columns while rows exchange theirs. */
#include "parksql.h"

#include "unit.h"

static const struct {
    const char *word, *type;
    int length;
    const char *want;
} cases[] = {
    {"null", "integer", 0, "NULL"},
    {"number", "smallint", 0,
        "(COALESCE((SELECT pg_catalog.max(q.v) FROM (VALUES) q(v)), '0') + (m.n))::smallint"},
    {"day", "date", 0,
        "(COALESCE((SELECT pg_catalog.max(q.v) FILTER (WHERE pg_catalog.isfinite(q.v)) FROM "
        "(VALUES) q(v)), '2000-01-01') + (m.n)::pg_catalog.int4)::date"},
    {"time", "timestamp with time zone", 0,
        "(COALESCE((SELECT pg_catalog.max(q.v) FILTER (WHERE pg_catalog.isfinite(q.v)) FROM "
        "(VALUES) q(v)), '2000-01-01') + (m.n) * '1 second'::pg_catalog.interval)::timestamp with "
        "time zone"},
    {"text", "text", 0, "((pg_catalog.md5('pgbraid ' || (m.n)::pg_catalog.text)))::text"},
    {"text", "character varying(20)", 20,
        "(pg_catalog.left(pg_catalog.md5('pgbraid ' || (m.n)::pg_catalog.text), 20))::character "
        "varying(20)"},
    {"letters", "character(2)", 2,
        "(pg_catalog.left(pg_catalog.chr((57344 + (m.n) / 1 % 6400)::pg_catalog.int4) || "
        "pg_catalog.chr((57344 + (m.n) / 6400 % 6400)::pg_catalog.int4) || "
        "pg_catalog.chr((57344 + (m.n) / 40960000 % 6400)::pg_catalog.int4), 2))::character(2)"},
    {"uuid", "uuid", 0, "(pg_catalog.md5('pgbraid ' || (m.n)::pg_catalog.text))::uuid"},
    {"bytes", "bytea", 0,
        "(pg_catalog.decode(pg_catalog.md5('pgbraid ' || (m.n)::pg_catalog.text), 'hex'))::bytea"},
};

START_TEST(a_row_has_a_value_of_nobodys)
{
    struct parksql_column column = {.type = (char *)cases[_i].type, .length = cases[_i].length};
    struct buf out = {0};

    ck_assert(parksql_way_parse(cases[_i].word, &column.way));
    parksql_value(&column, "m.n", "VALUES", &out);
    unit_slice_is(buf_slice(&out), cases[_i].want);
    buf_release(&out);
}
END_TEST

START_TEST(other_words_are_none)
{
    enum parksql_way way;

    ck_assert(!parksql_way_parse("", &way));
    ck_assert(!parksql_way_parse("numbers", &way));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("parksql");

    tcase_add_loop_test(tests, a_row_has_a_value_of_nobodys, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tests, other_words_are_none);
    return unit_run(tests);
}
