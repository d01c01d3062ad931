#ifndef UNITLAYOUT_H
#define UNITLAYOUT_H
/* Two small layouts whose names need quoting, for the tests of generated SQL. */
#include "layout.h"
#include "unit.h"

/* A table with an id, a key of two columns, a json column and one that a rule keeps. */
struct fixture {
    struct plan plan;
    struct plan_table *table;
    struct layout layout;
    struct buf out;
};

static inline struct plan_column *
column(struct fixture *f, const char *name, const char *type, enum plan_column_action action)
{
    struct plan_column *added = plan_add_column(f->table, name);

    added->type = strdup(type);
    added->action = action;
    return added;
}

static inline void
lay_out(struct fixture *f, const char *const *names, size_t n)
{
    char *reason = NULL;

    ck_assert_msg(
        layout_init(&f->layout, &f->plan, f->table->name, (char *const *)names, n, &reason), "%s",
        reason);
}

static inline void
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
static inline void
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

/* Fails unless that is what was appended, and empties it. */
static inline void
expect(struct fixture *f, const char *want)
{
    unit_slice_is(buf_slice(&f->out), want);
    buf_clear(&f->out);
}

#endif
