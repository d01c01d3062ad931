/* The text of every statement, for a small layout whose names need quoting. */
#include "mergesql.h"
#include "unitlayout.h"

START_TEST(names_are_quoted_and_qualified)
{
    struct fixture f;

    make(&f);
    mergesql_table(f.table, &f.out);
    expect(&f, TABLE);
    mergesql_columns(&f.layout, &f.layout.key, "t.", &f.out);
    expect(&f, "t.\"a \"\"b\"\"\", t.\"name\"");
    mergesql_copy_in(&f.layout, &f.out);
    expect(&f, "COPY " TABLE " (" ALL ") FROM STDIN");
}
END_TEST

START_TEST(live_rows_come_with_their_ids_where_those_are_wanted)
{
    const struct layout_positions none = {0};
    struct fixture f;

    make(&f);
    mergesql_copy_out(&f.layout, &f.layout.key, MERGESQL_WITHOUT_ID, &f.out);
    expect(&f, "COPY (SELECT t.\"a \"\"b\"\"\", t.\"name\" FROM ONLY " TABLE " t) TO STDOUT");
    mergesql_copy_out(&f.layout, &f.layout.key, MERGESQL_WITH_ID, &f.out);
    expect(&f, "COPY (SELECT t.\"a \"\"b\"\"\", t.\"name\", t.\"Id\" FROM ONLY " TABLE
               " t ORDER BY t.\"Id\") TO STDOUT");
    mergesql_copy_out(&f.layout, &none, MERGESQL_WITH_ID, &f.out);
    expect(&f, "COPY (SELECT t.\"Id\" FROM ONLY " TABLE " t ORDER BY t.\"Id\") TO STDOUT");
    mergesql_copy_out_rows(&f.layout, &f.out);
    expect(&f, "COPY " TABLE " (\"Id\", \"name\", \"a \"\"b\"\"\", \"doc\", \"kept\") TO STDOUT");
    f.table->partitioned = true; /* of which there is no such COPY */
    mergesql_copy_out_rows(&f.layout, &f.out);
    expect(&f, "COPY (SELECT " ALL_T " FROM " TABLE " t) TO STDOUT");
    f.table->partitioned = false;
    f.layout.n = 0;
    mergesql_copy_out_rows(&f.layout, &f.out);
    expect(&f, "COPY (SELECT FROM ONLY " TABLE " t) TO STDOUT");
}
END_TEST

START_TEST(probes_cast_their_parameters_to_the_live_types)
{
    struct fixture f;

    make(&f);
    mergesql_probe_rows(&f.layout, &f.out);
    expect(
        &f, "SELECT " ALL_T " FROM " UNNEST_1 " JOIN ONLY " TABLE " t ON t.\"Id\" = u.c0::integer");
    mergesql_canonical(&f.layout, &f.layout.key, &f.out);
    expect(&f, "SELECT u.c0::bigint::pg_catalog.text, u.c1::text::pg_catalog.text FROM " UNNEST_2
               " ORDER BY u.n");
}
END_TEST

START_TEST(new_rows_of_a_cycle_go_through_a_table_with_the_live_checks)
{
    struct fixture f;

    make(&f);
    mergesql_stage_name(2, &f.out);
    expect(&f, "pg_temp.pgbraid_stage_2");
    mergesql_create_stage(&f.layout, 2, &f.out);
    expect(&f, "CREATE TEMP TABLE pgbraid_stage_2 (LIKE " TABLE
               " INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY) "
               "ON COMMIT DROP");
    mergesql_copy_stage(&f.layout, 2, &f.out);
    expect(&f, "COPY pg_temp.pgbraid_stage_2 (" ALL ") FROM STDIN");
    mergesql_insert_stage(&f.layout, 2, &f.out);
    expect(&f, "INSERT INTO " TABLE " (" ALL ") OVERRIDING SYSTEM VALUE SELECT " ALL
               " FROM pg_temp.pgbraid_stage_2");
}
END_TEST

#define VALUES(a, b, c, d, e)                                                                      \
    "r.c" #a "::integer, r.c" #b "::text, r.c" #c "::bigint, r.c" #d "::json, r.c" #e "::date"

START_TEST(one_row_of_texts_is_inserted_or_read)
{
    struct fixture f;

    make(&f);
    mergesql_insert_values(&f.layout, "x", NULL, "r", &f.out);
    expect(
        &f, "INSERT INTO x (" ALL ") OVERRIDING SYSTEM VALUE VALUES (" VALUES(1, 2, 3, 4, 5) ")");
    mergesql_insert_values(&f.layout, "x", "no", "r", &f.out);
    expect(&f,
        "INSERT INTO x (no, " ALL
        ") OVERRIDING SYSTEM VALUE VALUES (r.c1::pg_catalog.int8, " VALUES(2, 3, 4, 5, 6) ")");
    mergesql_read_values(&f.layout, "r", &f.out);
    expect(&f, "0 + pg_catalog.num_nulls(" VALUES(1, 2, 3, 4, 5) ")");
}
END_TEST

START_TEST(a_sequence_moves_up_only)
{
    struct fixture f;
    const struct plan_column *id;

    make(&f);
    id = plan_find_column(f.table, "Id");
    ck_assert(mergesql_has_sequence(id));
    ck_assert(!mergesql_has_sequence(plan_find_column(f.table, "name")));
    ck_assert(!mergesql_has_sequence(plan_find_column(f.table, "a \"b\""))); /* a table's name */
    mergesql_sequence_up(f.table, id, MERGESQL_OWN, &f.out);
    expect(&f,
        "SELECT pg_catalog.setval(s.tableoid::pg_catalog.regclass, m.top) FROM "
        "\"public\".\"T_id_seq\" s JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.tableoid, "
        "LATERAL (SELECT CASE WHEN q.seqincrement > 0 THEN pg_catalog.max(t.\"Id\") ELSE "
        "pg_catalog.min(t.\"Id\") END::pg_catalog.int8 AS top FROM ONLY " TABLE " t) m WHERE m.top "
        "BETWEEN q.seqmin AND q.seqmax AND (CASE WHEN q.seqincrement > 0 THEN m.top > "
        "s.last_value ELSE m.top < s.last_value END OR (m.top = s.last_value AND NOT "
        "s.is_called))");
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("mergesql");

    tcase_add_test(tests, names_are_quoted_and_qualified);
    tcase_add_test(tests, live_rows_come_with_their_ids_where_those_are_wanted);
    tcase_add_test(tests, probes_cast_their_parameters_to_the_live_types);
    tcase_add_test(tests, new_rows_of_a_cycle_go_through_a_table_with_the_live_checks);
    tcase_add_test(tests, one_row_of_texts_is_inserted_or_read);
    tcase_add_test(tests, a_sequence_moves_up_only);
    return unit_run(tests);
}
