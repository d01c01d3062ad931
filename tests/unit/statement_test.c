/* What statements are for. */
#include "unitlex.h"

#include "statement.h"

static const struct {
    const char *script;
    enum statement_kind kind;
} statements[] = {
    {"", STATEMENT_SCHEMA},
    {"COPY public.t (a) FROM stdin", STATEMENT_COPY},
    {"INSERT INTO t VALUES (1)", STATEMENT_INSERT},
    {"SET search_path = ''", STATEMENT_SETTING},
    {"SET transaction_timeout = 0", STATEMENT_IDLE},
    {"SET SESSION AUTHORIZATION 'x'", STATEMENT_OWNER},
    {"RESET SESSION AUTHORIZATION", STATEMENT_OWNER},
    {"SELECT pg_catalog.set_config('search_path', '', false)", STATEMENT_SETTING},
    {"SELECT pg_catalog.setval('s', 1, true)", STATEMENT_SETVAL},
    {"select setval ('s', 1)", STATEMENT_SETVAL},
    {"SELECT pg_catalog.lo_create('1')", STATEMENT_DATA},
    {"SELECT public.setval('s', 1)", STATEMENT_SCHEMA},
    {"SELECT setvals()", STATEMENT_SCHEMA},
    {"BEGIN", STATEMENT_TRANSACTION},
    {"COMMIT", STATEMENT_TRANSACTION},
    {"END", STATEMENT_TRANSACTION},
    {"START TRANSACTION READ ONLY", STATEMENT_TRANSACTION},
    {"COMMIT PREPARED 'x'", STATEMENT_ABORT},
    {"ROLLBACK", STATEMENT_ABORT},
    {"ABORT", STATEMENT_ABORT},
    {"PREPARE TRANSACTION 'x'", STATEMENT_ABORT},
    {"PREPARE p AS SELECT 1", STATEMENT_SCHEMA},
    {"CREATE DATABASE x", STATEMENT_DATABASE},
    {"ALTER DATABASE x OWNER TO y", STATEMENT_DATABASE},
    {"COMMENT ON DATABASE x IS 'y'", STATEMENT_DATABASE},
    {"GRANT ALL ON DATABASE x TO y", STATEMENT_DATABASE},
    {"COMMENT ON EXTENSION x IS 'y'", STATEMENT_IDLE},
    {"COMMENT ON TABLE x IS 'on database'", STATEMENT_SCHEMA},
    {"CREATE SCHEMA x", STATEMENT_NEW_SCHEMA},
    {"CREATE SCHEMA \"if\"", STATEMENT_NEW_SCHEMA},
    {"CREATE SCHEMA IF NOT EXISTS x", STATEMENT_SCHEMA},
    {"CREATE TABLE \"copy\" (a integer)", STATEMENT_SCHEMA},
    {"\"copy\" public.t FROM stdin", STATEMENT_SCHEMA},
    {"ALTER TABLE public.t OWNER TO x", STATEMENT_OWNER},
    {"ALTER FUNCTION f(a integer, b integer, c integer, owner to text) OWNER TO x",
        STATEMENT_OWNER},
    {"ALTER TABLE ONLY public.t ADD CONSTRAINT \"owner to\" PRIMARY KEY (id)", STATEMENT_SCHEMA},
    {"ALTER TABLE ONLY public.owner ADD CONSTRAINT a PRIMARY KEY (id)", STATEMENT_SCHEMA},
    {"ALTER DEFAULT PRIVILEGES FOR ROLE x GRANT ALL ON TABLES TO y", STATEMENT_GRANT},
    {"GRANT SELECT ON TABLE public.t TO x", STATEMENT_GRANT},
    {"REVOKE ALL ON FUNCTION public.f(a integer, b integer, c integer) FROM PUBLIC",
        STATEMENT_GRANT},
    {"REFRESH MATERIALIZED VIEW public.v", STATEMENT_REFRESH},
    {"DO $$ COMMIT $$", STATEMENT_SCHEMA},
};

START_TEST(a_statement_is_of_its_kind)
{
    struct unitlex all;
    enum statement_kind kind = STATEMENT_UNDECIDED;

    unitlex_statement(&all, statements[_i].script);
    ck_assert_int_eq(statement_kind(all.tokens, all.n, STATEMENT_WHOLE), (int)statements[_i].kind);
    /* What is decided before the end is decided alike. */
    for (size_t n = 0; n <= all.n && kind == STATEMENT_UNDECIDED; n++)
        kind = statement_kind(all.tokens, n, STATEMENT_PART);
    if (kind != STATEMENT_UNDECIDED)
        ck_assert_int_eq(kind, (int)statements[_i].kind);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("statement");

    tcase_add_loop_test(
        tests, a_statement_is_of_its_kind, 0, (int)(sizeof statements / sizeof statements[0]));
    return unit_run(tests);
}
