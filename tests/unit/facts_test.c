#include "facts.h"

#include "unit.h"

static const char *const good[] = {
    "table\tpublic.a\tpartitioned",
    "table\tpublic.a\ttable\tpublic.b\tpublic.c",
    "partition-key\tpublic.a\tRANGE (day, ((a || '\\n')))",
    "partition-bound\tpublic.a\tFOR VALUES IN ('x', NULL)",
    "key\tpublic.a\tk\tunique\t(a, \"B c\")\tyes\tno",
    "reference\tpublic.a\tr\t(a)\tpublic.b\t(id)\tyes",
    "check\tpublic.a\tc\t(a > '\\\\n')",
    "column\tpublic.a\ta\tinteger\tyes\tnextval('s'::regclass)\tno\tno\tpublic.s",
    "column\tpublic.a\ta\ttext\tno\t\\N\talways\tyes\t\\N",
};

/* Facts of tables are written behind their table record. */
START_TEST(facts_of_tables_round_trip)
{
    struct schema schema = {0};
    struct buf out = {0}, want = {0};
    char *reason;

    if (strncmp(good[_i], "table", 5) != 0) {
        ck_assert(facts_parse(&schema, SLICE("table\tpublic.a\ttable"), &reason));
        buf_add_string(&want, "table\tpublic.a\ttable\n");
    }
    ck_assert(facts_parse(&schema, slice_string(good[_i]), &reason));
    buf_add_format(&want, "%s\n", good[_i]);
    facts_format(&schema, &out);
    unit_slice_is(buf_slice(&out), buf_string(&want));
}
END_TEST

static const char *const others[] = {
    "enum\tpublic.e\ta\tb c\tit's",
    "enum\tpublic.e",
    "domain\tpublic.d\tinteger\tyes",
    "sequence\tpublic.s\t-5\tyes\tpublic.a.id",
    "sequence\tpublic.s\t1\tno\t\\N",
    "data\tpublic.a\tcopy\t3\t120\ta\tB c",
};

START_TEST(other_facts_round_trip)
{
    struct schema schema = {0};
    struct buf out = {0}, want = {0};
    char *reason;

    ck_assert(facts_parse(&schema, slice_string(others[_i]), &reason));
    facts_format(&schema, &out);
    buf_add_format(&want, "%s\n", others[_i]);
    unit_slice_is(buf_slice(&out), buf_string(&want));
}
END_TEST

static const struct {
    const char *record, *reason;
} bad[] = {
    {"table\tpublic.a", "table record: too few fields"},
    {"table\tpublic.a\tchair", "table record: unknown word \"chair\""},
    {"column\tpublic.a\ta\tint\tmaybe\t\\N\tno\tno\t\\N", "column record: unknown word \"maybe\""},
    {"key\tpublic.a\tk\tunique\ta, b\tno\tno", "key record: not a list of columns: \"a, b\""},
    {"sequence\tpublic.s\tx\tno\t\\N", "sequence record: not a number: \"x\""},
    {"check\tpublic.a\tc\t\\N", "check record: a field that must have a value has none"},
    {"check\tpublic.a\tc\tx\\", "check record: a field ends in a backslash"},
};

START_TEST(malformed_facts_are_refused_with_a_reason)
{
    struct schema schema = {0};
    char *reason;

    ck_assert(!facts_parse(&schema, slice_string(bad[_i].record), &reason));
    ck_assert_str_eq(reason, bad[_i].reason);
}
END_TEST

START_TEST(unknown_facts_are_left_aside)
{
    struct schema schema = {0};
    char *reason;

    ck_assert(facts_parse(&schema, SLICE("moon\tfull"), &reason));
    ck_assert(facts_parse(&schema, SLICE(""), &reason));
    ck_assert_uint_eq(schema.n_tables, 0);
}
END_TEST

START_TEST(data_keep_the_order_of_the_backup)
{
    struct schema schema = {0};
    struct buf out = {0};
    char *reason;

    ck_assert(facts_parse(&schema, SLICE("table\tpublic.a\ttable"), &reason));
    ck_assert(facts_parse(&schema, SLICE("table\tpublic.b\ttable"), &reason));
    ck_assert(facts_parse(&schema, SLICE("data\tpublic.b\tcopy\t1\t2"), &reason));
    ck_assert(facts_parse(&schema, SLICE("data\tpublic.a\tinsert\t1\t2"), &reason));
    facts_format(&schema, &out);
    unit_slice_is(buf_slice(&out), "table\tpublic.a\ttable\ntable\tpublic.b\ttable\n"
                                   "data\tpublic.b\tcopy\t1\t2\ndata\tpublic.a\tinsert\t1\t2\n");
}
END_TEST

/* A table of which nothing else is known is written before what is wrong with it. */
START_TEST(damage_round_trips)
{
    struct schema schema = {0};
    struct buf out = {0};
    char *reason;

    ck_assert(facts_parse(&schema, SLICE("damaged\tpublic.a\tit is cut"), &reason));
    ck_assert_str_eq(schema.tables[0].damage, "it is cut");
    facts_format(&schema, &out);
    unit_slice_is(buf_slice(&out), "table\tpublic.a\ttable\ndamaged\tpublic.a\tit is cut\n");
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

int
main(void)
{
    TCase *tests = unit_case("facts");

    tcase_add_loop_test(tests, facts_of_tables_round_trip, 0, COUNT(good));
    tcase_add_loop_test(tests, other_facts_round_trip, 0, COUNT(others));
    tcase_add_loop_test(tests, malformed_facts_are_refused_with_a_reason, 0, COUNT(bad));
    tcase_add_test(tests, unknown_facts_are_left_aside);
    tcase_add_test(tests, damage_round_trips);
    tcase_add_test(tests, data_keep_the_order_of_the_backup);
    return unit_run(tests);
}
