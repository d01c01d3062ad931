/* The statements for changed rows, by the conflict of each column. */
#include "changesql.h"
#include "unitlayout.h"

#define UNNEST_3                                                                                   \
    "unnest($1::pg_catalog.text[], $2::pg_catalog.text[], $3::pg_catalog.text[]) WITH ORDINALITY " \
    "u(c0, c1, c2, n)"
#define DIFFERS                                                                                    \
    "(t.\"doc\"::pg_catalog.text IS DISTINCT FROM s.\"doc\"::pg_catalog.text OR t.\"kept\" IS "    \
    "DISTINCT FROM s.\"kept\")"

static const struct changesql_update plainly = {.returning = CHANGESQL_NOTHING};

START_TEST(changed_rows_wait_in_a_temporary_table)
{
    struct fixture f;

    make(&f);
    changesql_name(7, &f.out);
    expect(&f, "pg_temp.pgbraid_changes_7");
    changesql_create(&f.layout, 7, &f.out);
    expect(&f, "CREATE TEMP TABLE pgbraid_changes_7 ON COMMIT DROP AS SELECT "
               "0::pg_catalog.int8 AS \"pgbraid row number\", " ALL_T " FROM ONLY " TABLE
               " t WITH NO DATA");
    changesql_copy(&f.layout, 7, &f.out);
    expect(&f, "COPY pg_temp.pgbraid_changes_7 (\"pgbraid row number\", " ALL ") FROM STDIN");
    changesql_count_differing(&f.layout, 7, &f.out);
    expect(&f, "SELECT pg_catalog.count(*) FROM pg_temp.pgbraid_changes_7 s JOIN ONLY " TABLE
               " t ON t.\"Id\" = s.\"Id\" WHERE " DIFFERS);
}
END_TEST

START_TEST(an_update_sets_neither_id_nor_key_nor_what_is_kept)
{
    struct fixture f;

    make(&f);
    ck_assert(changesql_update(&f.layout, 1, &plainly, &f.out));
    expect(&f, "UPDATE ONLY " TABLE " t SET \"doc\" = s.\"doc\" FROM pg_temp.pgbraid_changes_1 s "
               "WHERE t.\"Id\" = s.\"Id\" AND (t.\"doc\"::pg_catalog.text IS DISTINCT FROM "
               "s.\"doc\"::pg_catalog.text)");
    ck_assert(changesql_sets_column(&f.layout, "doc"));
    ck_assert(!changesql_sets_column(&f.layout, "Id"));
    ck_assert(!changesql_sets_column(&f.layout, "name"));
    ck_assert(!changesql_sets_column(&f.layout, "kept"));
    ck_assert(!changesql_sets_column(&f.layout, "absent"));
}
END_TEST

START_TEST(a_row_may_have_been_found_by_its_id_and_get_its_key)
{
    struct fixture f;

    make(&f);
    f.table->same_ids = PLAN_SAME_ALIKE;
    ck_assert(changesql_sets_column(&f.layout, "name"));
    ck_assert(changesql_sets_column(&f.layout, "a \"b\""));
    ck_assert(!changesql_sets_column(&f.layout, "Id"));
    f.layout.found_by_key = true;
    changesql_count_gone(&f.layout, 1, &f.out);
    ck_assert_ptr_null(strstr(buf_string(&f.out), "CASE"));
}
END_TEST

#define IS_ANOTHERS                                                                                \
    "pg_catalog.txid_status(pg_catalog.txid_current() + ((t.xmin::pg_catalog.text::"               \
    "pg_catalog.int8 - pg_catalog.txid_current() + 2147483648) & 4294967295) - 2147483648) = "     \
    "'committed'"
#define HAS_ITS_KEY(loose, name_is)                                                                \
    "t.\"Id\" = s.\"Id\" AND CASE WHEN false" loose                                                \
    " OR (true AND (t.\"a \"\"b\"\"\" IS NOT DISTINCT "                                            \
    "FROM s.\"a \"\"b\"\"\") AND (" name_is ")) THEN true ELSE NOT COALESCE(" IS_ANOTHERS          \
    ", false) END"
#define GONE(match)                                                                                \
    "SELECT pg_catalog.count(*) FROM pg_temp.pgbraid_changes_1 s WHERE NOT EXISTS (SELECT FROM "   \
    "ONLY " TABLE " t WHERE " match ")"

START_TEST(a_row_that_was_found_by_its_key_has_it_still)
{
    struct fixture f;

    make(&f);
    f.layout.found_by_key = true;
    changesql_count_gone(&f.layout, 1, &f.out);
    expect(&f, GONE(HAS_ITS_KEY(" OR s.\"a \"\"b\"\"\" IS NULL OR s.\"name\" IS NULL",
                   "t.\"name\" IS NOT DISTINCT FROM s.\"name\"")));
    f.table->nulls = PLAN_NULLS_EQUAL;
    free(plan_find_column(f.table, "name")->type);
    plan_find_column(f.table, "name")->type = strdup("public.citext");
    changesql_count_gone(&f.layout, 1, &f.out);
    expect(&f,
        GONE(HAS_ITS_KEY("", "t.\"name\"::pg_catalog.text IS NOT DISTINCT FROM "
                             "s.\"name\"::pg_catalog.text OR ROW(t.\"name\")::pg_catalog.record "
                             "= ROW(s.\"name\")::pg_catalog.record")));
    make_link(&f, 4);
    f.layout.found_by_key = true;
    ck_assert(changesql_update(&f.layout, 1, &plainly, &f.out));
    ck_assert(memmem(f.out.data, f.out.length, "CASE", 4) == NULL);
}
END_TEST

#define LINK_UPDATE(set, when)                                                                     \
    "UPDATE ONLY \"public\".\"link\" t SET " set " FROM pg_temp.pgbraid_changes_1 s WHERE "        \
    "t.\"a_id\" = s.\"a_id\" AND t.\"b_id\" = s.\"b_id\" AND " when
#define NEWER "(s.\"at\" > t.\"at\" OR (t.\"at\" IS NULL AND s.\"at\" IS NOT NULL))"
#define BOTH_DIFFER "(t.\"note\" IS DISTINCT FROM s.\"note\" OR t.\"at\" IS DISTINCT FROM s.\"at\")"

static const struct {
    enum plan_conflict conflict;
    const char *update; /* NULL: there is none */
} policies[] = {
    {PLAN_CONFLICT_UPDATE, LINK_UPDATE("\"note\" = s.\"note\", \"at\" = s.\"at\"", BOTH_DIFFER)},
    {PLAN_CONFLICT_KEEP, NULL},
    {PLAN_CONFLICT_NEWEST,
        LINK_UPDATE("\"note\" = CASE WHEN " NEWER " THEN s.\"note\" ELSE t.\"note\" END, "
                    "\"at\" = CASE WHEN " NEWER " THEN s.\"at\" ELSE t.\"at\" END",
            "(t.\"note\" IS DISTINCT FROM s.\"note\" AND " NEWER
            " OR t.\"at\" IS DISTINCT FROM s.\"at\" AND " NEWER ")")},
    {PLAN_CONFLICT_FILL,
        LINK_UPDATE(
            "\"note\" = COALESCE(t.\"note\", s.\"note\"), \"at\" = COALESCE(t.\"at\", s.\"at\")",
            "((t.\"note\" IS NULL AND s.\"note\" IS NOT NULL) OR (t.\"at\" IS NULL AND s.\"at\" IS "
            "NOT "
            "NULL))")},
};

START_TEST(the_update_follows_the_conflict_policy)
{
    struct fixture f;

    make_link(&f, 4);
    for (size_t i = 0; i < f.table->n_columns; i++) {
        f.table->columns[i].conflict = policies[_i].conflict;
        f.table->columns[i].newest = strdup("at");
    }
    ck_assert(changesql_update(&f.layout, 1, &plainly, &f.out) == (policies[_i].update != NULL));
    if (policies[_i].update != NULL)
        expect(&f, policies[_i].update);
}
END_TEST

START_TEST(each_column_has_its_own_conflict)
{
    struct fixture f;

    make_link(&f, 4);
    plan_find_column(f.table, "note")->conflict = PLAN_CONFLICT_FILL;
    ck_assert(!changesql_writes_all(&f.layout));
    ck_assert(changesql_update(&f.layout, 1, &plainly, &f.out));
    expect(&f, LINK_UPDATE("\"note\" = COALESCE(t.\"note\", s.\"note\"), \"at\" = s.\"at\"",
                   "((t.\"note\" IS NULL AND s.\"note\" IS NOT NULL) OR t.\"at\" IS DISTINCT FROM "
                   "s.\"at\")"));
}
END_TEST

START_TEST(a_backup_without_the_column_is_never_newer)
{
    struct fixture f;

    make_link(&f, 3);
    plan_find_column(f.table, "note")->conflict = PLAN_CONFLICT_NEWEST;
    plan_find_column(f.table, "note")->newest = strdup("at");
    ck_assert(changesql_update(&f.layout, 1, &plainly, &f.out));
    expect(&f, LINK_UPDATE("\"note\" = CASE WHEN false THEN s.\"note\" ELSE t.\"note\" END",
                   "(t.\"note\" IS DISTINCT FROM s.\"note\" AND false)"));
}
END_TEST

START_TEST(old_and_new_values_come_back_from_the_row_that_is_overwritten)
{
    struct schema_names columns = {0};
    struct changesql_update how = {
        .returning = CHANGESQL_IMAGES, .columns = &columns, .first = 3, .last = 9};
    struct fixture f;

    make_link(&f, 3);
    schema_add_name(&columns, "note");
    ck_assert(changesql_update(&f.layout, 1, &how, &f.out));
    expect(&f,
        "UPDATE ONLY \"public\".\"link\" t SET \"note\" = s.\"note\" FROM "
        "pg_temp.pgbraid_changes_1 s JOIN ONLY \"public\".\"link\" b ON b.\"a_id\" = s.\"a_id\" "
        "AND b.\"b_id\" = s.\"b_id\" WHERE COALESCE(t.ctid = b.ctid AND t.xmin = b.xmin, false) "
        "AND t.\"a_id\" = s.\"a_id\" AND t.\"b_id\" = s.\"b_id\" AND "
        "(b.\"note\" IS DISTINCT FROM s.\"note\") AND s.\"pgbraid row number\" BETWEEN 3 AND 9 "
        "RETURNING s.\"pgbraid row number\", t.\"a_id\", t.\"b_id\", b.\"note\", t.\"note\"");
    changesql_compare_images(&f.layout, &columns, 5, &f.out);
    expect(&f, "SELECT u.n, t.\"a_id\", t.\"b_id\", t.\"note\", u.c2::text FROM " UNNEST_3
               " JOIN ONLY \"public\".\"link\" t ON t.\"a_id\" = u.c0::integer AND "
               "t.\"b_id\" = u.c1::integer WHERE (t.\"note\" IS DISTINCT FROM u.c2::text) "
               "ORDER BY u.n LIMIT 5");
}
END_TEST

/* Of a partitioned table all partitions' rows, two of which may stand in the same place. */
START_TEST(rows_of_a_partitioned_table_are_those_of_its_partitions)
{
    static const struct schema_names none = {0};
    struct changesql_update how = {.returning = CHANGESQL_IMAGES, .columns = &none};
    struct fixture f;

    make_link(&f, 3);
    changesql_is_live_row(&f.layout, "t", &f.out);
    expect(&f, "t.ctid = r.\"pgbraid live row\"");
    f.table->partitioned = true;
    changesql_is_live_row(&f.layout, "t", &f.out);
    expect(&f, "t.ctid = r.\"pgbraid live row\" AND t.tableoid = r.\"pgbraid live table\"");
    ck_assert(changesql_update(&f.layout, 1, &how, &f.out));
    ck_assert_ptr_nonnull(strstr(buf_string(&f.out), "UPDATE \"public\".\"link\" t SET "));
    ck_assert_ptr_nonnull(strstr(buf_string(&f.out), " JOIN \"public\".\"link\" b ON "));
    ck_assert_ptr_nonnull(strstr(buf_string(&f.out), " AND t.tableoid = b.tableoid, false)"));
    buf_clear(&f.out);
    changesql_compare_results(&f.layout, &none, &f.out);
    ck_assert_ptr_nonnull(strstr(buf_string(&f.out), ", t.tableoid AS \"pgbraid live table\", "));
    buf_clear(&f.out);
}
END_TEST

START_TEST(a_table_that_is_all_key_has_nothing_to_update)
{
    struct fixture f;

    make_link(&f, 2);
    ck_assert(!changesql_update(&f.layout, 1, &plainly, &f.out));
    buf_clear(&f.out);
    changesql_count_differing(&f.layout, 1, &f.out);
    expect(&f, "SELECT pg_catalog.count(*) FROM pg_temp.pgbraid_changes_1 s JOIN ONLY "
               "\"public\".\"link\" t ON t.\"a_id\" = s.\"a_id\" AND t.\"b_id\" = s.\"b_id\" "
               "WHERE false");
    changesql_compare(&f.layout, &f.out);
    expect(&f, "SELECT pg_catalog.count(*) FILTER (WHERE false), pg_catalog.count(*) FILTER "
               "(WHERE false) FROM " UNNEST_2 " JOIN ONLY \"public\".\"link\" t ON "
               "t.\"a_id\" = u.c0::integer AND t.\"b_id\" = u.c1::integer");
}
END_TEST

START_TEST(a_dry_run_counts_what_differs_and_what_would_be_written)
{
    struct fixture f;

    make(&f);
    changesql_compare(&f.layout, &f.out);
    expect(&f, "SELECT pg_catalog.count(*) FILTER (WHERE (t.\"doc\"::pg_catalog.text IS DISTINCT "
               "FROM u.c3::json::pg_catalog.text OR t.\"kept\" IS DISTINCT FROM u.c4::date)), "
               "pg_catalog.count(*) FILTER (WHERE (t.\"doc\"::pg_catalog.text IS DISTINCT FROM "
               "u.c3::json::pg_catalog.text)) FROM " UNNEST_5 " JOIN ONLY " TABLE
               " t ON t.\"Id\" = u.c0::integer");
}
END_TEST

static const struct {
    const char *type;
    bool as_text;
} compared[] = {
    {"json", true},
    {"json[]", true},
    {"xml", true},
    {"point", true},
    {"jsonb", false},
    {"text", false},
    {"public.hstore", true},
    {"public.hstore[]", true},
    {"numeric(10,2)", false},
};

START_TEST(types_whose_equality_is_not_found_are_compared_by_their_text)
{
    struct fixture f;
    char *want;

    make_link(&f, 3);
    plan_find_column(f.table, "note")->type = strdup(compared[_i].type);
    changesql_count_differing(&f.layout, 1, &f.out);
    want = strstr(buf_string(&f.out), " WHERE ");
    ck_assert_str_eq(want,
        compared[_i].as_text
            ? " WHERE (t.\"note\"::pg_catalog.text IS DISTINCT FROM s.\"note\"::pg_catalog.text)"
            : " WHERE (t.\"note\" IS DISTINCT FROM s.\"note\")");
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

START_TEST(rows_whose_values_move_are_set_aside_before)
{
    struct parksql_column doc = {(char *)"doc", (char *)"json", PARKSQL_NULL, 0};
    struct schema_names images = {0};
    struct changesql_moves moves = {
        .columns = &doc, .n = 1, .numbers = "{2,5}", .bits = "{1,1}", .images = &images};
    struct changesql_update how = {
        .returning = CHANGESQL_IMAGES, .columns = &images, .moved = true};
    struct fixture f;

    make(&f);
    schema_add_name(&images, "doc");
    changesql_create_moves(&f.layout, 1, &moves, &f.out);
    expect(&f, "CREATE TEMP TABLE pgbraid_moves_1 ON COMMIT DROP AS SELECT w.n, t.\"doc\" AS b0, "
               "CASE WHEN w.bits & 1 <> 0 THEN NULL ELSE t.\"doc\" END AS p0 FROM "
               "pg_temp.pgbraid_changes_1 s JOIN ONLY " TABLE " t ON t.\"Id\" = s.\"Id\" JOIN "
               "unnest('{2,5}'::pg_catalog.int8[], '{1,1}'::pg_catalog.int8[]) w(n, bits) ON w.n = "
               "s.\"pgbraid row number\"");
    changesql_vacate(&f.layout, 1, &moves, &f.out);
    expect(&f, "UPDATE ONLY " TABLE " t SET \"doc\" = m.p0 FROM pg_temp.pgbraid_moves_1 m JOIN "
               "pg_temp.pgbraid_changes_1 s ON s.\"pgbraid row number\" = m.n WHERE t.\"Id\" = "
               "s.\"Id\" RETURNING m.n");
    ck_assert(changesql_update(&f.layout, 1, &how, &f.out));
    ck_assert_ptr_nonnull(strstr(buf_string(&f.out),
        " LEFT JOIN pg_temp.pgbraid_moves_1 m ON m.n = s.\"pgbraid row number\" WHERE "));
    ck_assert_ptr_nonnull(strstr(
        buf_string(&f.out), ", CASE WHEN m.n IS NULL THEN b.\"doc\" ELSE m.b0 END, t.\"doc\""));
}
END_TEST

START_TEST(what_comes_after_all_looks_at_all_rows)
{
    struct parksql_column id = {(char *)"doc", (char *)"bigint", PARKSQL_NUMBER, 0};
    struct changesql_moves moves = {
        .columns = &id, .n = 1, .numbers = "{}", .bits = "{}", .stage = "pg_temp.stage"};
    struct fixture f;

    make(&f);
    changesql_create_moves(&f.layout, 1, &moves, &f.out);
    ck_assert_ptr_nonnull(strstr(buf_string(&f.out),
        "(SELECT \"doc\" FROM ONLY " TABLE " UNION ALL SELECT \"doc\" FROM "
        "pg_temp.pgbraid_changes_1 UNION ALL SELECT \"doc\" FROM pg_temp.stage) q(v)"));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("changesql");

    tcase_add_test(tests, changed_rows_wait_in_a_temporary_table);
    tcase_add_test(tests, an_update_sets_neither_id_nor_key_nor_what_is_kept);
    tcase_add_test(tests, a_row_that_was_found_by_its_key_has_it_still);
    tcase_add_test(tests, a_row_may_have_been_found_by_its_id_and_get_its_key);
    tcase_add_loop_test(tests, the_update_follows_the_conflict_policy, 0, COUNT(policies));
    tcase_add_test(tests, each_column_has_its_own_conflict);
    tcase_add_test(tests, a_backup_without_the_column_is_never_newer);
    tcase_add_test(tests, old_and_new_values_come_back_from_the_row_that_is_overwritten);
    tcase_add_test(tests, rows_of_a_partitioned_table_are_those_of_its_partitions);
    tcase_add_test(tests, a_table_that_is_all_key_has_nothing_to_update);
    tcase_add_test(tests, a_dry_run_counts_what_differs_and_what_would_be_written);
    tcase_add_loop_test(
        tests, types_whose_equality_is_not_found_are_compared_by_their_text, 0, COUNT(compared));
    tcase_add_test(tests, rows_whose_values_move_are_set_aside_before);
    tcase_add_test(tests, what_comes_after_all_looks_at_all_rows);
    return unit_run(tests);
}
