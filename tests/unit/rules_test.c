/* Rules: what is understood, and what is named as wrong. */
#include "unit.h"

#include "facts.h"
#include "rules.h"

static const char live_facts[] =
    "table\tpublic.package\ttable\n"
    "column\tpublic.package\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\tpurl\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\tMy Col\ttext\tyes\t\\N\tno\tno\t\\N\n"
    "column\tpublic.package\trelated\tinteger[]\tno\t\\N\tno\tno\t\\N\n"
    "table\tapp.\"Weird.Name\"\ttable\n"
    "column\tapp.\"Weird.Name\"\tkey\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "table\tapp.only\ttable\n"
    "column\tapp.only\ta\tinteger\tyes\t\\N\tno\tno\t\\N\n"
    "table\tone.twice\ttable\n"
    "table\ttwo.twice\ttable\n";
static const char backup_facts[] = "table\tpublic.old\ttable\n"
                                   "data\tpublic.old\tcopy\t1\t2\tx\ty\n";

static struct schema
schema_of(const char *text)
{
    struct schema schema = {0};
    char *reason;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        ck_assert(facts_parse(&schema, slice_make(text, length), &reason));
        text += length + 1;
    }
    return schema;
}

/* Parses the lines of `text`; the reasons of the bad ones, each ended by '\n'. */
static const char *
parse(struct rules *rules, const char *text)
{
    struct schema live = schema_of(live_facts), backup = schema_of(backup_facts);
    struct buf errors = {0};
    char *reason;

    rules->file = "merge.rules";
    for (unsigned long number = 1; *text != '\0'; number++) {
        size_t length = strcspn(text, "\n");

        if (!rules_parse(rules, &backup, &live, slice_make(text, length), number, &reason))
            buf_add_format(&errors, "%lu: %s\n", number, reason);
        text += length + (text[length] == '\n');
    }
    return buf_string(&errors);
}

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
                                   "package.\"My Col\" skip\n"
                                   "only append\n"
                                   "app.\"Weird.Name\" merge\n"
                                   "old skip\n"),
        "");
    package = rules_table(&rules, "public.package");
    ck_assert_uint_eq(package->key.n, 2);
    ck_assert_str_eq(package->key.names[1], "My Col");
    ck_assert_uint_eq(package->identity_line, 3);
    ck_assert_int_eq(rules_column(package, "related")->role, RULES_ROLE_ARRAY);
    ck_assert_str_eq(rules_column(package, "related")->target, "public.package");
    ck_assert_int_eq(rules_column(package, "related")->unresolved, PLAN_UNRESOLVED_DROP);
    ck_assert_str_eq(rules_column(package, "id")->target, "app.only");
    ck_assert_int_eq(package->lineage, PLAN_LINEAGE_OTHER);
    ck_assert_int_eq(package->conflict, PLAN_CONFLICT_NEWEST);
    ck_assert_str_eq(package->newest, "My Col");
    ck_assert_int_eq(rules_column(package, "purl")->conflict, PLAN_CONFLICT_KEEP);
    ck_assert_uint_eq(rules_column(package, "My Col")->skip_line, 10);
    ck_assert_int_eq(rules_table(&rules, "app.only")->identity, RULES_IDENTITY_APPEND);
    ck_assert_int_eq(rules_table(&rules, "app.\"Weird.Name\"")->identity, RULES_IDENTITY_MERGE);
    ck_assert_uint_eq(rules_table(&rules, "public.old")->skip_line, 13);
    ck_assert_str_eq(rules_reason(&rules, 12), "rule merge.rules:12");
}
END_TEST

START_TEST(what_has_no_rules_is_empty)
{
    struct rules rules = {0};

    ck_assert_uint_eq(rules_table(&rules, "public.package")->identity_line, 0);
    ck_assert_uint_eq(rules_column(rules_table(&rules, "x"), "y")->role_line, 0);
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
    {"package.id key purl", "has one table \"package.id\""},
    {"package lineage unknown", "same or other"},
    {"package conflict", "update, keep, fill or newest"},
    {"package conflict newst", "update, keep, fill or newest"},
    {"package conflict newest", "newest(COLUMN)"},
    {"package conflict newest(x)", "no column \"x\""},
    {"package.purl conflict fill", "update or keep"},
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
    tcase_add_test(tests, what_has_no_rules_is_empty);
    tcase_add_loop_test(tests, a_bad_rule_says_what_is_wrong, 0, (int)(sizeof bad / sizeof bad[0]));
    return unit_run(tests);
}
