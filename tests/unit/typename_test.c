#include "typename.h"

#include "unitlex.h"

static const struct {
    const char *written, *printed;
} cases[] = {
    {"int", "integer"},
    {"INT4", "integer"},
    {"int2", "smallint"},
    {"bigint", "bigint"},
    {"pg_catalog.int8", "bigint"},
    {"\"int4\"", "integer"},
    {"int[3]", "integer[]"},
    {"int[][]", "integer[]"},
    {"text ARRAY[4]", "text[]"},
    {"varchar", "character varying"},
    {"varchar(30)", "character varying(30)"},
    {"character varying(30)", "character varying(30)"},
    {"character varying(30)[]", "character varying(30)[]"},
    {"char", "character(1)"},
    {"character(5)", "character(5)"},
    {"national character varying(3)", "character varying(3)"},
    {"bpchar", "bpchar"},
    {"bpchar(4)", "character(4)"},
    {"\"char\"", "\"char\""},
    {"bit", "bit(1)"},
    {"bit varying", "bit varying"},
    {"bit varying(8)", "bit varying(8)"},
    {"decimal", "numeric"},
    {"numeric(10)", "numeric(10,0)"},
    {"numeric(10, 2)", "numeric(10,2)"},
    {"float", "double precision"},
    {"float(24)", "real"},
    {"float(25)", "double precision"},
    {"double precision", "double precision"},
    {"timestamptz(3)", "timestamp(3) with time zone"},
    {"timestamp", "timestamp without time zone"},
    {"timestamp(3) without time zone", "timestamp(3) without time zone"},
    {"time with time zone", "time with time zone"},
    {"timetz", "time with time zone"},
    {"interval", "interval"},
    {"interval year to month", "interval year to month"},
    {"interval day to second(3)", "interval day to second(3)"},
    {"interval(3)", "interval(3)"},
    {"bool", "boolean"},
    {"uuid", "uuid"},
    {"public.mood", "public.mood"},
    {"mood", "app.mood"},
    {"\"Mood\"[]", "app.\"Mood\"[]"},
    {"public.geometry(Point,4326)", "public.geometry(Point,4326)"},
    {"public.\"order\"", "public.\"order\""},
};

START_TEST(types_are_printed_as_format_type_does)
{
    struct unitlex statement;
    struct tokens tokens;
    struct typename type;

    unitlex_statement(&statement, cases[_i].written);
    tokens = (struct tokens){statement.tokens, statement.n};
    ck_assert(typename_parse(&tokens, "app", &type));
    ck_assert_str_eq(type.text, cases[_i].printed);
    ck_assert(tokens_at_end(&tokens));
    ck_assert(!type.serial);
}
END_TEST

START_TEST(serial_types_are_integers_with_a_sequence)
{
    struct unitlex statement;
    struct tokens tokens;
    struct typename type;

    unitlex_statement(&statement, "bigserial PRIMARY KEY");
    tokens = (struct tokens){statement.tokens, statement.n};
    ck_assert(typename_parse(&tokens, "public", &type));
    ck_assert(type.serial);
    ck_assert_str_eq(type.text, "bigint");
    ck_assert(tokens_peek(&tokens, 0, "primary"));
}
END_TEST

START_TEST(what_is_no_name_is_no_type)
{
    struct unitlex statement;
    struct tokens tokens;
    struct typename type;

    unitlex_statement(&statement, "(1)");
    tokens = (struct tokens){statement.tokens, statement.n};
    ck_assert(!typename_parse(&tokens, "public", &type));
    tokens.n = 0;
    ck_assert(!typename_parse(&tokens, "public", &type));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("typename");

    tcase_add_loop_test(
        tests, types_are_printed_as_format_type_does, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tests, serial_types_are_integers_with_a_sequence);
    tcase_add_test(tests, what_is_no_name_is_no_type);
    return unit_run(tests);
}
