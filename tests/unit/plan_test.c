/* Plans: what is written is read back, what is wrong is named. */
#include "unit.h"

#include <stdlib.h>

#include "mem.h"
#include "plan.h"

#define HEAD "plan\t-\t-\t1\t-\t-\t-\t-\n"
#define END "end\t-\t-\t-\t-\t-\t-\t-\n"

/* Parses the lines of `text`; false at the first bad one, with its reason. */
static bool
parse(struct plan *plan, const char *text, char **reason)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        if (!plan_parse(plan, slice_make(text, length), reason))
            return false;
        text += length + (text[length] == '\n');
    }
    return true;
}

static const char *
format(const struct plan *plan)
{
    struct buf out = {0};

    plan_format(plan, &out);
    return buf_string(&out);
}

START_TEST(an_empty_plan_has_three_records)
{
    struct plan plan = {0};

    ck_assert_str_eq(format(&plan),
        "record\ttable\tcolumn\taction\ttarget\ttype\toptions\treason\n" HEAD
        "lineage\t-\t-\tunknown\t-\t-\t-\t-\n" END);
}
END_TEST

/* Cases for a reference, paths for what is set. */
static void
add_branches(struct plan_column *column, const char *text)
{
    struct plan_case *branch;
    struct plan_path *path;

    if (column->action == PLAN_COLUMN_REFERENCE) {
        free(column->target);
        column->target = NULL;
        column->by = mem_string("by=");
        branch = plan_add_case(column, text);
        branch->action = PLAN_COLUMN_REFERENCE;
        branch->target = mem_string("public.t");
        branch = plan_add_case(column, "Post \"=( \t");
        branch->action = PLAN_COLUMN_SET;
        branch->target = mem_string("public.u");
        branch->reason = mem_string("as it is");
    } else if (column->action == PLAN_COLUMN_SET) {
        path = plan_add_path(column);
        schema_add_name(&path->keys, text);
        schema_add_name(&path->keys, "a.b");
        path->action = PLAN_COLUMN_ARRAY;
        path->target = mem_string("public.t");
        path->unresolved = PLAN_UNRESOLVED_DROP;
        path = plan_add_path(column);
        path->action = PLAN_COLUMN_REFERENCE;
        path->target = mem_string("public.u");
    }
}

static struct plan
made_plan(unsigned seed)
{
    static const char *const names[] = {
        "a", "My Col", "x\"y", "tab\there", "-", "back\\slash", "\xc3\xa9"};
    struct plan plan = {.lineage = seed % 3, .lineage_reason = mem_string("-")};

    for (unsigned t = 0; t < 5; t++) {
        struct plan_table *table =
            plan_add_table(&plan, (const char *[]){"public.t", "public.u", "\"A b\".\"C\"",
                                      "s.\"new\nline\"", "s.\"=(\""}[t]);

        table->action = (seed + t) % 3;
        table->lineage = (seed / 3 + t) % 3;
        table->conflict = (seed / 5 + t) % 4;
        if (table->action == PLAN_MERGE)
            table->same_ids = (seed / 2 + t) % 4;
        for (unsigned c = 0; table->same_ids == PLAN_SAME_ALIKE && c <= seed % 3; c++)
            schema_add_name(&table->same_by, names[(seed + c) % 7]);
        table->same_up_to = table->same_ids == PLAN_SAME_UP_TO ? (int64_t)seed << 33 : 0;
        if (table->conflict == PLAN_CONFLICT_NEWEST)
            table->newest = mem_string(names[seed % 7]);
        table->duplicates = (seed / 2 + t) % 3;
        if (table->duplicates == PLAN_DUPLICATES_NEWEST)
            table->duplicates_newest = mem_string(names[(seed + t) % 7]);
        if (t == 1)
            table->backup = mem_string("\"A b\".\"=(\"");
        if (t == 2)
            table->map = mem_string("s.\"=(\"");
        table->cycle = (int)(seed % 2);
        table->rows = (int)(seed * t) - 1;
        for (unsigned c = 0; c < 7; c++) {
            struct plan_column *column = plan_add_column(table, names[c]);

            column->action = (seed + c) % 5;
            column->unresolved = column->action == PLAN_COLUMN_ARRAY       ? PLAN_UNRESOLVED_DROP
                                 : column->action == PLAN_COLUMN_REFERENCE ? PLAN_UNRESOLVED_NULL
                                                                           : PLAN_UNRESOLVED_REJECT;
            column->target = mem_string("public.t");
            column->type = c % 2 ? mem_string("character varying(10)") : NULL;
            if (seed % 2)
                column->conflict = (seed + c) % 4;
            if (column->conflict == PLAN_CONFLICT_NEWEST)
                column->newest = mem_string(names[(seed + c) % 7]);
            if (c == 2)
                column->backup = mem_string(names[seed % 7]);
            column->member = column->action == PLAN_COLUMN_ID && seed % 2;
            add_branches(column, names[c]);
            column->reason = mem_string(names[(c + seed) % 7]);
            schema_add_name(&table->key, names[c]);
        }
    }
    return plan;
}

static void
check_column(const struct plan_column *plan, const struct plan_column *again)
{
    ck_assert_int_eq(again->conflict, plan->conflict);
    if (plan->conflict == PLAN_CONFLICT_NEWEST)
        ck_assert_str_eq(again->newest, plan->newest);
    ck_assert_str_eq(plan_column_backup(again), plan_column_backup(plan));
    ck_assert_int_eq(again->member, plan->member);
    ck_assert_uint_eq(again->n_cases, plan->n_cases);
    for (size_t i = 0; i < plan->n_cases; i++)
        ck_assert_str_eq(again->cases[i].value, plan->cases[i].value);
    ck_assert_uint_eq(again->n_paths, plan->n_paths);
    for (size_t i = 0; i < plan->n_paths; i++)
        ck_assert(schema_names_equal(&again->paths[i].keys, &plan->paths[i].keys));
}

START_TEST(what_is_formatted_parses_to_the_same)
{
    struct plan plan = made_plan((unsigned)_i), again = {0};
    const char *text = format(&plan);
    char *reason;

    ck_assert_msg(parse(&again, text, &reason), "%s in %s", reason, text);
    ck_assert_str_eq(format(&again), text);
    ck_assert_uint_eq(again.n_tables, 5);
    ck_assert_str_eq(again.tables[3].name, plan.tables[3].name);
    ck_assert_str_eq(again.tables[3].columns[4].name, "-");
    ck_assert(schema_names_equal(&again.tables[2].key, &plan.tables[2].key));
    for (size_t i = 0; i < 5; i++) {
        ck_assert_int_eq(again.tables[i].conflict, plan.tables[i].conflict);
        ck_assert_int_eq(again.tables[i].rows, plan.tables[i].rows);
        if (plan.tables[i].newest != NULL)
            ck_assert_str_eq(again.tables[i].newest, plan.tables[i].newest);
        ck_assert_int_eq(again.tables[i].duplicates, plan.tables[i].duplicates);
        ck_assert_int_eq(again.tables[i].nulls, plan.tables[i].nulls);
        ck_assert_int_eq(again.tables[i].same_ids, plan.tables[i].same_ids);
        ck_assert_int_eq(again.tables[i].same_up_to, plan.tables[i].same_up_to);
        ck_assert(schema_names_equal(&again.tables[i].same_by, &plan.tables[i].same_by));
        for (size_t j = 0; j < plan.tables[i].n_columns; j++)
            check_column(&plan.tables[i].columns[j], &again.tables[i].columns[j]);
    }
    ck_assert_str_eq(plan_table_backup(&again.tables[1]), "\"A b\".\"=(\"");
    ck_assert_str_eq(plan_table_backup(&again.tables[0]), "public.t");
    ck_assert_str_eq(again.tables[2].map, "s.\"=(\"");
}
END_TEST

static const char words[] =
    HEAD "table\tpublic.post\t-\tappend\t-\t-\tbackup=public.\"Article\"\n"
         "column\tpublic.post\tid\tid\n"
         "table\tpublic.comment\t-\tappend\t-\t-\tnulls=equal conflict=newest(at) "
         "duplicates=newest(\"My At\")\n"
         "column\tpublic.comment\tat\tset\n"
         "column\tpublic.comment\t\"My At\"\tset\t-\t-\tconflict=fill backup=at_\n"
         "column\tpublic.comment\tkind\tset\t-\t-\tconflict=newest(\"My At\")\n"
         "column\tpublic.comment\ttarget_id\treference\t-\t-\tunresolved=null by=kind\n"
         "case\tpublic.comment\ttarget_id\treference\tpublic.post\t-\twhen=\"Post\"\n"
         "case\tpublic.comment\ttarget_id\tset\tpublic.tag\t-\twhen=\"a tag\"\twhy\n"
         "column\tpublic.comment\tdata\tset\t-\tjsonb\n"
         "path\tpublic.comment\tdata.\"postIds\"\tarray\tpublic.post\t-\tunresolved=drop\n"
         "path\tpublic.comment\tdata.a.b\treference\tpublic.post\n" END;

START_TEST(columns_have_conflicts_cases_and_paths_of_their_own)
{
    struct plan plan = {0};
    const struct plan_column *columns;
    char *reason;

    ck_assert_msg(parse(&plan, words, &reason), "%s", reason);
    ck_assert_msg(plan_check(&plan, &reason), "%s", reason);
    columns = plan.tables[1].columns;
    ck_assert_str_eq(plan_table_backup(&plan.tables[0]), "public.\"Article\"");
    ck_assert_str_eq(plan.tables[1].duplicates_newest, "My At");
    ck_assert_int_eq(plan.tables[1].nulls, PLAN_NULLS_EQUAL);
    ck_assert_int_eq(columns[0].conflict, PLAN_CONFLICT_NEWEST);
    ck_assert_str_eq(columns[0].newest, "at");
    ck_assert_int_eq(columns[1].conflict, PLAN_CONFLICT_FILL);
    ck_assert_ptr_null(columns[1].newest);
    ck_assert_str_eq(plan_column_backup(&columns[1]), "at_");
    ck_assert_str_eq(plan_column_backup(&columns[0]), "at");
    ck_assert_str_eq(columns[2].newest, "My At");
    ck_assert_str_eq(columns[3].by, "kind");
    ck_assert_uint_eq(columns[3].n_cases, 2);
    ck_assert_str_eq(columns[3].cases[0].value, "Post");
    ck_assert_int_eq(columns[3].cases[1].action, PLAN_COLUMN_SET);
    ck_assert_uint_eq(columns[4].n_paths, 2);
    ck_assert_str_eq(columns[4].paths[0].keys.names[0], "postIds");
    ck_assert_int_eq(columns[4].paths[0].unresolved, PLAN_UNRESOLVED_DROP);
    ck_assert_uint_eq(columns[4].paths[1].keys.n, 2);
    ck_assert_int_eq(columns[4].paths[1].unresolved, PLAN_UNRESOLVED_REJECT);
    ck_assert(plan_is_array_target(&plan, "public.post"));
    ck_assert(!plan_is_referenced(&plan, "public.tag"));
}
END_TEST

START_TEST(comments_blank_lines_header_and_crlf_are_passed_over)
{
    struct plan plan = {0};
    char *reason;

    ck_assert(parse(&plan,
        "# by hand\n\nrecord\ttable\tcolumn\n" HEAD
        "table\tpublic.t\t-\tskip\t-\t-\t-\tbecause\r\n" END,
        &reason));
    ck_assert(plan_check(&plan, &reason));
    ck_assert_str_eq(plan.tables[0].reason, "because");
}
END_TEST

static const struct {
    const char *line, *reason;
} bad_lines[] = {
    {"plan\t-\t-\t1", "second record"},
    {"tabel\tpublic.t", "unknown record \"tabel\""},
    {"table\tpublic.u\t-\tmerg", "field 4 (action): unknown word \"merg\""},
    {"table\tpublic.u\t-\t-", "field 4 (action): a value is missing"},
    {"table\tu\t-\tmerge\t(a)", "field 2 (table)"},
    {"table\t\"public\".u\t-\tmerge\t(a)", "field 2 (table): quotes"},
    {"table\tpublic.t\t-\tmerge\t(a)", "second record of the table"},
    {"table\tpublic.u\t-\tmerge\ta", "field 5 (target): not a list"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tlineage", "NAME=VALUE"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tlineage=none", "field 7 (options)"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tconflict=newest", "newest(COLUMN)"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tconflict=newest(a, b)", "unknown word"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tcycle=x", "not a number"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tsize=1", "unknown option"},
    {"column\tpublic.u\ta\tset", "no record of the table"},
    {"column\tpublic.t\ta b\tset", "field 3 (column)"},
    {"column\tpublic.t\ta\treference", "field 5 (target)"},
    {"column\tpublic.t\ta\treference\tpublic.t\t-\tunresolved=drop", "only arrays"},
    {"column\tpublic.t\ta\tset\t-\t-\tunresolved=keep", "no option"},
    {"column\tpublic.t\ta\tset\t-\t-\tconflict=newest", "newest(COLUMN)"},
    {"column\tpublic.t\ta\tset\t-\t-\tbackup=A b", "field 7 (options)"},
    {"column\tpublic.t\ta\treference\tpublic.t\t-\tby=b", "no option of such a column"},
    {"column\tpublic.t\ta.b\tset", "not a column's name"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tnulls=some", "unknown word \"some\""},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tsame-ids=some", "not a number: \"some\""},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tsame-by=(a)", "not a name, or not quoted"},
    {"table\tpublic.u\t-\tappend\t-\t-\tsame-ids=all", "only tables that are merged by a key"},
    {"table\tpublic.u\t-\tappend\t-\t-\tsame-by=b", "only tables that are merged by a key"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tduplicates=last", "unknown word \"last\""},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tduplicates=newest", "newest(COLUMN)"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tbackup=u", "not a table's name with its schema"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tstricter=no", "unknown word"},
    {"table\tpublic.u\t-\tmerge\t(a)\t-\tmap=u", "not a table's name with its schema"},
    {"table\tpublic.u\t-\tskip\t-\t-\tinto=u", "not a table's name with its schema"},
    {"table\tpublic.u\t-\tappend\t-\t-\tpartitioned=no", "unknown word"},
    {"column\tpublic.t\ta\tset\t-\t-\tmember=yes", "no option of such a column"},
    {"case\tpublic.t\tx\treference\tpublic.t\t-\twhen=p", "no record of the column"},
    {"case\tpublic.u\tx\treference\tpublic.t\t-\twhen=p", "no record of the table"},
    {"path\tpublic.t\tx.y\tarray\tpublic.t", "no record of the column"},
    {"case\tpublic.t\td\treference\tpublic.t", "when=TEXT is missing"},
    {"case\tpublic.t\td\tarray\tpublic.t\t-\twhen=p", "a case is reference or set"},
    {"case\tpublic.t\td\treference\t-\t-\twhen=p", "field 5 (target)"},
    {"case\tpublic.t\td\treference\tpublic.t\t-\tif=p", "no option of a case"},
    {"path\tpublic.t\td.k\tset\tpublic.t", "a path is reference or array"},
    {"path\tpublic.t\td.k\tarray\tt", "field 5 (target)"},
    {"path\tpublic.t\td..k\tarray\tpublic.t", "field 3 (column)"},
    {"path\tpublic.t\td.k\tarray\tpublic.t\t-\tconverted=yes", "no option of a path"},
    {"path\tpublic.t\td.k\treference\tpublic.t\t-\tunresolved=drop", "only arrays"},
    {"table\tpublic.u\t-\tskip\t-\t-\t-\t-\t-", "9 fields"},
    {"table\tpublic.u\t-\tskip\t-\t-\t-\tx\\", "ends in a backslash"},
};

START_TEST(a_bad_line_says_which_field_and_why)
{
    struct plan plan = {0};
    char *reason;

    ck_assert(
        parse(&plan, HEAD "table\tpublic.t\t-\tmerge\t(a)\ncolumn\tpublic.t\td\tset", &reason));
    ck_assert(!plan_parse(&plan, slice_string(bad_lines[_i].line), &reason));
    ck_assert_msg(
        strstr(reason, bad_lines[_i].reason) != NULL, "%s: %s", bad_lines[_i].line, reason);
}
END_TEST

#define T_ID HEAD "table\tpublic.t\t-\tappend\t-\t-\tcycle=1\ncolumn\tpublic.t\tid\tid\n"
#define CASE "case\tpublic.t\ta\treference\tpublic.t\t-\twhen=p\n"
#define PATH(keys) "path\tpublic.t\ta." keys "\tarray\tpublic.t\n"

static const struct {
    const char *text, *reason;
} bad_plans[] = {
    {"", "empty"},
    {HEAD, "incomplete"},
    {HEAD "table\tpublic.t\t-\tmerge\n" END, "by no key"},
    {HEAD "table\tpublic.t\t-\tmerge\t(a)\n" END, "column a of the key"},
    {HEAD "table\tpublic.t\t-\tmerge\t(a)\t-\tsame-ids=7\ncolumn\tpublic.t\ta\tset\n" END,
        "has same-ids, but no column"},
    {HEAD "table\tpublic.t\t-\tmerge\t(a)\t-\tsame-by=b\ncolumn\tpublic.t\ta\tset\n"
          "column\tpublic.t\tid\tid\n" END,
        "column b of same-by is not planned"},
    {HEAD "table\tpublic.t\t-\tmerge\t(a)\ncolumn\tpublic.t\ta\tskip\n" END, "column a of the key"},
    {HEAD "table\tpublic.t\t-\tmerge\t(a)\ncolumn\tpublic.t\ta\tid\n" END, "both the key"},
    {HEAD "table\tpublic.t\t-\tappend\ncolumn\tpublic.t\ta\tid\ncolumn\tpublic.t\tb\tid\n" END,
        "more than one column"},
    {HEAD "table\tpublic.t\t-\tappend\ncolumn\tpublic.t\ta\treference\tpublic.u\n" END,
        "public.u is not in the plan"},
    {HEAD "table\tpublic.u\t-\tappend\ntable\tpublic.t\t-\tappend\n"
          "column\tpublic.t\ta\treference\tpublic.u\n" END,
        "no column whose action is id"},
    {HEAD "table\tpublic.t\t-\tappend\ncolumn\tpublic.t\ta\treference\tpublic.u\n"
          "table\tpublic.u\t-\tappend\ncolumn\tpublic.u\tid\tid\n" END,
        "stands before public.u"},
    {HEAD "table\tpublic.t\t-\tappend\t-\t-\tcycle=1\ntable\tpublic.u\t-\tappend\n"
          "table\tpublic.v\t-\tappend\t-\t-\tcycle=1\n" END,
        "do not follow"},
    {HEAD "table\tpublic.t\t-\tappend\t-\t-\tmap=public.u\n" END, "option map"},
    {HEAD "table\tpublic.t\t-\tappend\t-\t-\tmap=public.u\ntable\tpublic.u\t-\tappend\n" END,
        "option map"},
    {HEAD "table\tpublic.t\t-\tskip\t-\t-\tinto=public.u\n" END, "option into is not in"},
    {HEAD "table\tpublic.t\t-\tskip\t-\t-\tinto=public.u\ntable\tpublic.u\t-\tskip\n" END,
        "or skipped"},
    {HEAD "table\tpublic.t\t-\tappend\t-\t-\tinto=public.t\n" END, "its action is not skip"},
    {HEAD "table\tpublic.t\t-\tappend\t-\t-\tconflict=newest(\"x y\")\n" END, "conflict=newest"},
    {HEAD "table\tpublic.t\t-\tappend\t-\t-\tduplicates=newest(x)\n" END, "duplicates=newest"},
    {HEAD "table\tpublic.t\t-\tappend\ncolumn\tpublic.t\ta\tset\t-\t-\tconflict=newest(x)\n" END,
        "column x of conflict=newest"},
    {T_ID "column\tpublic.t\ta\treference\t-\t-\tby=x\n" END, "column x of its option by"},
    {T_ID "column\tpublic.t\ta\treference\t-\t-\tby=id\n" END, "column id of its option by"},
    {T_ID "column\tpublic.t\ta\tset\n" CASE END, "no option by=COLUMN"},
    {T_ID "column\tpublic.t\tb\tset\ncolumn\tpublic.t\ta\treference\t-\t-\tby=b\n" CASE CASE END,
        "a second case of \"p\""},
    {T_ID "column\tpublic.t\ta\tset\npath\tpublic.t\ta.k\tarray\tpublic.u\n" END,
        "public.u is not in the plan"},
    {T_ID "column\tpublic.t\ta\tskip\n" PATH("k") END, "whose action is set has paths"},
    {T_ID "column\tpublic.t\ta\tset\n" PATH("k") PATH("k.l") END, "lead to the same value"},
};

START_TEST(a_plan_that_contradicts_itself_is_refused)
{
    struct plan plan = {0};
    char *reason;

    ck_assert_msg(parse(&plan, bad_plans[_i].text, &reason), "%s", reason);
    ck_assert(!plan_check(&plan, &reason));
    ck_assert_msg(strstr(reason, bad_plans[_i].reason) != NULL, "%s", reason);
}
END_TEST

START_TEST(a_skipped_table_may_stand_within_a_cycle)
{
    struct plan plan = {0};
    char *reason;

    ck_assert(parse(&plan,
        HEAD "table\tpublic.t\t-\tappend\t-\t-\tcycle=1\ntable\tpublic.u\t-\tskip\n"
             "table\tpublic.v\t-\tappend\t-\t-\tcycle=1\n" END,
        &reason));
    ck_assert_msg(plan_check(&plan, &reason), "%s", reason);
}
END_TEST

START_TEST(nothing_may_follow_the_end)
{
    struct plan plan = {0};
    char *reason;

    ck_assert(!parse(&plan, HEAD END "table\tpublic.t\t-\tskip\n", &reason));
    ck_assert(strstr(reason, "follows the end") != NULL);
}
END_TEST

START_TEST(the_target_is_the_id_or_else_the_key)
{
    struct plan plan = {0};
    char *reason, **names;

    ck_assert(parse(&plan,
        HEAD "table\tpublic.t\t-\tmerge\t(a, b)\ncolumn\tpublic.t\ta\tset\n"
             "column\tpublic.t\tb\tset\n",
        &reason));
    ck_assert_uint_eq(plan_target(&plan.tables[0], &names), 2);
    ck_assert_str_eq(names[1], "b");
    ck_assert(parse(&plan, "column\tpublic.t\tid\tid\tpublic.t_id_seq\n", &reason));
    ck_assert_uint_eq(plan_target(&plan.tables[0], &names), 1);
    ck_assert_str_eq(names[0], "id");
    ck_assert_str_eq(plan_id_column(&plan.tables[0])->target, "public.t_id_seq");
}
END_TEST

START_TEST(arrays_and_references_make_targets_but_not_those_of_skipped_tables)
{
    struct plan plan = {0};
    char *reason;

    ck_assert(parse(&plan,
        HEAD "table\tpublic.t\t-\tappend\ncolumn\tpublic.t\ta\treference\tpublic.r\n"
             "column\tpublic.t\tb\tarray\tpublic.x\ntable\tpublic.u\t-\tskip\n"
             "column\tpublic.u\ta\tarray\tpublic.z\n",
        &reason));
    ck_assert(plan_is_referenced(&plan, "public.r") && plan_is_referenced(&plan, "public.x"));
    ck_assert(!plan_is_array_target(&plan, "public.r") && plan_is_array_target(&plan, "public.x"));
    ck_assert(!plan_is_referenced(&plan, "public.z"));
}
END_TEST

START_TEST(ids_up_to_one_or_all_mean_the_same_row)
{
    struct plan_table table = {.same_ids = PLAN_SAME_UP_TO, .same_up_to = 20};

    ck_assert(plan_is_same_id(&table, SLICE("20")) && plan_is_same_id(&table, SLICE("3")));
    ck_assert(!plan_is_same_id(&table, SLICE("21")) && !plan_is_same_id(&table, SLICE("x")));
    table.same_ids = PLAN_SAME_ALL;
    ck_assert(plan_is_same_id(&table, SLICE("21")) && plan_is_same_id(&table, SLICE("x")));
    table.same_ids = PLAN_SAME_ALIKE;
    ck_assert(plan_is_same_id(&table, SLICE("21")));
    table.same_ids = PLAN_SAME_NONE;
    ck_assert(!plan_is_same_id(&table, SLICE("3")));
}
END_TEST

START_TEST(a_rule_leaves_tables_out_on_purpose)
{
    struct plan plan = {0};
    char *reason;

    ck_assert(parse(&plan,
        HEAD "table\tpublic.a\t-\tskip\t-\t-\twhy=rule\n"
             "table\tpublic.b\t-\tskip\t-\t-\twhy=no-live-table\n"
             "table\tpublic.c\t-\tappend\t-\t-\twhy=rule\n",
        &reason));
    ck_assert(plan_leaves_out_by_rule(plan_find_table(&plan, "public.a")));
    ck_assert(!plan_leaves_out_by_rule(plan_find_table(&plan, "public.b")));
    ck_assert(!plan_leaves_out_by_rule(plan_find_table(&plan, "public.c")));
}
END_TEST

START_TEST(a_row_that_is_missing_may_be_one_of_a_skipped_table)
{
    struct plan plan = {0};
    struct buf out = {0};
    char *reason;

    ck_assert(parse(&plan,
        HEAD "table\tpublic.merged\t-\tappend\ntable\tpublic.skipped\t-\tskip\n"
             "table\tpublic.empty\t-\tskip\t-\t-\twhy=no-rows\n",
        &reason));
    plan_add_no_row(&plan, "public.merged", &out);
    plan_add_no_row(&plan, "public.skipped", &out);
    plan_add_no_row(&plan, "public.empty", &out);
    plan_add_no_row(NULL, "public.skipped", &out);
    ck_assert_str_eq(buf_string(&out),
        " has no row of public.merged has no row of public.skipped, which is skipped"
        " has no row of public.empty has no row of public.skipped");
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

int
main(void)
{
    TCase *tests = unit_case("plan");

    tcase_add_test(tests, ids_up_to_one_or_all_mean_the_same_row);
    tcase_add_test(tests, a_rule_leaves_tables_out_on_purpose);
    tcase_add_test(tests, a_row_that_is_missing_may_be_one_of_a_skipped_table);
    tcase_add_test(tests, an_empty_plan_has_three_records);
    tcase_add_test(tests, columns_have_conflicts_cases_and_paths_of_their_own);
    tcase_add_loop_test(tests, what_is_formatted_parses_to_the_same, 0, 60);
    tcase_add_test(tests, comments_blank_lines_header_and_crlf_are_passed_over);
    tcase_add_loop_test(tests, a_bad_line_says_which_field_and_why, 0, COUNT(bad_lines));
    tcase_add_loop_test(tests, a_plan_that_contradicts_itself_is_refused, 0, COUNT(bad_plans));
    tcase_add_test(tests, a_skipped_table_may_stand_within_a_cycle);
    tcase_add_test(tests, nothing_may_follow_the_end);
    tcase_add_test(tests, the_target_is_the_id_or_else_the_key);
    tcase_add_test(tests, arrays_and_references_make_targets_but_not_those_of_skipped_tables);
    return unit_run(tests);
}
