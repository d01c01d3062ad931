/* The text of the statement that looks keys up, for names and types that need care. */
#include "unit.h"

#include "probesql.h"

struct fixture {
    struct plan plan;
    struct plan_table *table;
    struct layout layout;
    struct buf out;
};

#define UNNEST "unnest($1::pg_catalog.text[], $2::pg_catalog.text[]) WITH ORDINALITY u(c0, c1, n)"

static char citext[] = "public.citext", numeric[] = "numeric(10,2)";
static char public[] = "public", catalog[] = "pg_catalog";
static const struct probesql_equality equalities[] = {
    {citext, public, true}, {numeric, catalog, true}};

static void
make(struct fixture *f, enum plan_column_action first)
{
    static const char *const names[] = {"Id", "mail", "n"};
    char *reason = NULL;

    *f = (struct fixture){0};
    f->table = plan_add_table(&f->plan, "public.\"T\"");
    plan_add_column(f->table, "Id")->action = first;
    plan_add_column(f->table, "mail")->type = strdup("public.citext");
    plan_add_column(f->table, "n")->type = strdup("public.amount");
    schema_add_name(&f->table->key, "mail");
    schema_add_name(&f->table->key, "n");
    ck_assert_msg(
        layout_init(&f->layout, &f->plan, f->table->name, (char *const *)names, 3, &reason), "%s",
        reason);
}

START_TEST(keys_are_compared_by_the_operators_of_their_types)
{
    struct fixture f;

    make(&f, PLAN_COLUMN_ID);
    probesql_keys(&f.layout, equalities, PROBESQL_HASH, &f.out);
    ck_assert_str_eq(buf_string(&f.out),
        "SELECT u.n, pg_catalog.hash_record_extended(ROW(u.c0::public.citext, "
        "u.c1::numeric(10,2)), 0), t.tableoid IS NOT NULL, t.\"Id\"::pg_catalog.text, t.\"mail\", "
        "t.\"n\" FROM " UNNEST " LEFT JOIN ONLY \"public\".\"T\" t ON "
        "(t.\"mail\" OPERATOR(\"public\".=) u.c0::public.citext) AND "
        "(t.\"n\" OPERATOR(\"pg_catalog\".=) u.c1::numeric(10,2)) ORDER BY u.n");
}
END_TEST

START_TEST(without_an_id_and_with_nulls_that_are_equal)
{
    struct fixture f;

    make(&f, PLAN_COLUMN_SET);
    f.table->nulls = PLAN_NULLS_EQUAL;
    probesql_keys(&f.layout, equalities, PROBESQL_TEXT, &f.out);
    ck_assert_str_eq(buf_string(&f.out),
        "SELECT u.n, ROW(u.c0::public.citext, u.c1::numeric(10,2))::pg_catalog.text, "
        "t.tableoid IS NOT NULL, NULL, t.\"mail\", t.\"n\" FROM " UNNEST
        " LEFT JOIN ONLY \"public\".\"T\" t ON "
        "(t.\"mail\" OPERATOR(\"public\".=) u.c0::public.citext OR t.\"mail\" IS NULL AND u.c0 IS "
        "NULL) AND (t.\"n\" OPERATOR(\"pg_catalog\".=) u.c1::numeric(10,2) OR t.\"n\" IS NULL AND "
        "u.c1 IS NULL) ORDER BY u.n");
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("probesql");

    tcase_add_test(tests, keys_are_compared_by_the_operators_of_their_types);
    tcase_add_test(tests, without_an_id_and_with_nulls_that_are_equal);
    return unit_run(tests);
}
