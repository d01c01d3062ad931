/* Which fields the live server might print otherwise. The queries: tests/server. */
#include "unit.h"

#include "canon.h"

static const struct {
    const char *type, *field;
    bool doubtful;
} fields[] = {
    {"integer", "1", false},
    {"bigint", "9223372036854775807", false},
    {"text", "any", false},
    {"text[]", "{a}", false},
    {"uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", false},
    {"jsonb", "{\"a\": 1}", false},
    {"numeric", "1.50", false},
    {"numeric(10,2)", "1.50", false},
    {"character(3)", "a  ", false},
    {"character varying(9)", "a", false},
    {"timestamp without time zone", "2024-01-01 00:00:00", false},
    {"timestamp with time zone", "2024-01-01 00:00:00+00", false},
    {"timestamp with time zone", "2024-01-01 02:00:00+02", true},
    {"timestamp with time zone", "infinity", true},
    {"timestamp with time zone", "\\N", false},
    {"timestamp(3) with time zone", "2024-01-01 02:00:00+02", true},
    {"bytea", "\\\\x00ff", false},
    {"bytea", "\\\\000", true}, /* bytea_output = escape */
    {"bytea", "", true},
    {"double precision", "0.1", false},
    {"double precision", "0.10000000000000001", true}, /* a server before 12 */
    {"real", "1.5", false},
    {"real", "0.100000001", true},
    {"money", "$1.00", true},
    {"interval", "1 day", true},
    {"public.mood", "sad", true},
    {"public.mood", "\\N", false},
    {"double precision[]", "{0.1}", true},
};

START_TEST(a_field_is_doubtful_when_its_type_prints_in_several_ways)
{
    ck_assert_msg(
        canon_is_doubtful(fields[_i].type, slice_string(fields[_i].field)) == fields[_i].doubtful,
        "%s of type %s", fields[_i].field, fields[_i].type);
}
END_TEST

START_TEST(only_the_asked_positions_of_a_row_count)
{
    struct plan_column id = {.type = (char *)(uintptr_t) "integer"};
    struct plan_column at = {.type = (char *)(uintptr_t) "timestamp with time zone"};
    const struct plan_column *columns[] = {&id, &at};
    const struct layout layout = {.columns = columns, .n = 2};
    size_t first = 0, second = 1;
    const struct slice row[] = {SLICE("1"), SLICE("2024-01-01 02:00:00+02")};

    ck_assert(!canon_row_is_doubtful(&layout, &(struct layout_positions){&first, 1}, row));
    ck_assert(canon_row_is_doubtful(&layout, &(struct layout_positions){&second, 1}, row));
    ck_assert(!canon_row_is_doubtful(&layout, &(struct layout_positions){NULL, 0}, row));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("canon");

    tcase_add_loop_test(tests, a_field_is_doubtful_when_its_type_prints_in_several_ways, 0,
        (int)(sizeof fields / sizeof fields[0]));
    tcase_add_test(tests, only_the_asked_positions_of_a_row_count);
    return unit_run(tests);
}
