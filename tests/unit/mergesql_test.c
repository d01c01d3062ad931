/* The text of every statement, for a small layout whose names need quoting. */
#include "unit.h"

#include "mergesql.h"

/* A table with an id, a key of two columns, a json column and one that a rule keeps. */
struct fixture {
    struct plan plan;
    struct plan_table *table;
    struct layout layout;
    struct buf out;
};

static struct plan_column *
column(struct fixture *f, const char *name, const char *type, enum plan_column_action action)
{
    struct plan_column *added = plan_add_column(f->table, name);

    added->type = strdup(type);
    added->action = action;
    return added;
}

static void
lay_out(struct fixture *f, const char *const *names, size_t n)
{
    char *reason = NULL;

    ck_assert_msg(
        layout_init(&f->layout, &f->plan, f->table->name, (char *const *)names, n, &reason), "%s",
        reason);
}

static void
make(struct fixture *f)
{
    static const char *const names[] = {"Id", "name", "a \"b\"", "doc", "kept"};

    *f = (struct fixture){0};
    f->table = plan_add_table(&f->plan, "\"My Schema\".\"T\"");
    f->table->action = PLAN_MERGE;
    column(f, "Id", "integer", PLAN_COLUMN_ID)->target = strdup("public.\"T_id_seq\"");
    column(f, "name", "text", PLAN_COLUMN_SET);
    column(f, "a \"b\"", "bigint", PLAN_COLUMN_REFERENCE)->target = strdup("public.parent");
    column(f, "doc", "json", PLAN_COLUMN_SET);
    column(f, "kept", "date", PLAN_COLUMN_SET)->conflict = PLAN_CONFLICT_KEEP;
    schema_add_name(&f->table->key, "a \"b\"");
    schema_add_name(&f->table->key, "name");
    lay_out(f, names, 5);
}

/* A table without an id, found by its key: a link of two references and a note. */
static void
make_link(struct fixture *f, size_t n_columns)
{
    static const char *const names[] = {"a_id", "b_id", "note", "at"};

    *f = (struct fixture){0};
    f->table = plan_add_table(&f->plan, "public.link");
    f->table->action = PLAN_MERGE;
    column(f, "a_id", "integer", PLAN_COLUMN_REFERENCE)->target = strdup("public.a");
    column(f, "b_id", "integer", PLAN_COLUMN_REFERENCE)->target = strdup("public.b");
    if (n_columns > 2)
        column(f, "note", "text", PLAN_COLUMN_SET);
    if (n_columns > 3)
        column(f, "at", "timestamp with time zone", PLAN_COLUMN_SET);
    schema_add_name(&f->table->key, "a_id");
    schema_add_name(&f->table->key, "b_id");
    lay_out(f, names, n_columns);
}

#define TABLE "\"My Schema\".\"T\""
#define ALL "\"Id\", \"name\", \"a \"\"b\"\"\", \"doc\", \"kept\""
#define ALL_T "t.\"Id\", t.\"name\", t.\"a \"\"b\"\"\", t.\"doc\", t.\"kept\""
#define UNNEST_1 "unnest($1::pg_catalog.text[]) WITH ORDINALITY u(c0, n)"
#define UNNEST_2 "unnest($1::pg_catalog.text[], $2::pg_catalog.text[]) WITH ORDINALITY u(c0, c1, n)"
#define UNNEST_5                                                                                   \
    "unnest($1::pg_catalog.text[], $2::pg_catalog.text[], $3::pg_catalog.text[], "                 \
    "$4::pg_catalog.text[], $5::pg_catalog.text[]) WITH ORDINALITY u(c0, c1, c2, c3, c4, n)"
#define DIFFERS                                                                                    \
    "(t.\"name\" IS DISTINCT FROM s.\"name\" OR t.\"a \"\"b\"\"\" IS DISTINCT FROM "               \
    "s.\"a \"\"b\"\"\" OR t.\"doc\"::pg_catalog.text IS DISTINCT FROM "                            \
    "s.\"doc\"::pg_catalog.text OR t.\"kept\" IS DISTINCT FROM s.\"kept\")"

/* Fails unless that is what was appended, and empties it. */
static void
expect(struct fixture *f, const char *want)
{
    unit_slice_is(buf_slice(&f->out), want);
    buf_clear(&f->out);
}

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
    expect(&f, "COPY (SELECT " ALL_T " FROM ONLY " TABLE " t) TO STDOUT");
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

START_TEST(changed_rows_wait_in_a_temporary_table)
{
    struct fixture f;

    make(&f);
    mergesql_changes_name(7, &f.out);
    expect(&f, "pg_temp.pgbraid_changes_7");
    mergesql_create_changes(&f.layout, 7, &f.out);
    expect(&f, "CREATE TEMP TABLE pgbraid_changes_7 ON COMMIT DROP AS SELECT "
               "0::pg_catalog.int8 AS pgbraid_n, " ALL_T " FROM ONLY " TABLE " t WITH NO DATA");
    mergesql_copy_changes(&f.layout, 7, &f.out);
    expect(&f, "COPY pg_temp.pgbraid_changes_7 (pgbraid_n, " ALL ") FROM STDIN");
    mergesql_count_differing(&f.layout, 7, &f.out);
    expect(&f, "SELECT pg_catalog.count(*) FROM pg_temp.pgbraid_changes_7 s JOIN ONLY " TABLE
               " t ON t.\"Id\" = s.\"Id\" WHERE " DIFFERS);
}
END_TEST

START_TEST(an_update_sets_neither_id_nor_key_nor_what_is_kept)
{
    struct fixture f;

    make(&f);
    ck_assert(mergesql_update(&f.layout, 1, &f.out));
    expect(&f, "UPDATE ONLY " TABLE " t SET \"doc\" = s.\"doc\" FROM pg_temp.pgbraid_changes_1 s "
               "WHERE t.\"Id\" = s.\"Id\" AND (t.\"doc\"::pg_catalog.text IS DISTINCT FROM "
               "s.\"doc\"::pg_catalog.text)");
    ck_assert(mergesql_sets(&f.layout, "doc"));
    ck_assert(!mergesql_sets(&f.layout, "Id"));
    ck_assert(!mergesql_sets(&f.layout, "name"));
    ck_assert(!mergesql_sets(&f.layout, "kept"));
    ck_assert(!mergesql_sets(&f.layout, "absent"));
}
END_TEST

#define LINK_UPDATE(set, when)                                                                     \
    "UPDATE ONLY \"public\".\"link\" t SET " set " FROM pg_temp.pgbraid_changes_1 s WHERE "        \
    "t.\"a_id\" = s.\"a_id\" AND t.\"b_id\" = s.\"b_id\" AND " when
#define BOTH_DIFFER "(t.\"note\" IS DISTINCT FROM s.\"note\" OR t.\"at\" IS DISTINCT FROM s.\"at\")"

static const struct {
    enum plan_conflict conflict;
    const char *update; /* NULL: there is none */
} policies[] = {
    {PLAN_CONFLICT_UPDATE, LINK_UPDATE("\"note\" = s.\"note\", \"at\" = s.\"at\"", BOTH_DIFFER)},
    {PLAN_CONFLICT_KEEP, NULL},
    {PLAN_CONFLICT_NEWEST,
        LINK_UPDATE("\"note\" = s.\"note\", \"at\" = s.\"at\"", BOTH_DIFFER
            " AND (s.\"at\" > t.\"at\" OR (t.\"at\" IS NULL AND s.\"at\" IS NOT NULL))")},
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
    f.table->conflict = policies[_i].conflict;
    f.table->newest = strdup("at");
    ck_assert(mergesql_update(&f.layout, 1, &f.out) == (policies[_i].update != NULL));
    if (policies[_i].update != NULL)
        expect(&f, policies[_i].update);
}
END_TEST

START_TEST(a_table_that_is_all_key_has_nothing_to_update)
{
    struct fixture f;

    make_link(&f, 2);
    ck_assert(!mergesql_update(&f.layout, 1, &f.out));
    buf_clear(&f.out);
    mergesql_count_differing(&f.layout, 1, &f.out);
    expect(&f, "SELECT pg_catalog.count(*) FROM pg_temp.pgbraid_changes_1 s JOIN ONLY "
               "\"public\".\"link\" t ON t.\"a_id\" = s.\"a_id\" AND t.\"b_id\" = s.\"b_id\" "
               "WHERE false");
    mergesql_compare(&f.layout, &f.out);
    expect(&f, "SELECT pg_catalog.count(*) FILTER (WHERE false), pg_catalog.count(*) FILTER "
               "(WHERE false) FROM " UNNEST_2 " JOIN ONLY \"public\".\"link\" t ON "
               "t.\"a_id\" = u.c0::integer AND t.\"b_id\" = u.c1::integer");
}
END_TEST

START_TEST(a_dry_run_counts_what_differs_and_what_would_be_written)
{
    struct fixture f;

    make(&f);
    mergesql_compare(&f.layout, &f.out);
    expect(&f,
        "SELECT pg_catalog.count(*) FILTER (WHERE (t.\"name\" IS DISTINCT FROM u.c1::text OR "
        "t.\"a \"\"b\"\"\" IS DISTINCT FROM u.c2::bigint OR t.\"doc\"::pg_catalog.text IS DISTINCT "
        "FROM u.c3::json::pg_catalog.text OR t.\"kept\" IS DISTINCT FROM u.c4::date)), "
        "pg_catalog.count(*) FILTER (WHERE (t.\"doc\"::pg_catalog.text IS DISTINCT FROM "
        "u.c3::json::pg_catalog.text)) FROM " UNNEST_5 " JOIN ONLY " TABLE
        " t ON t.\"Id\" = u.c0::integer");
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

START_TEST(a_sequence_moves_up_only)
{
    struct fixture f;
    const struct plan_column *id;

    make(&f);
    id = plan_find_column(f.table, "Id");
    ck_assert(mergesql_has_sequence(id));
    ck_assert(!mergesql_has_sequence(plan_find_column(f.table, "name")));
    ck_assert(!mergesql_has_sequence(plan_find_column(f.table, "a \"b\""))); /* a table's name */
    mergesql_sequence_up(f.table, id, &f.out);
    expect(&f,
        "SELECT pg_catalog.setval(s.tableoid::pg_catalog.regclass, m.top) FROM "
        "\"public\".\"T_id_seq\" s, (SELECT pg_catalog.max(t.\"Id\")::pg_catalog.int8 AS top "
        "FROM ONLY " TABLE " t) m WHERE m.top > s.last_value OR (m.top = s.last_value AND "
        "NOT s.is_called)");
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
    mergesql_count_differing(&f.layout, 1, &f.out);
    want = strstr(buf_string(&f.out), " WHERE ");
    ck_assert_str_eq(want,
        compared[_i].as_text
            ? " WHERE (t.\"note\"::pg_catalog.text IS DISTINCT FROM s.\"note\"::pg_catalog.text)"
            : " WHERE (t.\"note\" IS DISTINCT FROM s.\"note\")");
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

int
main(void)
{
    TCase *tests = unit_case("mergesql");

    tcase_add_test(tests, names_are_quoted_and_qualified);
    tcase_add_test(tests, live_rows_come_with_their_ids_where_those_are_wanted);
    tcase_add_test(tests, probes_cast_their_parameters_to_the_live_types);
    tcase_add_test(tests, changed_rows_wait_in_a_temporary_table);
    tcase_add_test(tests, an_update_sets_neither_id_nor_key_nor_what_is_kept);
    tcase_add_loop_test(tests, the_update_follows_the_conflict_policy, 0, COUNT(policies));
    tcase_add_test(tests, a_table_that_is_all_key_has_nothing_to_update);
    tcase_add_test(tests, a_dry_run_counts_what_differs_and_what_would_be_written);
    tcase_add_test(tests, new_rows_of_a_cycle_go_through_a_table_with_the_live_checks);
    tcase_add_test(tests, a_sequence_moves_up_only);
    tcase_add_loop_test(
        tests, types_whose_equality_is_not_found_are_compared_by_their_text, 0, COUNT(compared));
    return unit_run(tests);
}
