/* The statements that undo a merge, for small blocks whose names need quoting. */
#include "undosql.h"
#include "unit.h"

#define TABLE "\"public\".\"a b\""
#define NOT_TAKEN "u.kept IS DISTINCT FROM 'taken' AND "

static void
make(struct undosql_block *block, enum undosql_kind kind)
{
    *block = (struct undosql_block){.kind = kind,
        .table.name = (char *)"public.\"a b\"",
        .number = 3,
        .whole = true,
        .ours = "OURS"};
    schema_add_name(&block->key, "Id");
    if (kind == UNDOSQL_INSERTED)
        schema_add_name(&block->columns, "Id");
    schema_add_name(&block->columns, "v");
}

static void
expect(struct buf *out, const char *want)
{
    unit_slice_is(buf_slice(out), want);
    buf_clear(out);
}

START_TEST(inserted_rows_are_loaded_compared_and_deleted)
{
    struct undosql_block block;
    struct buf out = {0};

    make(&block, UNDOSQL_INSERTED);
    undosql_create(&block, &out);
    expect(&out, "CREATE TEMP TABLE pgbraid_undo_3 ON COMMIT DROP AS SELECT "
                 "NULL::pg_catalog.text AS kept, NULL::pg_catalog.text AS who, t.\"Id\" AS c0, "
                 "t.\"v\" AS c1 FROM ONLY " TABLE " t WITH NO DATA");
    undosql_copy(&block, &out);
    expect(&out, "COPY pg_temp.pgbraid_undo_3 (c0, c1) FROM STDIN");
    undosql_mark_changed(&block, &out);
    expect(&out, "UPDATE pg_temp.pgbraid_undo_3 u SET kept = 'changed', who = NULL FROM ONLY " TABLE
                 " t WHERE u.kept "
                 "IS NULL AND t.\"Id\" = u.c0 AND NOT (ROW(t.\"Id\", t.\"v\")::pg_catalog.text = "
                 "ROW(u.c0, u.c1)::pg_catalog.text)");
    block.whole = false; /* what the block does not have may have changed */
    undosql_mark_changed(&block, &out);
    ck_assert_ptr_nonnull(strstr(buf_string(&out), "ROW(u.c0, u.c1)::pg_catalog.text AND OURS)"));
    buf_clear(&out);
    undosql_delete(&block, &out);
    expect(&out, "DELETE FROM ONLY " TABLE " t USING pg_temp.pgbraid_undo_3 u WHERE u.kept IS NULL "
                 "AND t.\"Id\" = u.c0");
    buf_release(&out);
}
END_TEST

START_TEST(rows_without_a_key_go_by_their_content_and_who_wrote_them)
{
    struct undosql_block block;
    struct buf out = {0};

    make(&block, UNDOSQL_INSERTED);
    block.key.n = 0;
    undosql_delete_keyless(&block, &out);
    expect(&out, "DELETE FROM ONLY " TABLE " t WHERE OURS AND ROW(t.\"Id\", t.\"v\")"
                 "::pg_catalog.text IN (SELECT ROW(u.c0, u.c1)::pg_catalog.text FROM "
                 "pg_temp.pgbraid_undo_3 u)");
    undosql_delete(&block, &out);
    ck_assert_ptr_nonnull(strstr(buf_string(&out), "AND false"));
    buf_clear(&out);
    block.columns.n = 0;
    undosql_delete_keyless(&block, &out);
    expect(&out, "DELETE FROM ONLY " TABLE " t WHERE OURS");
    buf_release(&out);
}
END_TEST

START_TEST(rows_that_others_refer_to_are_marked)
{
    struct undosql_referrer referrer = {
        "ONLY \"public\".\"c\"", "c.\"p\" = t.\"Id\"", "'c'", {NULL}};
    struct undosql_block block;
    struct buf out = {0};

    make(&block, UNDOSQL_INSERTED);
    undosql_mark_referred(&block, &referrer, &out);
    expect(&out, "UPDATE pg_temp.pgbraid_undo_3 u SET kept = 'referred', who = 'c' FROM ONLY " TABLE
                 " t WHERE u.kept IS NULL AND t.\"Id\" = u.c0 AND EXISTS (SELECT FROM ONLY "
                 "\"public\".\"c\" c WHERE c.\"p\" = t.\"Id\")");
    referrer.deleted[1] = &block;
    undosql_mark_referred(&block, &referrer, &out);
    ck_assert_ptr_nonnull(strstr(buf_string(&out),
        " AND NOT EXISTS (SELECT FROM pg_temp.pgbraid_undo_3 x WHERE x.kept IS NULL AND "
        "c.\"Id\" = x.c0))"));
    buf_release(&out);
}
END_TEST

START_TEST(updated_rows_get_their_old_values_back)
{
    struct undosql_block block;
    struct buf out = {0};

    make(&block, UNDOSQL_UPDATED);
    undosql_copy(&block, &out);
    expect(&out, "COPY pg_temp.pgbraid_undo_3 (k0, b0, a0) FROM STDIN");
    undosql_restore(&block, UNDOSQL_WHERE_UNCHANGED, &out);
    expect(&out,
        "UPDATE ONLY " TABLE " t SET \"v\" = u.b0 FROM pg_temp.pgbraid_undo_3 u WHERE t.\"Id\" = "
        "u.k0 AND " NOT_TAKEN "NOT ROW(t.\"v\")::pg_catalog.text = ROW(u.b0)::pg_catalog.text AND "
        "ROW(t.\"v\")::pg_catalog.text = ROW(u.a0)::pg_catalog.text");
    undosql_restore(&block, UNDOSQL_EVERYWHERE, &out);
    expect(&out,
        "UPDATE ONLY " TABLE " t SET \"v\" = u.b0 FROM pg_temp.pgbraid_undo_3 u WHERE t.\"Id\" = "
        "u.k0 AND " NOT_TAKEN "NOT ROW(t.\"v\")::pg_catalog.text = ROW(u.b0)::pg_catalog.text");
    buf_release(&out);
}
END_TEST

#define IS_RESTORED                                                                                \
    "t.\"Id\" = u.k0 AND " NOT_TAKEN "NOT ROW(t.\"v\")::pg_catalog.text = "                        \
    "ROW(u.b0)::pg_catalog.text"

START_TEST(a_row_whose_old_value_another_one_has_is_left)
{
    struct undosql_block block, inserted;
    struct schema_names columns = {0};
    struct undosql_index index = {"'v'", "t.\"v\" = r.\"v\"", &columns, &inserted};
    struct buf out = {0};

    make(&block, UNDOSQL_UPDATED);
    make(&inserted, UNDOSQL_INSERTED);
    inserted.number = 4;
    schema_add_name(&columns, "v");
    schema_add_name(&columns, "w");
    undosql_mark_taken(&block, UNDOSQL_EVERYWHERE, &index, &out);
    expect(&out,
        "UPDATE pg_temp.pgbraid_undo_3 u SET kept = 'taken', who = 'v' FROM ONLY " TABLE " t WHERE "
        "u.kept IS NULL AND " IS_RESTORED " AND EXISTS (SELECT FROM (SELECT u.b0 AS \"v\", t.\"w\" "
        "AS \"w\") r JOIN ONLY " TABLE " t ON t.\"v\" = r.\"v\" WHERE NOT EXISTS (SELECT FROM "
        "pg_temp.pgbraid_undo_3 u WHERE " IS_RESTORED ") AND NOT EXISTS (SELECT FROM "
        "pg_temp.pgbraid_undo_4 x WHERE x.kept IS NULL AND t.\"Id\" = x.c0))");
    buf_release(&out);
}
END_TEST

START_TEST(numbers_of_transactions_are_compared_by_their_lower_half)
{
    struct buf out = {0};

    undosql_ours(0x300000005, 0x300000009, "12,13", &out);
    expect(&out, "((t.xmin::pg_catalog.text::pg_catalog.int8 - 5 + 4294967296) % 4294967296 <= 4 "
                 "AND t.xmin::pg_catalog.text <> ALL (pg_catalog.string_to_array('12,13', ',')))");
    buf_release(&out);
}
END_TEST

START_TEST(rows_whose_unique_values_move_are_set_aside)
{
    struct parksql_column v = {(char *)"v", (char *)"text", PARKSQL_NULL, 0};
    struct undosql_block block;
    struct buf out = {0};

    make(&block, UNDOSQL_UPDATED);
    undosql_number(&block, &out);
    expect(&out, "ALTER TABLE pg_temp.pgbraid_undo_3 ADD n bigserial");
    undosql_mark_moved(&block, UNDOSQL_EVERYWHERE, &block.columns, &out);
    expect(&out, "UPDATE pg_temp.pgbraid_undo_3 u SET kept = 'moved', who = NULL FROM ONLY " TABLE
                 " t WHERE u.kept IS NULL AND t.\"Id\" = u.k0 AND " NOT_TAKEN "NOT "
                 "ROW(t.\"v\")::pg_catalog.text = ROW(u.b0)::pg_catalog.text AND "
                 "(t.\"v\"::pg_catalog.text IS DISTINCT FROM u.b0::pg_catalog.text)");
    block.parked = &v;
    block.n_parked = 1;
    undosql_restore(&block, UNDOSQL_EVERYWHERE, &out);
    ck_assert_ptr_nonnull(strstr(
        buf_string(&out), " SET \"v\" = CASE WHEN u.kept = 'moved' THEN NULL ELSE u.b0 END "));
    buf_clear(&out);
    undosql_restore_moved(&block, &out);
    expect(&out, "UPDATE ONLY " TABLE " t SET \"v\" = u.b0 FROM pg_temp.pgbraid_undo_3 u WHERE "
                 "u.kept = 'moved' AND t.\"Id\" = u.k0");
    buf_release(&out);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("undosql");

    tcase_add_test(tests, inserted_rows_are_loaded_compared_and_deleted);
    tcase_add_test(tests, rows_without_a_key_go_by_their_content_and_who_wrote_them);
    tcase_add_test(tests, rows_that_others_refer_to_are_marked);
    tcase_add_test(tests, updated_rows_get_their_old_values_back);
    tcase_add_test(tests, a_row_whose_old_value_another_one_has_is_left);
    tcase_add_test(tests, numbers_of_transactions_are_compared_by_their_lower_half);
    tcase_add_test(tests, rows_whose_unique_values_move_are_set_aside);
    return unit_run(tests);
}
