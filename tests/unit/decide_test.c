/* Decisions: small schemas, rules and evidence in, a plan out. */
#include "unitfacts.h"

#include "decide.h"
#include "mem.h"

/* An application: packages with a natural key, things that refer to them, and odd tables. */
static const char app_facts[] =
    "table\tpublic.package\ttable\n"
    "column\tpublic.package\tid\tinteger\tyes\tnextval()\tno\tno\tpublic.package_id_seq\n"
    "column\tpublic.package\tpurl\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "key\tpublic.package\tpackage_pkey\tprimary\t(id)\tno\tno\n"
    "key\tpublic.package\tpackage_purl_key\tunique\t(purl)\tno\tno\n"
    "data\tpublic.package\tcopy\t3\t9\tid\tpurl\n"
    "table\tpublic.finding\ttable\n"
    "column\tpublic.finding\tpackage_id\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.finding\tline\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "key\tpublic.finding\tfinding_pkey\tprimary\t(package_id, line)\tno\tno\n"
    "reference\tpublic.finding\tfinding_fk\t(package_id)\tpublic.package\t(id)\tno\n"
    "data\tpublic.finding\tcopy\t3\t9\tpackage_id\tline\n"
    "table\tpublic.comment\ttable\n"
    "column\tpublic.comment\tid\tbigint\tyes\t\\N\talways\tno\tpublic.comment_id_seq\n"
    "column\tpublic.comment\tpackage_id\tinteger\tno\t\\N\tno\tno\t\\N\n"
    "column\tpublic.comment\tline\tinteger\tno\t\\N\tno\tno\t\\N\n"
    "column\tpublic.comment\tseen\tinteger[]\tno\t\\N\tno\tno\t\\N\n"
    "key\tpublic.comment\tcomment_pkey\tprimary\t(id)\tno\tno\n"
    "reference\tpublic.comment\tcomment_fk\t(package_id, line)\tpublic.finding\t(package_id, "
    "line)\tno\n"
    "data\tpublic.comment\tcopy\t3\t9\tid\tpackage_id\tline\tseen\n"
    "table\tpublic.node\ttable\n"
    "column\tpublic.node\tid\tinteger\tyes\tnextval()\tno\tno\tpublic.node_id_seq\n"
    "column\tpublic.node\tparent\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.node\tname\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "key\tpublic.node\tnode_pkey\tprimary\t(id)\tno\tno\n"
    "key\tpublic.node\tnode_name\tunique\t(parent, name)\tno\tno\n"
    "reference\tpublic.node\tnode_fk\t(parent)\tpublic.node\t(id)\tno\n"
    "data\tpublic.node\tcopy\t3\t9\tid\tparent\tname\n"
    "table\tpublic.log\ttable\n"
    "column\tpublic.log\ttext\ttext\tno\t\\N\tno\tno\t\\N\n"
    "data\tpublic.log\tcopy\t3\t9\ttext\n"
    "table\tpublic.profile\ttable\n"
    "column\tpublic.profile\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.profile\tname\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "key\tpublic.profile\tprofile_pkey\tprimary\t(id)\tno\tno\n"
    "key\tpublic.profile\tprofile_name\tunique\t(name)\tno\tno\n"
    "reference\tpublic.profile\tprofile_fk\t(id)\tpublic.package\t(id)\tno\n"
    "data\tpublic.profile\tcopy\t3\t9\tid\tname\n"
    "table\tpublic.code\ttable\n"
    "column\tpublic.code\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.code\tname\ttext\tno\t\\N\tno\tno\t\\N\n"
    "key\tpublic.code\tcode_pkey\tprimary\t(id)\tno\tno\n"
    "key\tpublic.code\tcode_name\tunique\t(name)\tno\tno\n"
    "data\tpublic.code\tcopy\t3\t9\tid\tname\n"
    "table\tpublic.token\ttable\n"
    "column\tpublic.token\tid\tuuid\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.token\ttext\ttext\tno\t\\N\tno\tno\t\\N\n"
    "key\tpublic.token\ttoken_pkey\tprimary\t(id)\tno\tno\n"
    "data\tpublic.token\tcopy\t3\t9\tid\ttext\n";

struct scene {
    struct schema backup, live;
    struct rules rules;
    struct decide decide;
    struct plan plan;
};

static void
add_rules(struct scene *scene, const char *rules, enum rules_pass pass)
{
    char *reason;

    for (unsigned long number = 1; *rules != '\0'; number++) {
        size_t length = strcspn(rules, "\n");

        ck_assert_msg(rules_parse(&scene->rules, &scene->backup, &scene->live,
                          slice_make(rules, length), number, pass, &reason),
            "%s", reason);
        rules += length + (rules[length] == '\n');
    }
}

static void
start(struct scene *scene, const char *backup, const char *live, const char *rules)
{
    *scene = (struct scene){.rules.file = "merge.rules"};
    unitfacts_add(&scene->backup, backup);
    unitfacts_add(&scene->live, live);
    for (int pass = 0; pass < RULES_PASSES; pass++)
        add_rules(scene, rules, (enum rules_pass)pass);
    scene->decide =
        (struct decide){.backup = &scene->backup, .live = &scene->live, .rules = &scene->rules};
    decide_tables(&scene->decide);
}

/* Pairs of the key of public.package that were found, and that agree. */
static void
finish(struct scene *scene, int pairs, int agree)
{
    struct decide_table *package = decide_find(&scene->decide, "public.package");
    char *reason;

    if (package != NULL) {
        package->evidence.key_pairs = pairs;
        package->evidence.key_agree = agree;
    }
    decide_lineages(&scene->decide, &scene->plan);
    decide_plan(&scene->decide, &scene->plan);
    ck_assert_msg(plan_check(&scene->plan, &reason), "%s", reason);
}

/* "merge (a, b)", "append ()", "skip ()" of a table. */
static const char *
decision(const struct scene *scene, const char *name)
{
    static const char *const actions[] = {"merge", "append", "skip"};
    const struct plan_table *table = plan_find_table(&scene->plan, name);
    struct buf text = {0};

    if (table == NULL)
        return "none";
    buf_add_format(&text, "%s (", actions[table->action]);
    for (size_t i = 0; i < table->key.n; i++)
        buf_add_format(&text, "%s%s", i > 0 ? ", " : "", table->key.names[i]);
    buf_add_char(&text, ')');
    if (plan_ends_behind(table))
        buf_add_format(&text, " up to %d", (int)table->same_up_to);
    return buf_string(&text);
}

static const struct plan_column *
column(const struct scene *scene, const char *table, const char *name)
{
    const struct plan_column *found = plan_find_column(plan_find_table(&scene->plan, table), name);

    ck_assert_ptr_nonnull(found);
    return found;
}

static bool
mentions(const struct scene *scene, const char *table, const char *words)
{
    return strstr(plan_find_table(&scene->plan, table)->reason, words) != NULL;
}

static char *
doubt(const struct scene *scene, const char *table, const char *name)
{
    const struct plan_table *found = plan_find_table(&scene->plan, table);
    const struct plan_column *of = column(scene, table, name);

    return decide_column_doubt(&scene->decide, &scene->plan, (size_t)(found - scene->plan.tables),
        (size_t)(of - found->columns));
}

START_TEST(other_lineage_replaces_ids_and_translates_references)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "");
    finish(&scene, 10, 0);
    ck_assert_int_eq(scene.plan.lineage, PLAN_LINEAGE_OTHER);
    ck_assert_str_eq(decision(&scene, "public.package"), "merge (purl)");
    ck_assert_int_eq(column(&scene, "public.package", "id")->action, PLAN_COLUMN_ID);
    ck_assert_str_eq(column(&scene, "public.package", "id")->target, "public.package_id_seq");
    ck_assert(mentions(&scene, "public.package", "0 of 10 sampled pairs agree"));
    ck_assert_str_eq(decision(&scene, "public.finding"), "merge (package_id, line)");
    ck_assert_int_eq(column(&scene, "public.finding", "package_id")->action, PLAN_COLUMN_REFERENCE);
    ck_assert_int_eq(
        column(&scene, "public.finding", "package_id")->unresolved, PLAN_UNRESOLVED_REJECT);
    ck_assert_int_eq(column(&scene, "public.finding", "line")->action, PLAN_COLUMN_SET);
    ck_assert_str_eq(decision(&scene, "public.comment"), "append ()");
    ck_assert_str_eq(decision(&scene, "public.log"), "append ()");
    ck_assert_str_eq(decision(&scene, "public.token"), "merge (id)");
}
END_TEST

START_TEST(a_reference_to_a_reference_is_translated_by_the_map_at_its_end)
{
    struct scene scene;
    const struct plan_column *found;

    start(&scene, app_facts, app_facts, "");
    finish(&scene, 10, 0);
    found = column(&scene, "public.comment", "package_id");
    ck_assert_int_eq(found->action, PLAN_COLUMN_REFERENCE);
    ck_assert_str_eq(found->target, "public.package");
    ck_assert(strstr(found->reason, "by way of public.finding") != NULL);
    ck_assert_int_eq(column(&scene, "public.comment", "line")->action, PLAN_COLUMN_SET);
}
END_TEST

START_TEST(same_lineage_merges_keyless_tables_by_id)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "");
    finish(&scene, 10, 10);
    ck_assert_int_eq(scene.plan.lineage, PLAN_LINEAGE_SAME);
    ck_assert_str_eq(decision(&scene, "public.package"), "merge (purl)");
    ck_assert_int_eq(column(&scene, "public.package", "id")->action, PLAN_COLUMN_ID);
    ck_assert_str_eq(decision(&scene, "public.comment"), "merge (id)");
    ck_assert_int_eq(column(&scene, "public.comment", "id")->action, PLAN_COLUMN_SET);
    ck_assert_str_eq(column(&scene, "public.comment", "id")->target, "public.comment_id_seq");
    ck_assert_int_eq(
        column(&scene, "public.finding", "package_id")->unresolved, PLAN_UNRESOLVED_KEEP);
}
END_TEST

START_TEST(without_evidence_the_lineage_is_unknown_and_treated_as_same)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "");
    finish(&scene, 0, 0);
    ck_assert_int_eq(scene.plan.lineage, PLAN_LINEAGE_UNKNOWN);
    ck_assert_str_eq(decision(&scene, "public.comment"), "merge (id)");
    ck_assert(mentions(&scene, "public.comment", "no evidence"));
}
END_TEST

START_TEST(contradictory_evidence_is_other_and_says_so)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "");
    finish(&scene, 10, 5);
    ck_assert_int_eq(scene.plan.lineage, PLAN_LINEAGE_OTHER);
    ck_assert(mentions(&scene, "public.package", "contradictory"));
}
END_TEST

START_TEST(few_pairs_that_agree_are_little_evidence)
{
    static const struct {
        const char *rules;
        int pairs, agree;
        bool little, warns;
    } cases[] = {{"", 1, 1, true, true}, {"", 2, 2, true, true}, {"", 3, 3, false, false},
        {"", 0, 0, false, false}, {"", 2, 1, false, false}, /* unknown and other */
        {"package lineage same\nfinding lineage same\ncomment lineage same\nnode lineage same\n"
         "log lineage same\nprofile lineage same\ncode lineage same\n",
            1, 1, true, false}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        char *doubt;

        start(&scene, app_facts, app_facts, cases[i].rules);
        finish(&scene, cases[i].pairs, cases[i].agree);
        doubt = decide_lineage_doubt(&scene.decide, &scene.plan);
        ck_assert(
            (strstr(scene.plan.lineage_reason, "little evidence") != NULL) == cases[i].little);
        ck_assert((doubt != NULL) == cases[i].warns);
    }
}
END_TEST

START_TEST(a_backup_of_which_the_live_database_has_little_is_a_doubt)
{
    static const struct {
        const char *rules;
        int tables, pairs, agree; /* tables that are not there */
        bool warns;
    } cases[] = {{"", 20, 4, 0, true}, {"", 20, 0, 0, true}, {"", 20, 4, 1, false},
        {"", 3, 4, 0, false}, {"* lineage other\n", 20, 4, 0, false}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        char *doubt, *facts = mem_string(app_facts);

        for (int k = 0; k < cases[i].tables; k++)
            facts = mem_format("%stable\tpublic.other%d\ttable\ncolumn\tpublic.other%d\tid\tinteger"
                               "\tyes\t\\N\tno\tno\t\\N\ndata\tpublic.other%d\tcopy\t3\t9\tid\n",
                facts, k, k, k);
        start(&scene, facts, app_facts, cases[i].rules);
        finish(&scene, cases[i].pairs, cases[i].agree);
        doubt = decide_backup_doubt(&scene.decide);
        ck_assert_msg((doubt != NULL) == cases[i].warns, "case %zu", i);
        if (doubt != NULL)
            ck_assert_ptr_nonnull(strstr(doubt, "20 of "));
    }
}
END_TEST

START_TEST(ids_that_parted_after_a_common_start_are_of_the_same_lineage)
{
    static const struct {
        int pairs, agree, later;
        enum plan_lineage lineage;
    } cases[] = {{10, 5, 5, PLAN_LINEAGE_SAME}, {10, 5, 4, PLAN_LINEAGE_OTHER},
        {10, 1, 9, PLAN_LINEAGE_OTHER},                               /* few agree */
        {3, 1, 2, PLAN_LINEAGE_OTHER}, {4, 2, 2, PLAN_LINEAGE_OTHER}, /* as chance would have it */
        {7, 5, 2, PLAN_LINEAGE_SAME}, {9, 2, 7, PLAN_LINEAGE_SAME},
        {500, 60, 440, PLAN_LINEAGE_SAME}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;

        start(&scene, app_facts, app_facts, "");
        decide_find(&scene.decide, "public.package")->evidence.key_later = cases[i].later;
        finish(&scene, cases[i].pairs, cases[i].agree);
        ck_assert_int_eq(scene.plan.lineage, cases[i].lineage);
        ck_assert(mentions(&scene, "public.package", "the others have later ids") ==
                  (cases[i].lineage == PLAN_LINEAGE_SAME));
    }
}
END_TEST

/* As after a merge, whose new rows kept their ids: they agree now. */
START_TEST(text_ids_yield_to_the_key_once_a_pair_disagrees)
{
    static const char user_facts[] = "table\tpublic.user\ttable\n"
                                     "column\tpublic.user\tid\ttext\tyes\t\\N\tno\tno\t\\N\n"
                                     "column\tpublic.user\temail\ttext\tyes\t\\N\tno\tno\t\\N\n"
                                     "key\tpublic.user\tuser_pkey\tprimary\t(id)\tno\tno\n"
                                     "key\tpublic.user\tuser_email\tunique\t(email)\tno\tno\n"
                                     "data\tpublic.user\tcopy\t3\t9\tid\temail\n";
    static const struct {
        int agree;
        const char *rules, *decision;
    } cases[] = {
        {100, "", "merge (id)"},
        {95, "", "merge (email)"},
        {55, "", "merge (email)"},
        {0, "", "merge (email)"},
        {95, "\"user\" lineage same\n", "merge (id)"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        struct decide_table *user;

        start(&scene, user_facts, user_facts, cases[i].rules);
        user = decide_find(&scene.decide, "public.user");
        user->evidence.key_pairs = 100;
        user->evidence.key_agree = cases[i].agree;
        finish(&scene, 0, 0);
        ck_assert_str_eq(decision(&scene, "public.user"), cases[i].decision);
        ck_assert_int_eq(
            scene.plan.lineage, cases[i].agree == 100 ? PLAN_LINEAGE_SAME : PLAN_LINEAGE_OTHER);
        ck_assert(!mentions(&scene, "public.user", "contradictory"));
        if (strcmp(cases[i].decision, "merge (email)") == 0)
            ck_assert_str_eq(column(&scene, "public.user", "id")->reason,
                "the live row's id; new rows keep theirs when it is free");
    }
}
END_TEST

START_TEST(content_decides_where_no_table_has_key_evidence)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "");
    decide_find(&scene.decide, "public.comment")->evidence.content_pairs = 20;
    finish(&scene, 0, 0);
    ck_assert_int_eq(scene.plan.lineage, PLAN_LINEAGE_OTHER);
    ck_assert_str_eq(decision(&scene, "public.comment"), "append ()");
}
END_TEST

/* Of 30 rows chance would have 25 alike. */
START_TEST(a_table_that_says_little_follows_the_others)
{
    static const struct {
        int finding, agree; /* pairs of another table */
        const char *decision;
    } cases[] = {{20, 20, "merge (id)"}, {20, 0, "append ()"}, {0, 0, "append ()"}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        struct decide_evidence *comment, *finding;

        start(&scene, app_facts, app_facts, "");
        comment = &decide_find(&scene.decide, "public.comment")->evidence;
        finding = &decide_find(&scene.decide, "public.finding")->evidence;
        comment->content_pairs = 30;
        comment->content_agree = 26;
        comment->content_chance = 25;
        finding->content_pairs = cases[i].finding;
        finding->content_agree = cases[i].agree;
        finish(&scene, 0, 0);
        ck_assert_str_eq(decision(&scene, "public.comment"), cases[i].decision);
    }
}
END_TEST

START_TEST(a_key_into_its_own_cycle_is_not_used)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "");
    finish(&scene, 10, 0);
    ck_assert_str_eq(decision(&scene, "public.node"), "append ()");
    ck_assert_int_ne(plan_find_table(&scene.plan, "public.node")->cycle, 0);
    ck_assert_int_eq(column(&scene, "public.node", "parent")->action, PLAN_COLUMN_REFERENCE);
}
END_TEST

/* A member of a primary key that a sequence makes, a child by both columns, and partitions. */
static const char member_facts[] =
    "table\tpublic.item\ttable\n"
    "column\tpublic.item\ttenant\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.item\tid\tinteger\tyes\tnextval()\tno\tno\tpublic.item_id_seq\n"
    "column\tpublic.item\tcode\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "key\tpublic.item\titem_pkey\tprimary\t(tenant, id)\tno\tno\n"
    "key\tpublic.item\titem_code\tunique\t(tenant, code)\tno\tno\n"
    "data\tpublic.item\tcopy\t3\t9\ttenant\tid\tcode\n"
    "table\tpublic.part\ttable\n"
    "column\tpublic.part\ttenant\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.part\titem\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.part\tevent\tinteger\tno\t\\N\tno\tno\t\\N\n"
    "column\tpublic.part\tat\tinteger\tno\t\\N\tno\tno\t\\N\n"
    "reference\tpublic.part\tpart_fk\t(tenant, item)\tpublic.item\t(tenant, id)\tno\n"
    "reference\tpublic.part\tpart_at\t(event, at)\tpublic.event\t(id, at)\tno\n"
    "data\tpublic.part\tcopy\t3\t9\ttenant\titem\tevent\tat\n"
    "table\tpublic.event\tpartitioned\n"
    "column\tpublic.event\tid\tinteger\tyes\t\\N\talways\tno\tpublic.event_id_seq\n"
    "column\tpublic.event\tat\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "key\tpublic.event\tevent_pkey\tprimary\t(id, at)\tno\tno\n"
    "table\tpublic.event_1\ttable\tpublic.event\n"
    "column\tpublic.event_1\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.event_1\tat\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "key\tpublic.event_1\tevent_1_pkey\tprimary\t(id, at)\tno\tno\n"
    "data\tpublic.event_1\tcopy\t3\t9\tid\tat\n";

static void
start_members(struct scene *scene, const char *rules, int agree, enum decide_alone alone)
{
    static const char *const tables[] = {"public.item", "public.event_1"};

    start(scene, member_facts, member_facts, rules);
    for (size_t i = 0; i < 2; i++) {
        struct decide_table *table = decide_find(&scene->decide, tables[i]);

        ck_assert(table->member);
        table->evidence.content_pairs = 20;
        table->evidence.content_agree = agree;
        table->alone = alone;
    }
    finish(scene, 0, 0);
}

START_TEST(a_made_member_of_a_key_is_replaced_where_it_means_something_else)
{
    struct scene scene;

    start_members(&scene, "", 0, DECIDE_ALONE);
    ck_assert_str_eq(decision(&scene, "public.item"), "merge (tenant, code)");
    ck_assert_int_eq(column(&scene, "public.item", "id")->action, PLAN_COLUMN_ID);
    ck_assert(column(&scene, "public.item", "id")->member);
    ck_assert_str_eq(column(&scene, "public.part", "item")->target, "public.item");
    ck_assert_int_eq(column(&scene, "public.part", "tenant")->action, PLAN_COLUMN_SET);
    ck_assert_int_eq(column(&scene, "public.part", "at")->action, PLAN_COLUMN_SET);
}
END_TEST

START_TEST(partitions_have_the_ids_of_the_whole_table)
{
    struct scene scene;

    start_members(&scene, "", 0, DECIDE_ALONE);
    ck_assert_str_eq(decision(&scene, "public.event_1"), "append ()");
    ck_assert_str_eq(column(&scene, "public.event_1", "id")->target, "public.event_id_seq");
    ck_assert_str_eq(plan_find_table(&scene.plan, "public.event_1")->map, "public.event");
    ck_assert_str_eq(decision(&scene, "public.event"), "skip ()");
    ck_assert_str_eq(column(&scene, "public.part", "event")->target, "public.event");
    ck_assert_int_eq(column(&scene, "public.part", "event")->unresolved, PLAN_UNRESOLVED_REJECT);
}
END_TEST

START_TEST(a_made_member_of_a_key_stays_where_it_means_the_same)
{
    struct scene scene;

    start_members(&scene, "", 20, DECIDE_ALONE);
    ck_assert_str_eq(decision(&scene, "public.item"), "merge (tenant, id)");
    ck_assert_int_eq(column(&scene, "public.part", "item")->action, PLAN_COLUMN_SET);
    ck_assert_str_eq(decision(&scene, "public.event_1"), "merge (id, at)");
    ck_assert_str_eq(decision(&scene, "public.event"), "none");
    start_members(&scene, "event append\n", 20, DECIDE_ALONE); /* counts for its partitions */
    ck_assert_str_eq(decision(&scene, "public.event_1"), "append ()");
    ck_assert_int_eq(column(&scene, "public.event_1", "id")->action, PLAN_COLUMN_ID);
}
END_TEST

START_TEST(a_made_member_that_is_not_alone_is_left_out_with_what_refers_to_it)
{
    struct scene scene;

    start_members(&scene, "", 0, DECIDE_ALONE_REPEATED);
    ck_assert_str_eq(decision(&scene, "public.item"), "skip ()");
    ck_assert(mentions(&scene, "public.item", "several live rows have the same one"));
    ck_assert_int_eq(column(&scene, "public.part", "item")->unresolved, PLAN_UNRESOLVED_REJECT);
    ck_assert_int_eq(column(&scene, "public.part", "event")->unresolved, PLAN_UNRESOLVED_REJECT);
    start_members(&scene, "", 0, DECIDE_ALONE_ROUTES);
    ck_assert(mentions(&scene, "public.event_1", "they decide the partition"));
    start_members(&scene, "item merge\nevent merge\n", 0, DECIDE_ALONE_REPEATED);
    ck_assert_str_eq(decision(&scene, "public.event_1"), "merge (id, at)");
    ck_assert_int_eq(column(&scene, "public.part", "event")->action, PLAN_COLUMN_SET);
}
END_TEST

START_TEST(a_primary_key_that_is_a_reference_is_no_surrogate)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "");
    finish(&scene, 10, 0);
    ck_assert_str_eq(decision(&scene, "public.profile"), "merge (id)");
    ck_assert_int_eq(column(&scene, "public.profile", "id")->action, PLAN_COLUMN_REFERENCE);
}
END_TEST

START_TEST(an_integer_without_default_is_a_surrogate_only_beside_a_usable_key)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "");
    finish(&scene, 10, 0); /* code's other key is nullable */
    ck_assert_str_eq(decision(&scene, "public.code"), "merge (id)");
    start(&scene, app_facts, app_facts, "code key name\n");
    finish(&scene, 10, 0);
    ck_assert_str_eq(decision(&scene, "public.code"), "merge (name)");
    ck_assert_int_eq(column(&scene, "public.code", "id")->action, PLAN_COLUMN_ID);
}
END_TEST

START_TEST(rules_win_and_are_named)
{
    struct scene scene;

    start(&scene, app_facts, app_facts,
        "package merge\nfinding append\ncomment.seen array-of package\nlog skip\n"
        "node lineage same\ncomment lineage other\ncomment.line conflict keep\n"
        "comment conflict newest(line)\nprofile.name skip\n");
    ck_assert_ptr_nonnull(decide_find(&scene.decide, "public.profile")->skip);
    finish(&scene, 10, 0);
    ck_assert_str_eq(decision(&scene, "public.package"), "merge (id)");
    ck_assert_str_eq(decision(&scene, "public.finding"), "append ()");
    ck_assert(mentions(&scene, "public.finding", "rule merge.rules:2"));
    ck_assert_int_eq(column(&scene, "public.finding", "package_id")->action, PLAN_COLUMN_SET);
    ck_assert_int_eq(column(&scene, "public.comment", "seen")->action, PLAN_COLUMN_SET);
    ck_assert(strstr(column(&scene, "public.comment", "seen")->reason, "are kept") != NULL);
    ck_assert_str_eq(decision(&scene, "public.log"), "skip ()");
    ck_assert(mentions(&scene, "public.log", "rule merge.rules:4"));
    ck_assert_str_eq(decision(&scene, "public.node"), "merge (id)");
    ck_assert_int_eq(column(&scene, "public.comment", "line")->conflict, PLAN_CONFLICT_KEEP);
    ck_assert_str_eq(plan_find_table(&scene.plan, "public.comment")->newest, "line");
}
END_TEST

START_TEST(arrays_and_soft_references_follow_the_ids_of_their_table)
{
    struct scene scene;

    start(&scene, app_facts, app_facts,
        "comment.seen array-of package\ncomment.seen unresolved drop\ncode.id refers-to package\n");
    finish(&scene, 10, 0);
    ck_assert_int_eq(column(&scene, "public.comment", "seen")->action, PLAN_COLUMN_ARRAY);
    ck_assert_int_eq(column(&scene, "public.comment", "seen")->unresolved, PLAN_UNRESOLVED_DROP);
    ck_assert_int_eq(column(&scene, "public.code", "id")->action, PLAN_COLUMN_REFERENCE);
    ck_assert_str_eq(column(&scene, "public.code", "id")->target, "public.package");
}
END_TEST

static const char drift_live[] =
    "table\tpublic.package\ttable\n"
    "column\tpublic.package\tid\tbigint\tyes\tnextval()\tno\tno\tpublic.package_id_seq\n"
    "column\tpublic.package\tpurl\tcharacter varying(99)\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\tadded\tinteger\tyes\t0\tno\tno\t\\N\n"
    "key\tpublic.package\tpackage_pkey\tprimary\t(id)\tno\tno\n"
    "key\tpublic.package\tpackage_purl_key\tindex\t(purl)\tno\tno\n"
    "table\tpublic.finding\ttable\n"
    "column\tpublic.finding\tpackage_id\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "table\tpublic.comment\tview\n"
    "table\tpublic.node\ttable\n"
    "column\tpublic.node\tid\tinteger\tyes\tnextval()\tno\tno\tpublic.node_id_seq\n"
    "column\tpublic.node\tparent\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.node\tname\tbytea\tyes\t\\N\tno\tno\t\\N\n"
    "table\tpublic.log\ttable\n"
    "column\tpublic.log\ttext\ttext\tno\t\\N\tno\tno\t\\N\n"
    "column\tpublic.log\tat\ttimestamp with time zone\tyes\t\\N\tno\tno\t\\N\n"
    "table\tpublic.code\ttable\n"
    "column\tpublic.code\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.code\tname\ttext\tno\t(upper('a'))\tno\tyes\t\\N\n";

START_TEST(numbers_that_look_like_ids_of_nothing_are_named)
{
    struct scene scene;
    char *text;

    start(&scene, app_facts, app_facts, "");
    finish(&scene, 10, 0);
    text = doubt(&scene, "public.comment", "seen");
    ck_assert_ptr_nonnull(text);
    ck_assert(strstr(text, "public.comment.seen array-of TABLE") != NULL);
    ck_assert_ptr_null(doubt(&scene, "public.comment", "line"));
    ck_assert_ptr_null(doubt(&scene, "public.finding", "package_id"));
    start(&scene, app_facts, app_facts, "comment.seen array-of package\n");
    finish(&scene, 10, 0);
    ck_assert_ptr_null(doubt(&scene, "public.comment", "seen"));
    start(&scene, app_facts, app_facts, "");
    finish(&scene, 10, 10);
    ck_assert_ptr_null(doubt(&scene, "public.comment", "seen"));
    start(&scene, app_facts, app_facts, "node lineage other\n");
    finish(&scene, 10, 10);
    ck_assert_int_eq(scene.plan.lineage, PLAN_LINEAGE_SAME);
    ck_assert_ptr_nonnull(doubt(&scene, "public.comment", "seen"));
}
END_TEST

START_TEST(ids_that_both_databases_gave_make_such_numbers_doubtful)
{
    static const struct {
        const char *rules;
        int pairs, agree, taken;
        bool doubtful;
    } cases[] = {
        {"", 10, 10, 1, true},
        {"", 20, 19, 0, true}, /* a row got another id by a merge */
        {"", 10, 10, 0, false},
        {"package merge\n", 10, 10, 1, false}, /* by id */
        {"package skip\n", 10, 10, 1, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;

        start(&scene, app_facts, app_facts, cases[i].rules);
        decide_find(&scene.decide, "public.package")->evidence.key_taken = cases[i].taken;
        finish(&scene, cases[i].pairs, cases[i].agree);
        ck_assert_int_ne(scene.plan.lineage, PLAN_LINEAGE_OTHER);
        ck_assert((doubt(&scene, "public.comment", "seen") != NULL) == cases[i].doubtful);
    }
}
END_TEST

START_TEST(ids_of_a_parent_that_is_left_out_are_doubted)
{
    static const struct {
        const char *rules;
        int pairs, agree, taken;
        bool vacant;
        const char *says; /* NULL: nothing */
    } cases[] = {
        {"package skip\n", 0, 0, 0, false, "the rule 'public.package lineage same' says"},
        {"package skip\n", 2, 2, 0, false, "the rule 'public.package lineage same' says"},
        {"package skip\n", 10, 10, 0, false, NULL},
        {"package skip\n", 10, 10, 1, false, "the rule 'public.package lineage other' rejects"},
        {"package skip\n", 20, 19, 0, false, "the rule 'public.package lineage other' rejects"},
        {"package skip\n", 10, 0, 0, false, NULL}, /* rejected anyway */
        {"package skip\n", 0, 0, 0, true, NULL},
        {"package skip\npackage lineage same\n", 10, 10, 1, false, NULL},
        {"package skip\npackage lineage other\n", 10, 10, 1, false, NULL},
        {"", 0, 0, 0, false, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        struct decide_table *package;
        const char *text;

        start(&scene, app_facts, app_facts, cases[i].rules);
        package = decide_find(&scene.decide, "public.package");
        package->evidence.key_taken = cases[i].taken;
        package->vacant = cases[i].vacant;
        finish(&scene, cases[i].pairs, cases[i].agree);
        text = decide_parent_doubt(&scene.decide, plan_find_table(&scene.plan, "public.finding"),
            column(&scene, "public.finding", "package_id"));
        ck_assert_msg((text != NULL) == (cases[i].says != NULL), "case %zu", i);
        if (text != NULL)
            ck_assert_ptr_nonnull(strstr(text, cases[i].says));
    }
}
END_TEST

/* Pairs by a word: 'a' alike, 'u' unlike, 'v' vague; their ids count up from `first`. The rest of
 * the key agrees, but for capitals: these have one that nobody else has. */
static void
add_pairs(struct decide_evidence *evidence, int first, const char *word)
{
    for (int i = 0; word[i] != '\0'; i++) {
        bool alone = word[i] == 'U';
        struct decide_pair pair = {.id = first + i,
            .likeness = word[i] == 'a'   ? DECIDE_ALIKE
                        : word[i] == 'v' ? DECIDE_VAGUE
                                         : DECIDE_UNLIKE,
            .backup = alone ? 1000000u + (uint64_t)(first + i) : 7,
            .live = alone ? 2000000u + (uint64_t)(first + i) : 7};

        *MEM_APPEND(evidence->pairs, evidence->n_pairs, evidence->room_pairs) = pair;
        evidence->content_pairs++;
        evidence->content_agree += pair.likeness == DECIDE_ALIKE;
    }
}

#define ALIKE_20 "aaaaaaaaaaaaaaaaaaaa"

START_TEST(unlike_rows_of_equal_ids_are_a_doubt_until_a_rule_decides)
{
    static const char *const rules[] = {
        "", "comment append\n", "comment conflict keep\n", "comment merge\n"};

    for (size_t i = 0; i < 4; i++) {
        struct scene scene;
        struct decide_table *comment;
        char *doubt;

        start(&scene, app_facts, app_facts, rules[i]);
        comment = decide_find(&scene.decide, "public.comment");
        add_pairs(&comment->evidence, 1, "aau" ALIKE_20 "u");
        finish(&scene, 10, 10);
        doubt = decide_table_doubt(&scene.decide, plan_find_table(&scene.plan, "public.comment"));
        ck_assert_int_eq(doubt != NULL, i == 0 || i == 2);
        if (doubt != NULL)
            ck_assert_ptr_nonnull(strstr(doubt, "2 of 24 sampled rows"));
        if (i == 2)
            ck_assert_ptr_nonnull(strstr(doubt, "are not merged"));
        comment->evidence.n_pairs = 2;
        ck_assert_ptr_null(
            decide_table_doubt(&scene.decide, plan_find_table(&scene.plan, "public.comment")));
    }
}
END_TEST

/* The key of public.package, where rows of equal ids are looked at beside it. */
START_TEST(a_key_that_moved_does_not_tell_rows_apart)
{
    static const struct {
        const char *rules;
        int moved, kept, pairs, agree, chance;
        const char *decision;
    } cases[] = {
        {"", 19, 0, 20, 19, 0, "merge (id)"},
        {"", 2, 0, 20, 19, 0, "merge (purl)"}, /* a few names are handed on */
        {"", 0, 0, 20, 19, 0, "merge (purl)"},
        {"", 10, 6, 20, 19, 0, "merge (purl)"}, /* or the key tells them apart */
        {"", 19, 0, 20, 12, 0, "merge (purl)"},
        {"", 19, 0, 20, 15, 11, "merge (purl)"}, /* by chance */
        {"", 2, 0, 2, 2, 0, "merge (purl)"},     /* too few */
        {"package lineage other", 19, 0, 20, 19, 0, "merge (purl)"},
        {"package lineage same", 19, 0, 20, 19, 0, "merge (id)"},
        {"package key purl", 19, 0, 20, 19, 0, "merge (purl)"},
        {"package append", 19, 0, 20, 19, 0, "append ()"},
    };
    struct scene scene;
    struct decide_evidence *beside;

    start(&scene, app_facts, app_facts, cases[_i].rules);
    beside = &decide_find(&scene.decide, "public.package")->beside;
    *beside = (struct decide_evidence){.key_pairs = 20,
        .key_moved = cases[_i].moved,
        .key_kept = cases[_i].kept,
        .content_pairs = cases[_i].pairs,
        .content_agree = cases[_i].agree,
        .content_chance = cases[_i].chance};
    finish(&scene, 20, 0);
    ck_assert_str_eq(decision(&scene, "public.package"), cases[_i].decision);
    if (cases[_i].rules[0] == '\0' && strcmp(cases[_i].decision, "merge (id)") == 0) {
        ck_assert_int_eq(scene.plan.lineage, PLAN_LINEAGE_SAME);
        ck_assert(mentions(&scene, "public.package", "its unique key (purl) moved: 0 of 20"));
    }
}
END_TEST

START_TEST(ids_mean_the_same_row_where_columns_tell_strangers_apart)
{
    static const struct {
        const char *rules;
        int pairs, agree;
        bool tells, by;
    } cases[] = {
        {"", 20, 20, true, true},
        {"", 20, 19, true, true},
        {"", 20, 20, false, false},
        {"", 20, 2, true, false}, /* another lineage */
        {"package lineage other", 20, 20, true, false},
        {"package key purl", 20, 20, true, false},
        {"package append", 20, 20, true, false},
    };
    struct scene scene;
    struct decide_table *package;
    const struct plan_table *planned;

    start(&scene, app_facts, app_facts, cases[_i].rules);
    package = decide_find(&scene.decide, "public.package");
    if (cases[_i].tells)
        schema_add_name(&package->same_by, "purl");
    finish(&scene, cases[_i].pairs, cases[_i].agree);
    planned = plan_find_table(&scene.plan, "public.package");
    ck_assert_int_eq(planned->same_ids, cases[_i].by ? PLAN_SAME_ALIKE : PLAN_SAME_NONE);
    ck_assert_uint_eq(planned->same_by.n, cases[_i].by);
    ck_assert(mentions(&scene, "public.package", ", else by id where most agrees of purl") ==
              cases[_i].by);
}
END_TEST

START_TEST(agreement_by_chance_is_no_evidence)
{
    static const struct {
        int pairs, agree, chance;
        enum plan_lineage lineage;
    } cases[] = {{20, 19, 0, PLAN_LINEAGE_SAME}, {20, 19, 19, PLAN_LINEAGE_OTHER},
        {20, 19, 18, PLAN_LINEAGE_OTHER}, {20, 20, 18, PLAN_LINEAGE_SAME},
        {20, 20, 20, PLAN_LINEAGE_UNKNOWN}, {20, 9, 10, PLAN_LINEAGE_OTHER}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        struct decide_evidence *evidence;

        start(&scene, app_facts, app_facts, "");
        evidence = &decide_find(&scene.decide, "public.comment")->evidence;
        evidence->content_pairs = cases[i].pairs;
        evidence->content_agree = cases[i].agree;
        evidence->content_chance = cases[i].chance;
        finish(&scene, 0, 0);
        ck_assert_int_eq(scene.plan.lineage, cases[i].lineage);
    }
}
END_TEST

START_TEST(strangers_of_the_last_ids_are_left_to_a_rule)
{
    static const struct {
        const char *rules, *decision, *pairs;
    } cases[] = {
        {"", "merge (id) up to 20", "uuuu"},
        {"", "merge (id) up to 20", "uvuuvu"}, /* what says nothing */
        {"", "merge (id)", "uu"},
        {"", "merge (id)", "uuuua"},
        {"", "merge (id) up to 20", "uuuuuuuuua"}, /* one of many is alike by chance */
        {"", "merge (id) up to 20", "uuuuauuuuu"},
        {"", "merge (id) up to 20", "uuuuuuuuauuuuuuuu"},
        {"", "merge (id)", "uuuaauuuau"},
        {"", "merge (id)", "auauuaauuauauauauuauu"},
        {"", "merge (id)", "uauauauauauauauauauauuu"}, /* changed rows may stand so */
        {"comment append\n", "append ()", "uuuu"},
        {"comment merge\n", "merge (id)", "uuuu"},
        {"comment conflict keep\n", "merge (id)", "uuuu"},
        {"comment lineage other\n", "append ()", "uuuu"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        struct decide_evidence *evidence;

        start(&scene, app_facts, app_facts, cases[i].rules);
        evidence = &decide_find(&scene.decide, "public.comment")->evidence;
        add_pairs(evidence, 100, cases[i].pairs); /* in whatever order */
        add_pairs(evidence, 1, ALIKE_20);
        finish(&scene, 10, 10);
        ck_assert_str_eq(decision(&scene, "public.comment"), cases[i].decision);
    }
}
END_TEST

START_TEST(ids_that_do_not_count_up_do_not_fork)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "");
    add_pairs(&decide_find(&scene.decide, "public.token")->evidence, 1, ALIKE_20 "uuuu");
    finish(&scene, 10, 10);
    ck_assert_str_eq(decision(&scene, "public.token"), "merge (id)");
}
END_TEST

START_TEST(rows_behind_a_fork_say_nothing_about_other_tables)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "");
    add_pairs(&decide_find(&scene.decide, "public.comment")->evidence, 1, ALIKE_20 "uuuuuu");
    finish(&scene, 0, 0);
    ck_assert_int_eq(scene.plan.lineage, PLAN_LINEAGE_SAME);
    ck_assert_str_eq(decision(&scene, "public.comment"), "merge (id) up to 20");
    ck_assert_str_eq(decision(&scene, "public.node"), "merge (id)");
    start(&scene, app_facts, app_facts, "");
    add_pairs(&decide_find(&scene.decide, "public.comment")->evidence, 1, "aaaauuuuuuuuuuu");
    finish(&scene, 0, 0); /* as seeds that both have */
    ck_assert_int_eq(scene.plan.lineage, PLAN_LINEAGE_OTHER);
    ck_assert_str_eq(decision(&scene, "public.comment"), "append ()");
}
END_TEST

START_TEST(a_made_member_of_a_key_forks_too)
{
    static const struct {
        const char *rules, *decision;
    } cases[] = {
        {"", "skip ()"},
        {"item merge\n", "merge (tenant, id)"},
        {"item append\n", "append ()"},
        {"item key tenant, code\n", "merge (tenant, code)"},
        {"item conflict keep\n", "merge (tenant, id)"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        struct decide_table *item;

        start(&scene, member_facts, member_facts, cases[i].rules);
        item = decide_find(&scene.decide, "public.item");
        item->alone = DECIDE_ALONE;
        add_pairs(&item->evidence, 1, ALIKE_20 "uuu");
        finish(&scene, 0, 0);
        ck_assert_str_eq(decision(&scene, "public.item"), cases[i].decision);
        if (i > 0)
            continue;
        ck_assert(why_has(plan_find_table(&scene.plan, "public.item")->why, WHY_FORKED));
        ck_assert(mentions(&scene, "public.item", "3 of the 23 sampled rows"));
        ck_assert(mentions(&scene, "public.item", "\"public.item key tenant, code\" tells"));
        ck_assert_int_eq(column(&scene, "public.part", "item")->unresolved, PLAN_UNRESOLVED_REJECT);
    }
}
END_TEST

START_TEST(ids_that_are_there_twice_under_other_keys_are_a_warning)
{
    struct scene scene;
    struct decide_table *item;
    const struct plan_table *planned;

    start(&scene, member_facts, member_facts, "");
    item = decide_find(&scene.decide, "public.item");
    add_pairs(&item->evidence, 1, ALIKE_20 "UUU");
    finish(&scene, 0, 0);
    ck_assert_str_eq(decision(&scene, "public.item"), "merge (tenant, id)");
    planned = plan_find_table(&scene.plan, "public.item");
    ck_assert_ptr_nonnull(strstr(decide_table_doubt(&scene.decide, planned), "with the same id"));
    item->evidence.pairs[20].live = item->evidence.pairs[22].backup; /* of two pairs */
    decide_key_choose(&scene.decide, item);
    ck_assert_int_eq(item->skip_why, WHY_FORKED);
}
END_TEST

START_TEST(another_key_tells_strangers_apart_that_look_alike)
{
    struct scene scene;
    const char *doubt;

    start(&scene, app_facts, app_facts, "package key id\n");
    add_pairs(&decide_find(&scene.decide, "public.package")->evidence, 1, ALIKE_20);
    decide_find(&scene.decide, "public.package")->evidence.key_taken = 3;
    finish(&scene, 18, 18);
    ck_assert_int_eq(scene.plan.lineage, PLAN_LINEAGE_UNKNOWN); /* the rule is no evidence */
    doubt = decide_table_doubt(&scene.decide, plan_find_table(&scene.plan, "public.package"));
    ck_assert_ptr_nonnull(doubt);
    ck_assert_ptr_nonnull(strstr(doubt, "though 3 of 21 sampled rows"));
}
END_TEST

START_TEST(a_rule_that_overwrites_strangers_by_id_is_a_warning)
{
    static const struct {
        const char *rules, *pairs;
        bool warned;
    } cases[] = {
        {"package key id\n", ALIKE_20 "uuu", true},
        {"package key id\n", ALIKE_20, false},
        {"package key id\npackage conflict keep\n", ALIKE_20 "uuu", true},
        {"package merge\n", ALIKE_20 "uuu", false},
        {"package key purl\n", ALIKE_20 "uuu", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        const char *doubt;

        start(&scene, app_facts, app_facts, cases[i].rules);
        add_pairs(&decide_find(&scene.decide, "public.package")->evidence, 1, cases[i].pairs);
        finish(&scene, 0, 0);
        doubt = decide_table_doubt(&scene.decide, plan_find_table(&scene.plan, "public.package"));
        ck_assert((doubt != NULL) == cases[i].warned);
        if (i == 0)
            ck_assert_str_eq(doubt,
                "public.package: merged by id as rule merge.rules:1 says, though 3 of 23 sampled "
                "rows with equal ids are unlike: live rows will be overwritten");
    }
}
END_TEST

/* Two partitions, of ids 1 to 20 and some behind: what is last in one may not be so in both. */
START_TEST(the_partitions_of_a_table_have_one_fork)
{
    static const struct {
        const char *first, *second, *decision;
    } cases[] = {
        {"aaaaaaaaaauu", "aaaaaaaaaau", "skip ()"},
        {"aaaaaaaauuu", "aaaaaaaaaaaaaaaaaaaa", "merge (id, at)"},
        {"aaaaaaaauuuuu", "aaaaaaaaaa", "skip ()"},
        {"aaaaaaaaaa", "aaaaaaaa", "merge (id, at)"},
    };
    static const char more[] = "table\tpublic.event_2\ttable\tpublic.event\n"
                               "column\tpublic.event_2\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
                               "column\tpublic.event_2\tat\tinteger\tyes\t\\N\tno\tno\t\\N\n"
                               "key\tpublic.event_2\tevent_2_pkey\tprimary\t(id, at)\tno\tno\n"
                               "data\tpublic.event_2\tcopy\t3\t9\tid\tat\n";
    const char *facts = mem_format("%s%s", member_facts, more);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        bool skips = strcmp(cases[i].decision, "skip ()") == 0;

        start(&scene, facts, facts, "");
        add_pairs(&decide_find(&scene.decide, "public.event_1")->evidence, 1, cases[i].first);
        add_pairs(&decide_find(&scene.decide, "public.event_2")->evidence, 1, cases[i].second);
        finish(&scene, 0, 0);
        ck_assert_str_eq(decision(&scene, "public.event_1"), cases[i].decision);
        ck_assert_str_eq(decision(&scene, "public.event_2"), cases[i].decision);
        if (!skips)
            continue;
        ck_assert(mentions(&scene, "public.event_2", "3 of the "));
        ck_assert(mentions(&scene, "public.event_2", "\"public.event append\" keeps both"));
        ck_assert_int_eq(
            column(&scene, "public.part", "event")->unresolved, PLAN_UNRESOLVED_REJECT);
    }
}
END_TEST

START_TEST(what_does_not_fit_is_left_out_with_a_reason)
{
    struct scene scene;

    start(&scene, app_facts, drift_live, "");
    finish(&scene, 0, 0);
    ck_assert_str_eq(decision(&scene, "public.package"), "merge (purl)");
    ck_assert(mentions(&scene, "public.package", "not in the backup: added"));
    ck_assert(strstr(column(&scene, "public.package", "id")->reason, "integer in the backup"));
    ck_assert(mentions(&scene, "public.finding", "no column line"));
    ck_assert(mentions(&scene, "public.comment", "a view in the live database"));
    ck_assert(mentions(&scene, "public.node", "name is text in the backup, bytea"));
    ck_assert(mentions(&scene, "public.log", "at must have a value"));
    ck_assert(mentions(&scene, "public.token", "not in the live database"));
    ck_assert_int_eq(column(&scene, "public.code", "name")->action, PLAN_COLUMN_SKIP);
    ck_assert_str_eq(decision(&scene, "public.code"), "append ()");
}
END_TEST

START_TEST(a_rule_may_leave_out_a_column_or_try_a_type)
{
    struct scene scene;

    start(&scene, app_facts, drift_live, "finding.line skip\nnode merge\n");
    finish(&scene, 0, 0);
    ck_assert_str_eq(decision(&scene, "public.finding"), "append ()");
    ck_assert_int_eq(column(&scene, "public.finding", "line")->action, PLAN_COLUMN_SKIP);
    ck_assert_str_eq(decision(&scene, "public.node"), "append ()");
}
END_TEST

START_TEST(a_dump_of_data_only_is_taken_as_the_live_table_declares_it)
{
    struct scene scene;

    start(&scene,
        "data\tpublic.package\tcopy\t3\t9\tid\tpurl\n"
        "data\tpublic.comment\tcopy\t3\t9\tid\tpackage_id\tline\tseen\n",
        app_facts, "");
    finish(&scene, 10, 0);
    ck_assert_str_eq(decision(&scene, "public.package"), "merge (purl)");
    ck_assert(mentions(&scene, "public.package", "no DDL in the backup"));
    ck_assert_str_eq(decision(&scene, "public.finding"), "none");
    ck_assert_uint_eq(scene.plan.n_tables, 2);
}
END_TEST

START_TEST(ids_of_a_table_that_is_not_in_the_backup_are_not_taken_for_other_ones)
{
    struct scene scene;
    static const char backup[] = "data\tpublic.finding\tcopy\t3\t9\tpackage_id\tline\n";

    start(&scene, backup, app_facts, "package lineage other\n");
    finish(&scene, 0, 0);
    ck_assert_str_eq(decision(&scene, "public.package"), "skip ()");
    ck_assert_int_eq(column(&scene, "public.finding", "package_id")->action, PLAN_COLUMN_REFERENCE);
    ck_assert_int_eq(
        column(&scene, "public.finding", "package_id")->unresolved, PLAN_UNRESOLVED_REJECT);
    start(&scene, backup, app_facts, "");
    finish(&scene, 0, 0);
    ck_assert_str_eq(decision(&scene, "public.package"), "none");
    ck_assert_int_eq(column(&scene, "public.finding", "package_id")->action, PLAN_COLUMN_SET);
}
END_TEST

static void
damage(struct scene *scene, const char *facts, const char *table, const char *rules)
{
    char *record = mem_format("%sdamaged\t%s\tit is cut\n", facts, table);

    start(scene, record, app_facts, rules);
}

/* Whatever other tables say: they may be rows that were put into both databases. */
START_TEST(references_to_a_damaged_table_are_not_trusted_without_a_rule)
{
    struct scene scene;
    const struct plan_column *found;

    damage(&scene, app_facts, "public.package", "");
    finish(&scene, 0, 0);
    ck_assert_str_eq(decision(&scene, "public.package"), "skip ()");
    ck_assert(mentions(&scene, "public.package", "not whole in the backup: it is cut"));
    ck_assert(why_has(plan_find_table(&scene.plan, "public.package")->why, WHY_DAMAGED));
    found = column(&scene, "public.finding", "package_id");
    ck_assert_int_eq(found->action, PLAN_COLUMN_REFERENCE);
    ck_assert_int_eq(found->unresolved, PLAN_UNRESOLVED_REJECT);
    ck_assert_ptr_nonnull(strstr(found->reason, "rule, if they do: public.package lineage same"));
    damage(&scene, app_facts, "public.package", "public.package lineage same");
    finish(&scene, 0, 0);
    ck_assert_int_eq(column(&scene, "public.finding", "package_id")->action, PLAN_COLUMN_SET);
}
END_TEST

/* A dump of rows alone does not say which tables were not reached. */
START_TEST(nor_are_those_to_a_table_that_a_damaged_backup_lacks)
{
    const char *finding = strstr(app_facts, "table\tpublic.finding");
    struct scene scene;

    start(&scene, finding, app_facts, "");
    finish(&scene, 0, 0);
    ck_assert_int_eq(column(&scene, "public.finding", "package_id")->action, PLAN_COLUMN_SET);
    scene = (struct scene){.rules.file = "merge.rules"};
    scene.backup.damage = mem_string("it is cut");
    unitfacts_add(&scene.backup, finding);
    unitfacts_add(&scene.live, app_facts);
    scene.decide =
        (struct decide){.backup = &scene.backup, .live = &scene.live, .rules = &scene.rules};
    decide_tables(&scene.decide);
    finish(&scene, 0, 0);
    ck_assert_int_eq(
        column(&scene, "public.finding", "package_id")->unresolved, PLAN_UNRESOLVED_REJECT);
}
END_TEST

START_TEST(ids_go_on_through_a_damaged_table)
{
    struct scene scene;
    const struct plan_column *found;

    damage(&scene, app_facts, "public.finding", "");
    finish(&scene, 10, 0);
    found = column(&scene, "public.comment", "package_id");
    ck_assert_int_eq(found->action, PLAN_COLUMN_REFERENCE);
    ck_assert_str_eq(found->target, "public.package");
}
END_TEST

START_TEST(tables_come_parents_first_and_skipped_ones_last)
{
    struct scene scene;

    start(&scene, app_facts, app_facts, "package skip\n");
    finish(&scene, 0, 0);
    ck_assert_str_eq(scene.plan.tables[scene.plan.n_tables - 1].name, "public.package");
    start(&scene, app_facts, app_facts, "");
    finish(&scene, 0, 0);
    ck_assert(plan_find_table(&scene.plan, "public.package") <
              plan_find_table(&scene.plan, "public.finding"));
    ck_assert(plan_find_table(&scene.plan, "public.finding") <
              plan_find_table(&scene.plan, "public.comment"));
}
END_TEST

/* Packages, and what is told apart through them; a column that names the table of another's ids. */
static const char more_facts[] =
    "table\tpublic.package\ttable\n"
    "column\tpublic.package\tid\tinteger\tyes\tnextval()\tno\tno\tpublic.package_id_seq\n"
    "column\tpublic.package\tpurl\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "key\tpublic.package\tpackage_pkey\tprimary\t(id)\tno\tno\n"
    "key\tpublic.package\tpackage_purl_key\tunique\t(purl)\tno\tno\n"
    "data\tpublic.package\tcopy\t3\t9\tid\tpurl\n"
    "table\tpublic.event\ttable\n"
    "column\tpublic.event\tid\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.event\tpackage_id\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.event\tno\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.event\tkind\ttext\tno\t\\N\tno\tno\t\\N\n"
    "column\tpublic.event\ttarget_id\tinteger\tno\t\\N\tno\tno\t\\N\n"
    "column\tpublic.event\tdata\tjsonb\tno\t\\N\tno\tno\t\\N\n"
    "key\tpublic.event\tevent_pkey\tprimary\t(id)\tno\tno\n"
    "key\tpublic.event\tevent_no\tunique\t(package_id, no)\tno\tno\n"
    "reference\tpublic.event\tevent_fk\t(package_id)\tpublic.package\t(id)\tno\n"
    "data\tpublic.event\tcopy\t3\t9\tid\tpackage_id\tno\tkind\ttarget_id\tdata\n"
    "table\tpublic.code\ttable\n"
    "column\tpublic.code\tid\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "key\tpublic.code\tcode_pkey\tprimary\t(id)\tno\tno\n"
    "data\tpublic.code\tcopy\t3\t9\tid\n";

START_TEST(texts_for_ids_follow_the_others_where_a_key_goes_through_them)
{
    struct scene scene;

    start(&scene, more_facts, more_facts, "");
    finish(&scene, 10, 0);
    ck_assert_str_eq(decision(&scene, "public.event"), "merge (package_id, no)");
    ck_assert_int_eq(column(&scene, "public.event", "id")->action, PLAN_COLUMN_ID);
    ck_assert_str_eq(decision(&scene, "public.code"), "merge (id)");
    start(&scene, more_facts, more_facts, "");
    finish(&scene, 10, 10);
    ck_assert_str_eq(decision(&scene, "public.event"), "merge (id)");
}
END_TEST

START_TEST(ids_by_case_and_in_json_are_planned_where_they_are_translated)
{
    static const char rules[] = "event.target_id refers-by kind(Package=package, code=code)\n"
                                "event.data.\"packageIds\" array-of package\n"
                                "event.data.owner.id refers-to package\n"
                                "event.data.owner.id unresolved null\n"
                                "event.data.code refers-to code\n"
                                "event duplicates newest(no)\n"
                                "event.kind conflict fill\n";
    const struct plan_column *target, *data;
    struct scene scene;

    start(&scene, more_facts, more_facts, rules);
    finish(&scene, 10, 0);
    target = column(&scene, "public.event", "target_id");
    ck_assert_int_eq(target->action, PLAN_COLUMN_REFERENCE);
    ck_assert_str_eq(target->by, "kind");
    ck_assert_uint_eq(target->n_cases, 2);
    ck_assert_int_eq(target->cases[0].action, PLAN_COLUMN_REFERENCE);
    ck_assert_str_eq(target->cases[0].value, "Package");
    ck_assert_int_eq(target->cases[1].action, PLAN_COLUMN_SET);
    ck_assert_int_eq(target->unresolved, PLAN_UNRESOLVED_REJECT);
    data = column(&scene, "public.event", "data");
    ck_assert_int_eq(data->action, PLAN_COLUMN_SET);
    ck_assert_uint_eq(data->n_paths, 2);
    ck_assert_int_eq(data->paths[0].unresolved, PLAN_UNRESOLVED_REJECT);
    ck_assert_int_eq(data->paths[1].unresolved, PLAN_UNRESOLVED_NULL);
    ck_assert(strstr(data->reason, "ids of public.code are kept") != NULL);
    ck_assert_int_eq(column(&scene, "public.event", "kind")->conflict, PLAN_CONFLICT_FILL);
    ck_assert_int_eq(
        plan_find_table(&scene.plan, "public.event")->duplicates, PLAN_DUPLICATES_NEWEST);
    ck_assert(plan_is_array_target(&scene.plan, "public.package"));

    start(&scene, app_facts, app_facts, "comment.package_id refers-by seen(x=token)\n");
    finish(&scene, 10, 0);
    ck_assert_int_eq(column(&scene, "public.comment", "package_id")->action, PLAN_COLUMN_SET);
}
END_TEST

START_TEST(what_is_renamed_is_compared_under_its_live_name)
{
    static const char old_facts[] =
        "table\tpublic.pack\ttable\n"
        "column\tpublic.pack\tid\tinteger\tyes\tnextval()\tno\tno\t\\N\n"
        "column\tpublic.pack\turl\ttext\tyes\t\\N\tno\tno\t\\N\n"
        "data\tpublic.pack\tcopy\t3\t9\tid\turl\n";
    struct scene scene;
    const struct plan_table *package;

    start(&scene, old_facts, more_facts, "pack renamed-to package\npack.url renamed-to purl\n");
    finish(&scene, 10, 0);
    package = plan_find_table(&scene.plan, "public.package");
    ck_assert_str_eq(decision(&scene, "public.package"), "merge (purl)");
    ck_assert_str_eq(package->backup, "public.pack");
    ck_assert_str_eq(column(&scene, "public.package", "purl")->backup, "url");
    ck_assert_str_eq(package->why, "unique-key,pairs,renamed");
}
END_TEST

/* What a dry run looks at more closely: foreign keys that the backup need not have kept. */
START_TEST(a_foreign_key_may_lead_nowhere_where_the_backup_does_not_say_that_it_holds)
{
    static const char lone_facts[] = "table\tpublic.finding\ttable\n"
                                     "data\tpublic.finding\tcopy\t3\t9\tpackage_id\tline\n";
    static const struct {
        const char *without, *rules; /* a fact that the backup lacks */
        bool stricter;
    } cases[] = {
        {NULL, "", false},
        {"reference\tpublic.comment", "", true},
        {"reference\tpublic.finding", "", false},
        {NULL, "finding skip\n", true},
        {NULL, "package skip\n", false},
        {NULL, "finding conflict keep\n", false},
        {NULL, "finding append\n", false},
    };
    struct scene scene;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *facts = strdup(app_facts);
        char *lacks = cases[i].without != NULL ? strstr(facts, cases[i].without) : NULL;

        if (lacks != NULL)
            memmove(lacks, strchr(lacks, '\n') + 1, strlen(strchr(lacks, '\n') + 1) + 1);
        start(&scene, facts, app_facts, cases[i].rules);
        finish(&scene, 10, 10);
        ck_assert_msg(plan_find_table(&scene.plan, "public.comment")->stricter == cases[i].stricter,
            "case %zu", i);
    }
    start(&scene, lone_facts, app_facts, "");
    finish(&scene, 0, 0);
    ck_assert(plan_find_table(&scene.plan, "public.finding")->stricter);
}
END_TEST

/* ---- partitions */

#define DAY_KEY(name)                                                                              \
    "column\tpublic." name "\tday\tdate\tyes\t\\N\tno\tno\t\\N\n"                                  \
    "key\tpublic." name "\t" name "_pkey\tprimary\t(day)\tno\tno\n"
#define WHOLE(name, by)                                                                            \
    "table\tpublic." name "\tpartitioned\n"                                                        \
    "partition-key\tpublic." name "\t" by "\n" DAY_KEY(name)
#define INNER(name, parent, bound, by)                                                             \
    "table\tpublic." name "\tpartitioned\tpublic." parent "\n"                                     \
    "partition-key\tpublic." name "\t" by "\npartition-bound\tpublic." name "\t" bound             \
    "\n" DAY_KEY(name)
#define PART(name, parent, bound)                                                                  \
    "table\tpublic." name "\ttable\tpublic." parent "\npartition-bound\tpublic." name "\t" bound   \
    "\n" DAY_KEY(name)
#define ROWS(name, n) "data\tpublic." name "\tcopy\t" n "\t9\tday\n"
#define IN_1 "FOR VALUES IN (1)"
#define BACKUP                                                                                     \
    WHOLE("m", "LIST (day)")                                                                       \
    PART("m_1", "m", IN_1)                                                                         \
    PART("m_x", "m", "DEFAULT")                                                                    \
    INNER("m_2", "m", "FOR VALUES IN (2)", "RANGE (day)")                                          \
    PART("m_2_1", "m_2", "FOR VALUES FROM (1) TO (2)")                                             \
    ROWS("m_1", "3") ROWS("m_x", "4") ROWS("m_2_1", "5")

static const struct {
    const char *live;
    const char *whole, *one, *rest, *inner; /* decisions: public.m, m_1, m_x, m_2_1 */
    int rows;                               /* that go by way of public.m */
} places[] = {
    {BACKUP, "none", "merge (day)", "merge (day)", "merge (day)", 0},
    /* one more beside the default partition, which therefore takes less */
    {BACKUP PART("m_3", "m", "FOR VALUES IN (3)"), "merge (day)", "merge (day)", "skip ()",
        "merge (day)", 4},
    /* one less: what it took the default partition takes by now */
    {WHOLE("m", "LIST (day)") PART("m_1", "m", IN_1) PART("m_x", "m", "DEFAULT"), "merge (day)",
        "merge (day)", "merge (day)", "skip ()", 5},
    /* other bounds, and those of what it is a partition of */
    {WHOLE("m", "LIST (day)") PART("m_1", "m", "FOR VALUES IN (1, 7)") PART("m_x", "m", "DEFAULT")
            INNER("m_2", "m", "FOR VALUES IN (8)", "RANGE (day)")
                PART("m_2_1", "m_2", "FOR VALUES FROM (1) TO (2)"),
        "merge (day)", "skip ()", "skip ()", "skip ()", 12},
    /* partitioned by something else, at both levels */
    {WHOLE("m", "HASH (day)") PART("m_1", "m", IN_1), "merge (day)", "skip ()", "skip ()",
        "skip ()", 12},
    {WHOLE("m", "LIST (day)") PART("m_1", "m", IN_1) PART("m_x", "m", "DEFAULT") INNER("m_2", "m",
         "FOR VALUES IN (2)", "LIST (day)") PART("m_2_1", "m_2", "FOR VALUES FROM (1) TO (2)"),
        "merge (day)", "merge (day)", "merge (day)", "skip ()", 5},
    /* a table of its own by now */
    {WHOLE("m", "LIST (day)") "table\tpublic.m_1\ttable\n" DAY_KEY("m_1"), "merge (day)",
        "merge (day)", "skip ()", "skip ()", 9},
    /* partitioned itself; partitioned no more */
    {WHOLE("m", "LIST (day)") INNER("m_1", "m", IN_1, "LIST (day)"), "merge (day)", "skip ()",
        "skip ()", "skip ()", 12},
    {"table\tpublic.m\ttable\n" DAY_KEY("m"), "merge (day)", "skip ()", "skip ()", "skip ()", 12},
    /* what cannot take them */
    {"table\tpublic.m\tview\n", "none", "skip ()", "skip ()", "skip ()", 0},
    {WHOLE("m", "LIST (day)") PART("m_1", "m", IN_1) "table\tpublic.far\tforeign\tpublic.m\n",
        "none", "merge (day)", "skip ()", "skip ()", 0},
    {WHOLE("all", "LIST (day)") INNER("m", "all", IN_1, "LIST (day)"), "none", "skip ()", "skip ()",
        "skip ()", 0},
};

START_TEST(a_partition_is_merged_by_itself_where_it_takes_the_same_rows)
{
    struct scene scene;
    const struct plan_table *whole;

    start(&scene, BACKUP, places[_i].live, "");
    finish(&scene, 0, 0);
    ck_assert_str_eq(decision(&scene, "public.m"), places[_i].whole);
    ck_assert_str_eq(decision(&scene, "public.m_1"), places[_i].one);
    ck_assert_str_eq(decision(&scene, "public.m_x"), places[_i].rest);
    ck_assert_str_eq(decision(&scene, "public.m_2_1"), places[_i].inner);
    whole = plan_find_table(&scene.plan, "public.m");
    ck_assert_int_eq(whole != NULL ? whole->rows : 0, places[_i].rows);
    ck_assert(
        whole == NULL ||
        whole->partitioned == (schema_find_table(&scene.live, "public.m")->kind != SCHEMA_TABLE));
}
END_TEST

START_TEST(rows_go_by_way_of_a_whole_table_that_can_take_them)
{
    static const char live[] = WHOLE("m", "LIST (day)");
    struct scene scene;

    start(&scene, BACKUP, live, "m_1 append\nm key day\n");
    finish(&scene, 0, 0);
    ck_assert(mentions(&scene, "public.m_1", "for it has rules of its own"));
    ck_assert_str_eq(plan_find_table(&scene.plan, "public.m_x")->into, "public.m");
    ck_assert_str_eq(plan_find_table(&scene.plan, "public.m_x")->why, "routed");
    start(&scene, BACKUP, live, "m skip\n");
    finish(&scene, 0, 0);
    ck_assert_str_eq(decision(&scene, "public.m"), "none");
    ck_assert_str_eq(plan_find_table(&scene.plan, "public.m_1")->why, "rule");
    ck_assert_ptr_null(plan_find_table(&scene.plan, "public.m_1")->into);
    start(&scene, BACKUP, live, "m conflict keep\n");
    finish(&scene, 0, 0);
    ck_assert_int_eq(plan_find_table(&scene.plan, "public.m")->conflict, PLAN_CONFLICT_KEEP);
    ck_assert(plan_find_table(&scene.plan, "public.m")->stricter);
    start(&scene, WHOLE("m", "LIST (day)") PART("m_1", "m", IN_1) ROWS("m", "7"), live, "");
    finish(&scene, 0, 0); /* loaded by way of the root */
    ck_assert_str_eq(decision(&scene, "public.m"), "merge (day)");
    ck_assert_str_eq(plan_find_table(&scene.plan, "public.m_1")->why, "no-rows");
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("decide");

    tcase_add_test(tests, other_lineage_replaces_ids_and_translates_references);
    tcase_add_test(tests, a_reference_to_a_reference_is_translated_by_the_map_at_its_end);
    tcase_add_test(tests, same_lineage_merges_keyless_tables_by_id);
    tcase_add_test(tests, without_evidence_the_lineage_is_unknown_and_treated_as_same);
    tcase_add_test(tests, contradictory_evidence_is_other_and_says_so);
    tcase_add_test(tests, few_pairs_that_agree_are_little_evidence);
    tcase_add_test(tests, a_backup_of_which_the_live_database_has_little_is_a_doubt);
    tcase_add_test(tests, text_ids_yield_to_the_key_once_a_pair_disagrees);
    tcase_add_test(tests, ids_that_parted_after_a_common_start_are_of_the_same_lineage);
    tcase_add_test(tests, content_decides_where_no_table_has_key_evidence);
    tcase_add_test(tests, a_table_that_says_little_follows_the_others);
    tcase_add_test(tests, a_key_into_its_own_cycle_is_not_used);
    tcase_add_test(tests, a_made_member_of_a_key_is_replaced_where_it_means_something_else);
    tcase_add_test(tests, partitions_have_the_ids_of_the_whole_table);
    tcase_add_test(tests, a_made_member_of_a_key_stays_where_it_means_the_same);
    tcase_add_test(tests, a_made_member_that_is_not_alone_is_left_out_with_what_refers_to_it);
    tcase_add_test(tests, a_primary_key_that_is_a_reference_is_no_surrogate);
    tcase_add_test(tests, an_integer_without_default_is_a_surrogate_only_beside_a_usable_key);
    tcase_add_test(tests, rules_win_and_are_named);
    tcase_add_test(tests, arrays_and_soft_references_follow_the_ids_of_their_table);
    tcase_add_test(tests, numbers_that_look_like_ids_of_nothing_are_named);
    tcase_add_test(tests, ids_that_both_databases_gave_make_such_numbers_doubtful);
    tcase_add_test(tests, ids_of_a_parent_that_is_left_out_are_doubted);
    tcase_add_test(tests, unlike_rows_of_equal_ids_are_a_doubt_until_a_rule_decides);
    tcase_add_loop_test(tests, a_key_that_moved_does_not_tell_rows_apart, 0, 11);
    tcase_add_loop_test(tests, ids_mean_the_same_row_where_columns_tell_strangers_apart, 0, 7);
    tcase_add_test(tests, agreement_by_chance_is_no_evidence);
    tcase_add_test(tests, strangers_of_the_last_ids_are_left_to_a_rule);
    tcase_add_test(tests, ids_that_do_not_count_up_do_not_fork);
    tcase_add_test(tests, rows_behind_a_fork_say_nothing_about_other_tables);
    tcase_add_test(tests, a_made_member_of_a_key_forks_too);
    tcase_add_test(tests, ids_that_are_there_twice_under_other_keys_are_a_warning);
    tcase_add_test(tests, a_rule_that_overwrites_strangers_by_id_is_a_warning);
    tcase_add_test(tests, another_key_tells_strangers_apart_that_look_alike);
    tcase_add_test(tests, the_partitions_of_a_table_have_one_fork);
    tcase_add_test(tests, what_does_not_fit_is_left_out_with_a_reason);
    tcase_add_test(tests, a_rule_may_leave_out_a_column_or_try_a_type);
    tcase_add_test(tests, a_dump_of_data_only_is_taken_as_the_live_table_declares_it);
    tcase_add_test(tests, ids_of_a_table_that_is_not_in_the_backup_are_not_taken_for_other_ones);
    tcase_add_test(tests, references_to_a_damaged_table_are_not_trusted_without_a_rule);
    tcase_add_test(tests, nor_are_those_to_a_table_that_a_damaged_backup_lacks);
    tcase_add_test(tests, ids_go_on_through_a_damaged_table);
    tcase_add_test(tests, tables_come_parents_first_and_skipped_ones_last);
    tcase_add_test(tests, texts_for_ids_follow_the_others_where_a_key_goes_through_them);
    tcase_add_test(tests, ids_by_case_and_in_json_are_planned_where_they_are_translated);
    tcase_add_test(tests, what_is_renamed_is_compared_under_its_live_name);
    tcase_add_test(
        tests, a_foreign_key_may_lead_nowhere_where_the_backup_does_not_say_that_it_holds);
    tcase_add_loop_test(tests, a_partition_is_merged_by_itself_where_it_takes_the_same_rows, 0,
        sizeof places / sizeof places[0]);
    tcase_add_test(tests, rows_go_by_way_of_a_whole_table_that_can_take_them);
    return unit_run(tests);
}
