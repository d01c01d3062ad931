/* Rules: what is understood, and what is named as wrong. */
#include "unitfacts.h"

#include "rules.h"

static const char live_facts[] =
    "table\tpublic.package\ttable\n"
    "column\tpublic.package\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\tpurl\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\tMy Col\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\trelated\tinteger[]\tno\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\tdata\tjsonb\tno\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\tlist\tjson\tno\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\tup\tinteger\tno\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\tnum\tinteger\tno\t\\N\tno\tno\t\\N\n"
    "key\tpublic.package\tpk\tprimary\t(id)\tno\tno\n"
    "reference\tpublic.package\tup_fk\t(up)\tpublic.package\t(id)\tno\n"
    "table\tapp.\"Weird.Name\"\ttable\n"
    "column\tapp.\"Weird.Name\"\tkey\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "table\tapp.only\ttable\n"
    "column\tapp.only\ta\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "table\tone.twice\ttable\n"
    "table\ttwo.twice\ttable\n";
static const char backup_facts[] = "table\tpublic.both\ttable\n"
                                   "table\tpublic.old\ttable\n"
                                   "data\tpublic.old\tcopy\t1\t2\tx\ty\n";

static struct schema
schema_of(const char *text)
{
    struct schema schema = {0};

    unitfacts_add(&schema, text);
    return schema;
}

/* Parses the lines of `text`; the reasons of the bad ones, each ended by '\n'. */
static const char *
parse(struct rules *rules, const char *text)
{
    struct schema live = schema_of(live_facts), backup = schema_of(backup_facts);
    struct buf errors = {0};
    unsigned long number;
    const char *rest;
    char *reason;

    rules->file = "merge.rules";
    for (int pass = 0; pass < RULES_PASSES; pass++)
        for (number = 1, rest = text; *rest != '\0'; number++) {
            size_t length = strcspn(rest, "\n");

            if (!rules_parse(rules, &backup, &live, slice_make(rest, length), number,
                    (enum rules_pass)pass, &reason))
                buf_add_format(&errors, "%lu: %s\n", number, reason);
            rest += length + (rest[length] == '\n');
        }
    if (errors.length == 0 && !rules_check(rules, &live, &number, &reason))
        buf_add_format(&errors, "%lu: %s\n", number, reason);
    return buf_string(&errors);
}

/* As parse(), before the schemas are known. */
static const char *
parse_words(const char *text)
{
    struct rules rules = {.file = "merge.rules"};
    struct buf errors = {0};
    char *reason;

    for (unsigned long number = 1; *text != '\0'; number++) {
        size_t length = strcspn(text, "\n");

        if (!rules_parse(
                &rules, NULL, NULL, slice_make(text, length), number, RULES_PASS_REST, &reason))
            buf_add_format(&errors, "%lu: %s\n", number, reason);
        text += length + (text[length] == '\n');
    }
    return buf_string(&errors);
}

START_TEST(words_are_looked_at_without_schemas)
{
    ck_assert_str_eq(parse_words("t key a, b\ns.t conflict newest(a)\nt.c array-of x\nt.c.k.l "
                                 "refers-to x\nt.f refers-by b(x=y)\nt.d unresolved drop\n"
                                 "t.e no-ids\n* conflict newest(a)\na renamed-to b\nt skip\n"
                                 "t.\"E\" skip\n"),
        "");
    ck_assert_str_eq(parse_words("t lineage else\nt append\nt append\n"),
        "1: same or other is wanted, not \"else\"\n3: line 2 says how its rows are identified "
        "already\n");
}
END_TEST

START_TEST(every_word_is_understood)
{
    struct rules rules = {0};
    const struct rules_table *package;

    ck_assert_str_eq(parse(&rules, "# a comment\n\n  package   key  purl, \"My Col\"  # why\n"
                                   "public.package.related array-of package\r\n"
                                   "package.related unresolved drop\n"
                                   "package.id refers-to only\n"
                                   "package lineage other\n"
                                   "package conflict newest(\"My Col\")\n"
                                   "package.purl conflict keep\n"
                                   "only append\n"
                                   "app.\"Weird.Name\" merge\n"
                                   "old skip\n"
                                   "old lineage same\n"),
        "");
    package = rules_table(&rules, "public.package");
    ck_assert_uint_eq(package->key.n, 2);
    ck_assert_str_eq(package->key.names[1], "My Col");
    ck_assert_uint_eq(package->identity_line, 3);
    ck_assert_int_eq(rules_column(package, "related")->ids.role, RULES_ROLE_ARRAY);
    ck_assert_str_eq(rules_column(package, "related")->ids.target, "public.package");
    ck_assert_int_eq(rules_column(package, "related")->ids.unresolved, PLAN_UNRESOLVED_DROP);
    ck_assert_str_eq(rules_column(package, "id")->ids.target, "app.only");
    ck_assert_int_eq(package->lineage, PLAN_LINEAGE_OTHER);
    ck_assert_int_eq(package->conflict, PLAN_CONFLICT_NEWEST);
    ck_assert_str_eq(package->newest, "My Col");
    ck_assert_int_eq(rules_column(package, "purl")->conflict, PLAN_CONFLICT_KEEP);
    ck_assert_int_eq(rules_table(&rules, "app.only")->identity, RULES_IDENTITY_APPEND);
    ck_assert_int_eq(rules_table(&rules, "app.\"Weird.Name\"")->identity, RULES_IDENTITY_MERGE);
    ck_assert_uint_eq(rules_table(&rules, "public.old")->skip_line, 12);
    ck_assert_uint_eq(rules_table(&rules, "public.old")->lineage_line, 13);
    ck_assert_str_eq(rules_reason(&rules, 12), "rule merge.rules:12");
}
END_TEST

START_TEST(ids_may_be_named_by_a_column_or_stand_in_json)
{
    struct rules rules = {0};
    const struct rules_column *column;
    const struct rules_table *package;

    ck_assert_str_eq(
        parse(&rules, "package.id refers-by purl ( Post = only,'a ''b'''=app.\"Weird.Name\" )\n"
                      "package.id unresolved null # or not\n"
                      "public.package.data.\"Ids\".x array-of only\n"
                      "package.data.owner refers-to package\n"
                      "package.data.owner unresolved keep\n"
                      "package.list array-of package\n"
                      "package duplicates newest(\"My Col\")\n"
                      "package.purl conflict newest(id)\n"
                      "old.x conflict fill\n"),
        "");
    package = rules_table(&rules, "public.package");
    column = rules_column(package, "id");
    ck_assert_int_eq(column->ids.role, RULES_ROLE_CASES);
    ck_assert_str_eq(column->ids.by, "purl");
    ck_assert_uint_eq(column->ids.n_cases, 2);
    ck_assert_str_eq(column->ids.cases[0].value, "Post");
    ck_assert_str_eq(column->ids.cases[0].target, "app.only");
    ck_assert_str_eq(column->ids.cases[1].value, "a 'b'");
    ck_assert_str_eq(column->ids.cases[1].target, "app.\"Weird.Name\"");
    ck_assert_int_eq(column->ids.unresolved, PLAN_UNRESOLVED_NULL);
    column = rules_column(package, "data");
    ck_assert_uint_eq(column->n_paths, 2);
    ck_assert_str_eq(column->paths[0].keys.names[0], "Ids");
    ck_assert_str_eq(column->paths[0].keys.names[1], "x");
    ck_assert_int_eq(column->paths[0].ids.role, RULES_ROLE_ARRAY);
    ck_assert_str_eq(column->paths[1].ids.target, "public.package");
    ck_assert_uint_eq(column->paths[1].ids.unresolved_line, 5);
    column = rules_column(package, "list");
    ck_assert_uint_eq(column->n_paths, 1);
    ck_assert_uint_eq(column->paths[0].keys.n, 0);
    ck_assert_int_eq(package->duplicates, PLAN_DUPLICATES_NEWEST);
    ck_assert_str_eq(package->duplicates_newest, "My Col");
    ck_assert_str_eq(rules_column(package, "purl")->newest, "id");
    ck_assert_str_eq(rules_target(package, 0), "app.only");
    ck_assert_str_eq(rules_target(package, 4), "public.package");
    ck_assert_ptr_null(rules_target(package, 5));
}
END_TEST

START_TEST(names_of_the_backup_give_way_to_the_live_ones)
{
    struct rules rules = {0};

    ck_assert_str_eq(parse(&rules, "package key purl\n"
                                   "old.y renamed-to \"My Col\"\n"
                                   "old.x renamed-to purl\n"
                                   "package.purl conflict keep\n"
                                   "old renamed-to package\n"),
        "");
    ck_assert_str_eq(rules_backup_table(&rules, "public.package"), "public.old");
    ck_assert_ptr_null(rules_backup_table(&rules, "app.only"));
    ck_assert_str_eq(rules_backup_column(&rules, "public.package", "My Col"), "y");
    ck_assert_ptr_null(rules_backup_column(&rules, "public.package", "id"));
    ck_assert_str_eq(rules_live_table(&rules, "public.old"), "public.package");
    ck_assert_str_eq(rules_live_table(&rules, "public.x"), "public.x");
    ck_assert_str_eq(rules_live_column(&rules, "public.old", "x"), "purl");
    ck_assert_str_eq(rules_live_column(&rules, "public.old", "z"), "z");
}
END_TEST

START_TEST(what_has_no_rules_is_empty)
{
    struct rules rules = {0};

    ck_assert_uint_eq(rules_table(&rules, "public.package")->identity_line, 0);
    ck_assert_uint_eq(rules_column(rules_table(&rules, "x"), "y")->ids.role_line, 0);
}
END_TEST

static const struct {
    const char *text, *reason;
} bad[] = {
    {"package", "1: a rule is a name and a word"},
    {"package keys purl", "1: key, append, merge"},
    {"pakcage key purl", "1: neither the backup nor the live database has one table \"pakcage\""},
    {"User key email",
        "1: capitals count in double quotes only, as in SQL, and there is no one table"},
    {"twice append", "has one table \"twice\""},
    {"package key nothing", "the table has no column \"nothing\""},
    {"package key", "columns are wanted"},
    {"package key purl,", "columns are wanted"},
    {"package.nothing skip", "has a column"},
    {"package array-of package", "TABLE.COLUMN"},
    {"package.purl array-of package", "this column's type is \"text\""},
    {"package.related refers-to package", "write array-of"},
    {"package.related array-of nothing", "has one table \"nothing\""},
    {"package.related array-of", "a table is missing"},
    {"package.purl unresolved drop", "drop is for arrays"},
    {"package.id refers-to\npackage.id refers-to only", "1: a table is missing"},
    {"package.id key purl", "has one table \"package.id\""},
    {"package lineage unknown", "same or other"},
    {"package conflict", "update, keep, fill or newest"},
    {"package conflict newst", "update, keep, fill or newest"},
    {"package conflict newest", "newest(COLUMN)"},
    {"package conflict newest(x)", "no column \"x\""},
    {"package.purl conflict newer", "update, keep, fill or newest"},
    {"package.purl conflict newest(x)", "no column \"x\""},
    {"package duplicates", "first, newest(COLUMN) or reject"},
    {"package duplicates last", "first, newest(COLUMN) or reject"},
    {"package duplicates newest", "one column is wanted"},
    {"package duplicates first\npackage duplicates reject", "2: line 1 says which duplicate wins"},
    {"package.purl.a refers-to package", "keys lead into columns of json or jsonb"},
    {"package.data.Ids array-of package", "capitals of a key in json count in double quotes"},
    {"package.data.a key purl", "one table \"package.data.a\""},
    {"package.data.a skip", "one table \"package.data.a\""},
    {"package.data array-of package\npackage.data.a array-of package", "2: line 1 is about"},
    {"package.data.a.b refers-to package\npackage.data.a array-of only", "2: line 1 is about"},
    {"package.data.a unresolved drop", "no rule says whose ids"},
    {"package.data.a refers-to only\npackage.data.a unresolved drop", "2: drop is for arrays"},
    {"package.id refers-by", "a column and its values are wanted"},
    {"package.id refers-by nothing(a=only)", "the table has no column \"nothing\""},
    {"package.id refers-by id(a=only)", "itself"},
    {"package.id refers-by purl(a=only, a=package)", "two tables for the value \"a\""},
    {"package.id refers-by purl(a=only", "closing parenthesis"},
    {"package.id refers-by purl(a only)", "VALUE=TABLE"},
    {"package.id refers-by purl('a=only)", "VALUE=TABLE"},
    {"package.id refers-by purl()", "VALUE=TABLE"},
    {"package.id refers-by purl(a=nothing)", "one table \"nothing\""},
    {"package.id refers-by purl(a=only) now", "nothing may follow"},
    {"package.related refers-by purl(a=only)", "refers-by is for single ids"},
    {"package.id refers-by purl(a=only)\npackage.purl refers-by num(a=only)",
        "1: line 2 says that purl"},
    {"nothing renamed-to package", "the backup has no one table"},
    {"old renamed-to nothing", "the live database has no one table"},
    {"old renamed-to", "the name in the live database is missing"},
    {"both renamed-to package\nold renamed-to package", "2: the backup has a table of that name"},
    {"old renamed-to package\nold renamed-to only", "2: the backup has no one table"},
    {"old.z renamed-to purl", "the backup's table has no column"},
    {"old.x renamed-to purl", "the live database has no table \"public.old\""},
    {"old renamed-to package\npackage.x renamed-to purl", "2: the column's table is to be named"},
    {"old renamed-to package\nold.x renamed-to nothing", "2: the live table has no column"},
    {"old renamed-to package\nold.x renamed-to purl\nold.y renamed-to purl",
        "3: the backup's table has a column of that name"},
    {"old renamed-to package\nold append", "2: neither the backup nor the live database has one"},
    {"* key a", "* is all tables, of which only lineage, conflict and duplicates can be said"},
    {"* skip", "a table is wanted"},
    {"* conflict keep\n* conflict fill", "2: line 1 says its conflict already"},
    {"* conflict newest(nothing)", "no live table has a column \"nothing\""},
    {"package.num no-ids\npackage.num refers-to only", "2: line 1 says that it holds no ids"},
    {"package.num refers-to only\npackage.num no-ids", "2: line 1 says what its ids are of"},
    {"package.data no-ids\npackage.data.a array-of only", "2: line 1 is about"},
    {"package.data.a no-ids\npackage.data.a unresolved keep", "2: line 1 says that it holds no"},
    {"package.num unresolved keep\npackage.num no-ids", "2: line 1 says what becomes of its ids"},
    {"package.num no-ids\npackage.num no-ids", "2: line 1 says that it holds no ids already"},
    {"package.num.a no-ids", "keys lead into columns of json"},
    {"package.num no-ids only", "nothing may follow"},
    {"package no-ids", "TABLE.COLUMN"},
    {"package.up no-ids", "1: the foreign key up_fk says whose ids"},
    {"package.num skip\npackage.num no-ids", "2: line 1 skips the column"},
    {"package skip\npackage key purl", "2: line 1 skips the whole table"},
    {"package key purl\npackage.purl skip", "1: line 2 skips the column purl"},
    {"package.purl skip\npackage.purl conflict keep", "2: line 1 skips the column"},
    {"package.id skip\npackage conflict newest(id)", "2: line 1 skips the column id"},
    {"package append\npackage conflict keep", "2: line 1 says append"},
    {"package append\npackage.purl conflict keep", "2: line 1 says append"},
    {"package append\npackage duplicates first", "2: line 1 says append"},
    {"package append\npackage.up refers-to package\npackage.up unresolved null",
        "3: line 1 says append"},
    {"package key up\npackage append", "2: line 1 says how its rows"},
    {"package key up", "the key holds only references to the table itself"},
    {"package.num refers-to package\npackage key num, up", "2: the key holds only references"},
    {"package.id refers-to package", "the table's own primary key"},
    {"package append now", "nothing may follow"},
    {"package append\npackage key purl", "2: line 1 says how its rows are identified already"},
    {"package skip\npackage skip", "2: line 1 says to skip it already"},
    {"bad one\nworse two\npackage append", "2: "},
    {"\"open append", "a rule is"},
};

START_TEST(a_bad_rule_says_what_is_wrong)
{
    struct rules rules = {0};
    const char *errors = parse(&rules, bad[_i].text);

    ck_assert_msg(strstr(errors, bad[_i].reason) != NULL, "%s: %s", bad[_i].text, errors);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("rules");

    tcase_add_test(tests, every_word_is_understood);
    tcase_add_test(tests, words_are_looked_at_without_schemas);
    tcase_add_test(tests, ids_may_be_named_by_a_column_or_stand_in_json);
    tcase_add_test(tests, names_of_the_backup_give_way_to_the_live_ones);
    tcase_add_test(tests, what_has_no_rules_is_empty);
    tcase_add_loop_test(tests, a_bad_rule_says_what_is_wrong, 0, (int)(sizeof bad / sizeof bad[0]));
    return unit_run(tests);
}
