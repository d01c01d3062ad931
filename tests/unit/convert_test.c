/* Which types convert. */
#include "unit.h"

#include "convert.h"

static const struct {
    const char *from, *to;
    enum convert_result result;
} pairs[] = {
    {"integer", "integer", CONVERT_SAME},
    {"integer", "bigint", CONVERT_POSSIBLE},
    {"bigint", "smallint", CONVERT_POSSIBLE},
    {"numeric(10,2)", "numeric(12,4)", CONVERT_POSSIBLE},
    {"double precision", "numeric", CONVERT_POSSIBLE},
    {"character varying(10)", "text", CONVERT_POSSIBLE},
    {"text", "character(3)", CONVERT_POSSIBLE},
    {"integer", "text", CONVERT_POSSIBLE},
    {"text", "integer", CONVERT_NOT},
    {"timestamp(3) without time zone", "timestamp with time zone", CONVERT_POSSIBLE},
    {"date", "timestamp without time zone", CONVERT_POSSIBLE},
    {"date", "time without time zone", CONVERT_NOT},
    {"json", "jsonb", CONVERT_POSSIBLE},
    {"text", "jsonb", CONVERT_NOT},
    {"public.mood", "text", CONVERT_POSSIBLE},
    {"text", "public.mood", CONVERT_POSSIBLE},
    {"integer", "public.mood", CONVERT_NOT},
    {"public.email", "text", CONVERT_POSSIBLE},
    {"public.count", "bigint", CONVERT_POSSIBLE},
    {"public.count", "uuid", CONVERT_NOT},
    {"integer[]", "bigint[]", CONVERT_POSSIBLE},
    {"integer[]", "integer", CONVERT_NOT},
    {"integer[]", "text", CONVERT_POSSIBLE},
    {"text", "text[]", CONVERT_NOT},
    {"uuid", "bytea", CONVERT_NOT},
    {"public.citext", "extensions.citext", CONVERT_POSSIBLE},
    {"public.geometry(Point,4326)", "gis.geometry(Point,4326)", CONVERT_POSSIBLE},
};

START_TEST(types_of_a_family_convert)
{
    struct schema schema = {0};

    schema_add_name(&schema_add_enum(&schema, "public.mood")->labels, "sad");
    schema_add_domain(&schema, "public.email")->base = (char *)(uintptr_t) "character varying(9)";
    schema_add_domain(&schema, "public.small")->base = (char *)(uintptr_t) "smallint";
    schema_add_domain(&schema, "public.count")->base = (char *)(uintptr_t) "public.small";
    ck_assert_msg(convert_check(&schema, pairs[_i].from, &schema, pairs[_i].to) == pairs[_i].result,
        "%s to %s", pairs[_i].from, pairs[_i].to);
}
END_TEST

static const struct {
    const char *from, *to, *loss;
} losses[] = {
    {"numeric(12,4)", "numeric(8,2)", "are rounded to 2 digits after the point"},
    {"numeric", "numeric(8,1)", "are rounded to 1 digit after the point"},
    {"double precision", "numeric(8)", "are rounded to 0 digits after the point"},
    {"numeric(12,4)[]", "numeric(8,2)[]", "are rounded to 2 digits after the point"},
    {"numeric(12,4)", "public.price", "are rounded to 2 digits after the point"},
    {"public.price", "numeric(12,4)", NULL},
    {"numeric(8,2)", "numeric(12,4)", NULL},
    {"numeric(8,2)", "numeric", NULL},
    {"integer", "numeric(8,0)", NULL},
    {"numeric(8,2)", "integer", NULL}, /* refused */
    {"double precision", "real", "are rounded to some 6 digits"},
    {"timestamp without time zone", "timestamp(0) without time zone",
        "are rounded to 0 digits of a second"},
    {"timestamp(3) without time zone", "timestamp with time zone", "are taken for times of UTC"},
    {"timestamp with time zone", "timestamp(3) without time zone", "become times of UTC"},
    {"time with time zone[]", "time without time zone[]", "become times of UTC"},
    {"timestamp(3) with time zone", "timestamp with time zone", NULL},
    {"time(3) without time zone", "time(0) without time zone",
        "are rounded to 0 digits of a second"},
    {"timestamp with time zone", "date", "become dates of UTC, and lose their time of day"},
    {"timestamp without time zone", "date", "lose their time of day"},
    {"date", "timestamp(0) without time zone", NULL},
    {"character varying(9)", "text", NULL},
    {"numeric(12,4)", "text", NULL},
};

START_TEST(what_values_lose_is_said)
{
    struct schema schema = {0};
    char *loss;

    schema_add_domain(&schema, "public.price")->base = (char *)(uintptr_t) "numeric(8,2)";
    loss = convert_loss(&schema, losses[_i].from, &schema, losses[_i].to);
    ck_assert_msg(
        losses[_i].loss == NULL ? loss == NULL : loss != NULL && strcmp(loss, losses[_i].loss) == 0,
        "%s to %s: %s", losses[_i].from, losses[_i].to, loss != NULL ? loss : "nothing");
    free(loss);
}
END_TEST

START_TEST(a_zone_is_dropped_where_only_the_backup_has_one)
{
    struct schema schema = {0};

    schema_add_domain(&schema, "public.moment")->base =
        (char *)(uintptr_t) "timestamp(3) with time zone";
    ck_assert(convert_drops_zone(&schema, "public.moment", &schema, "timestamp without time zone"));
    ck_assert(convert_drops_zone(&schema, "timestamp with time zone", &schema, "date"));
    ck_assert(
        convert_drops_zone(&schema, "time(3) with time zone", &schema, "time without time zone"));
    ck_assert(!convert_drops_zone(&schema, "timestamp with time zone", &schema, "text"));
    ck_assert(!convert_drops_zone(&schema, "date", &schema, "public.moment"));
    ck_assert(!convert_drops_zone(&schema, "date", &schema, "timestamp without time zone"));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("convert");

    tcase_add_loop_test(tests, types_of_a_family_convert, 0, (int)(sizeof pairs / sizeof pairs[0]));
    tcase_add_loop_test(
        tests, what_values_lose_is_said, 0, (int)(sizeof losses / sizeof losses[0]));
    tcase_add_test(tests, a_zone_is_dropped_where_only_the_backup_has_one);
    return unit_run(tests);
}
