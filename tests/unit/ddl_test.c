#include "ddl.h"

#include "facts.h"
#include "unitlex.h"

/* The facts that a script leaves behind; malloc'd. */
static char *
facts_of(const char *script)
{
    struct unitlex *statement = malloc(sizeof *statement);
    struct schema schema = {0};
    struct ddl ddl;
    struct buf facts = {0};

    ddl_init(&ddl, &schema);
    while (*script != '\0') {
        script = unitlex_statement(statement, script);
        if (ddl_wants(statement->tokens, statement->n) == DDL_WANTED)
            ddl_apply(&ddl, statement->tokens, statement->n);
    }
    ddl_finish(&ddl);
    facts_format(&schema, &facts);
    free(statement);
    return strdup(buf_string(&facts));
}

/* Scripts, and lines that the facts must hold (or, after a '!', must not). */
static const struct {
    const char *script;
    const char *lines[8];
} cases[] = {
    {"CREATE TABLE a (id serial PRIMARY KEY, n varchar(3) DEFAULT 'x'::text NOT NULL)",
        {"table\tpublic.a\ttable\n",
            "column\tpublic.a\tid\tinteger\tyes\tnextval('public.a_id_seq'::regclass)"
            "\tno\tno\tpublic.a_id_seq\n",
            "column\tpublic.a\tn\tcharacter varying(3)\tyes\t'x'::text\tno\tno\t\\N\n",
            "key\tpublic.a\ta_pkey\tprimary\t(id)\tno\tno\n",
            "sequence\tpublic.a_id_seq\t1\tno\tpublic.a.id\n"}},
    {"CREATE TABLE p (k int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p ON DELETE SET NULL "
     "DEFERRABLE INITIALLY DEFERRED, q int UNIQUE, FOREIGN KEY (q) REFERENCES p (k))",
        {"reference\tpublic.c\tc_p_fkey\t(p)\tpublic.p\t(k)\tyes\n",
            "reference\tpublic.c\tc_q_fkey\t(q)\tpublic.p\t(k)\tno\n",
            "key\tpublic.c\tc_q_key\tunique\t(q)\tno\tno\n"}},
    {"CREATE TABLE a (x int, y int); ALTER TABLE ONLY public.a ADD CONSTRAINT k UNIQUE NULLS NOT "
     "DISTINCT (x, y), ALTER COLUMN x SET NOT NULL, ADD CHECK (x > 0)",
        {"key\tpublic.a\tk\tunique\t(x, y)\tyes\tno\n", "column\tpublic.a\tx\tinteger\tyes\t",
            "check\tpublic.a\ta_check\t(x > 0)\n"}},
    {"CREATE TABLE a (id bigint NOT NULL, g int GENERATED ALWAYS AS (id + 1) STORED);"
     "ALTER TABLE public.a ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "
     "public.a_s START WITH 7 INCREMENT BY 1 NO MINVALUE);"
     "SELECT pg_catalog.setval('public.a_s', 9, true)",
        {"column\tpublic.a\tid\tbigint\tyes\t\\N\talways\tno\tpublic.a_s\n",
            "column\tpublic.a\tg\tinteger\tno\t(id + 1)\tno\tyes\t\\N\n",
            "sequence\tpublic.a_s\t9\tyes\tpublic.a.id\n"}},
    {"CREATE UNIQUE INDEX i ON a (x); CREATE TABLE a (x int, y text);"
     "CREATE UNIQUE INDEX j ON ONLY public.a USING btree (x DESC NULLS LAST, y text_pattern_ops) "
     "INCLUDE (x) WITH (fillfactor='70');"
     "CREATE UNIQUE INDEX e ON a (lower(y)); CREATE UNIQUE INDEX w ON a (y) WHERE x > 0;"
     "CREATE INDEX n ON a (x)",
        {"key\tpublic.a\tj\tindex\t(x, y)\tno\tno\n", "!\te\tindex", "!\tw\tindex", "!\tn\t",
            "!\ti\tindex"}},
    {"CREATE TABLE p (id int, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);"
     "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
     "CREATE TABLE p2 (d date NOT NULL, id int NOT NULL);"
     "ALTER TABLE ONLY p ATTACH PARTITION p2 DEFAULT;"
     "CREATE TABLE r (id int PRIMARY KEY);"
     "ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES r(id)",
        {"table\tpublic.p\tpartitioned\n", "table\tpublic.p1\ttable\tpublic.p\n",
            "column\tpublic.p1\tid\tinteger\tyes", "key\tpublic.p1\tp1_pkey\tprimary\t(id, d)",
            "table\tpublic.p2\ttable\tpublic.p\n", "key\tpublic.p2\tp2_pkey\tprimary\t(id, d)",
            "reference\tpublic.p2\tf\t(id)\tpublic.r\t(id)\tno\n"}},
    {"CREATE TABLE p (id int, d date) PARTITION BY RANGE (d, ((id + 1))) WITH (fillfactor = 70);"
     "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01', MINVALUE) TO ('2021-01-01',  "
     "0) "
     "PARTITION BY list (id); CREATE TABLE p2 (d date, id int); ALTER TABLE ONLY p ATTACH "
     "PARTITION "
     "p2 DEFAULT; CREATE TABLE p11 PARTITION OF p1 (id DEFAULT 3) for values in (1, NULL) "
     "TABLESPACE x;"
     "CREATE TABLE h (id int) PARTITION BY HASH (id); CREATE TABLE h1 PARTITION OF h FOR VALUES "
     "WITH "
     "(modulus 4, remainder 0); CREATE TABLE h2 PARTITION OF h FOR VALUES WITH (modulus 4, "
     "remainder "
     "1); ALTER TABLE h DETACH PARTITION h2; CREATE TABLE c (x int DEFAULT 1) INHERITS (p)",
        {"partition-key\tpublic.p\tRANGE (d, ((id + 1)))\n",
            "partition-bound\tpublic.p1\tFOR VALUES FROM ('2020-01-01', MINVALUE) TO "
            "('2021-01-01', 0)\n",
            "partition-key\tpublic.p1\tLIST (id)\n", "partition-bound\tpublic.p2\tDEFAULT\n",
            "partition-bound\tpublic.p11\tFOR VALUES IN (1, NULL)\n",
            "partition-bound\tpublic.h1\tFOR VALUES WITH (modulus 4, remainder 0)\n",
            "!partition-bound\tpublic.h2", "!partition-bound\tpublic.c"}},
    {"CREATE TABLE a (x int); CREATE TABLE b (y text) INHERITS (a); ALTER TABLE a ADD z uuid",
        {"table\tpublic.b\ttable\tpublic.a\ncolumn\tpublic.b\tx\tinteger",
            "column\tpublic.b\tz\tuuid", "!key"}},
    {"SET search_path = app, pg_catalog; CREATE TYPE mood AS ENUM ('a b', 'it''s');"
     "ALTER TYPE mood ADD VALUE 'c' BEFORE 'it''s';"
     "CREATE DOMAIN d AS integer CHECK (VALUE > 0) NOT NULL; CREATE TABLE t (m mood[], n d)",
        {"enum\tapp.mood\ta b\tc\tit's\n", "domain\tapp.d\tinteger\tyes\n",
            "column\tapp.t\tm\tapp.mood[]\t", "column\tapp.t\tn\tapp.d\t"}},
    {"CREATE TABLE \"A\"\"b\" (\"c d\" int, \"e\tf\" int, PRIMARY KEY (\"c d\", \"e\tf\"))",
        {"table\tpublic.\"A\"\"b\"\ttable\n",
            "key\tpublic.\"A\"\"b\"\tA\"b_pkey\tprimary\t(\"c d\", \"e\\tf\")"}},
    {"CREATE TABLE public.e (\n); CREATE VIEW v AS SELECT 1; CREATE MATERIALIZED VIEW m AS SELECT "
     "1;"
     "CREATE FOREIGN TABLE f (x int) SERVER s; CREATE TEMP TABLE t (x int)",
        {"table\tpublic.e\ttable\n", "table\tpublic.v\tview\n", "table\tpublic.m\tmatview\n",
            "table\tpublic.f\tforeign\ncolumn\tpublic.f\tx\t", "!public.t\t"}},
    {"DROP TABLE IF EXISTS public.z; CREATE TABLE z (x int); DROP TABLE z CASCADE; CREATE TABLE z "
     "(y "
     "int); ALTER TABLE z RENAME TO w; ALTER TABLE w RENAME COLUMN y TO q",
        {"table\tpublic.w\ttable\n", "column\tpublic.w\tq\tinteger", "!public.z", "!\tx\t"}},
    {"CREATE TABLE a (x int NOT NULL, CONSTRAINT n NOT NULL x, EXCLUDE USING gist (x WITH =), "
     "exclude "
     "text COLLATE \"C\", CONSTRAINT u UNIQUE (exclude))",
        {"column\tpublic.a\texclude\ttext\tno", "key\tpublic.a\tu\tunique\t(exclude)"}},
    {"CREATE TABLE a (x int); CREATE SEQUENCE s START WITH 5; ALTER SEQUENCE public.s OWNED BY "
     "public.a.x; ALTER TABLE ONLY a ALTER COLUMN x SET DEFAULT nextval('public.s'::regclass)",
        {"sequence\tpublic.s\t5\tno\tpublic.a.x\n",
            "\tnextval('public.s'::regclass)\tno\tno\tpublic.s\n"}},
    {"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'CREATE TABLE no (x int)'; ALTER FUNCTION "
     "f() "
     "OWNER TO x; SELECT 1; ALTER TABLE; CREATE TABLE; CREATE TABLE (; CREATE UNIQUE INDEX",
        {"!table"}},
};

START_TEST(statements_leave_their_facts)
{
    char *facts = facts_of(cases[_i].script);

    for (size_t i = 0; i < 8 && cases[_i].lines[i] != NULL; i++) {
        const char *line = cases[_i].lines[i];

        if (line[0] == '!')
            ck_assert_msg(strstr(facts, line + 1) == NULL, "%s in\n%s", line, facts);
        else
            ck_assert_msg(strstr(facts, line) != NULL, "no %s in\n%s", line, facts);
    }
    free(facts);
}
END_TEST

/* Statements with tokens left out or swapped: whatever they declare, reading it must end. */
START_TEST(broken_statements_do_no_harm)
{
    struct unitlex *statement = malloc(sizeof *statement);
    struct sqllex_token tokens[UNITLEX_MAX];
    const char *script = cases[_i].script;

    while (*script != '\0') {
        script = unitlex_statement(statement, script);
        for (size_t cut = 0; cut < statement->n; cut++) {
            struct schema schema = {0};
            struct ddl ddl;
            size_t n = 0;

            ddl_init(&ddl, &schema);
            ddl_apply(&ddl, statement->tokens, cut);
            for (size_t i = 0; i < statement->n; i++)
                if (i != cut)
                    tokens[n++] = statement->tokens[i];
            ddl_apply(&ddl, tokens, n);
            ddl_apply(&ddl, statement->tokens, statement->n);
            ddl_finish(&ddl);
        }
    }
    free(statement);
}
END_TEST

/* The last of the settings that a script makes: of dates, intervals, the time zone. */
static const struct {
    const char *script, *datestyle, *intervalstyle, *timezone;
} settings[] = {
    {"SET datestyle = 'ISO, DMY'; SET LOCAL IntervalStyle TO sql_standard", "ISO, DMY",
        "sql_standard", "UTC"},
    {"SET DateStyle TO sql, dmy; SET TIME ZONE -7", "ISO, DMY", "postgres", "-7"},
    {"SET SESSION TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE", "ISO, YMD", "postgres",
        "interval '-08:00'"},
    {"SET timezone = 'Asia/Tokyo'; SET TIME ZONE LOCAL; SET datestyle = dmy; RESET datestyle",
        "ISO, YMD", "postgres", "UTC"},
    {"SET timezone = 'Asia/Tokyo'; SET datestyle = dmy; DISCARD ALL; SET datestyle TO DEFAULT",
        "ISO, YMD", "postgres", "UTC"},
    {"SELECT pg_catalog.set_config('TimeZone', 'America/New_York', false)", "ISO, YMD", "postgres",
        "America/New_York"},
    {"SET \"datestyle\" = 'mdy'; SET timezone TO 'x;y'; SET", "ISO, MDY", "postgres", "UTC"},
};

START_TEST(settings_are_taken_from_each_way_to_say_them)
{
    struct unitlex *statement = malloc(sizeof *statement);
    const char *script = settings[_i].script;
    struct schema schema = {0};
    struct ddl ddl;

    ddl_init(&ddl, &schema);
    while (*script != '\0') {
        script = unitlex_statement(statement, script);
        if (ddl_wants(statement->tokens, statement->n) == DDL_WANTED)
            ddl_apply(&ddl, statement->tokens, statement->n);
    }
    ck_assert_str_eq(textstyle_value(&ddl.style, TEXTSTYLE_DATESTYLE), settings[_i].datestyle);
    ck_assert_str_eq(
        textstyle_value(&ddl.style, TEXTSTYLE_INTERVALSTYLE), settings[_i].intervalstyle);
    ck_assert_str_eq(textstyle_value(&ddl.style, TEXTSTYLE_TIMEZONE), settings[_i].timezone);
    free(statement);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("ddl");
    int n = sizeof cases / sizeof cases[0];

    tcase_add_loop_test(tests, statements_leave_their_facts, 0, n);
    tcase_add_loop_test(tests, broken_statements_do_no_harm, 0, n);
    tcase_add_loop_test(tests, settings_are_taken_from_each_way_to_say_them, 0,
        (int)(sizeof settings / sizeof settings[0]));
    return unit_run(tests);
}
