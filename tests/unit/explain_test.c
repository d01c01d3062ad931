/* Plans for people. */
#include "unit.h"

#include "explain.h"

static const char *
explained(const char *text)
{
    struct plan plan = {0};
    struct buf out = {0};
    char *reason;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        ck_assert_msg(plan_parse(&plan, slice_make(text, length), &reason), "%s", reason);
        text += length + (text[length] == '\n');
    }
    explain_plan(&plan, &out);
    return buf_string(&out);
}

START_TEST(a_table_is_a_line_with_its_columns_and_rules)
{
    ck_assert_str_eq(
        explained(
            "plan\t-\t-\t1\n"
            "lineage\t-\t-\tother\t-\t-\t-\t0 of 25 sampled pairs agree\n"
            "table\tpublic.package\t-\tmerge\t(purl)\t-\tlineage=other rows=3 "
            "why=unique-key,pairs\tby purl (unique purl_key)\n"
            "column\tpublic.package\tid\tid\tpublic.s\tinteger\t-\tthe live row's id\n"
            "column\tpublic.package\tpurl\tset\t-\ttext\n"
            "column\tpublic.package\t\"Up\"\treference\tpublic.package\t-\tunresolved=null "
            "backup=parent\tforeign key f\n"
            "column\tpublic.package\tof\treference\t-\t-\tunresolved=reject by=kind\n"
            "case\tpublic.package\tof\treference\tpublic.package\t-\twhen=\"P\"\n"
            "case\tpublic.package\tof\tset\tpublic.code\t-\twhen=c\n"
            "column\tpublic.package\tdata\tset\n"
            "path\tpublic.package\tdata.\"Ids\"\tarray\tpublic.package\t-\tunresolved=drop"
            "\trule r:1\n"
            "table\tpublic.old\t-\tskip\t-\t-\twhy=no-live-table\tnot in the live database\n"),
        "lineage: other, 0 of 25 sampled pairs agree\n"
        "public.package: merge by purl (unique purl_key); 3 rows\n"
        "    id: the surrogate id (the live row's id)\n"
        "    \"Up\": parent in the backup; an id of public.package; one whose row is not there "
        "becomes null (foreign key f)\n"
        "    of: an id of the table that kind names: P of public.package, c of public.code (kept); "
        "one whose row is not there rejects its row\n"
        "    data.\"Ids\": an array of ids of public.package in json; one whose row is not there "
        "is dropped (rule r:1)\n"
        "public.old: skip: not in the live database\n"
        "    # the table has another name now: public.old renamed-to TABLE\n"
        "rules for any table:\n"
        "    # other columns tell its rows apart: TABLE key COLUMN, ...\n"
        "    # add every row that is not there as a whole: TABLE append\n"
        "    # its ids mean the same, or something else, after all: TABLE lineage same | other\n"
        "    # live rows win, get what they lack, or the newer row wins: TABLE conflict keep | "
        "fill "
        "| newest(COLUMN)\n"
        "    # leave it out: TABLE skip\n"
        "    # leave a column out: TABLE.COLUMN skip\n");
}
END_TEST

START_TEST(what_no_table_asks_for_is_not_said)
{
    ck_assert_str_eq(explained("plan\t-\t-\t1\n"
                               "lineage\t-\t-\tunknown\n"
                               "table\tpublic.old\t-\tskip\t-\t-\twhy=rule\trule r:1\n"),
        "lineage: unknown\n"
        "public.old: skip: rule r:1\n");
    ck_assert_str_eq(explained("plan\t-\t-\t1\n"
                               "lineage\t-\t-\tunknown\n"
                               "table\tpublic.log\t-\tappend\t-\t-\twhy=no-key\tno key\n"),
        "lineage: unknown\n"
        "public.log: append: no key\n"
        "    # columns that tell its rows apart: public.log key COLUMN, ...\n"
        "rules for any table:\n"
        "    # leave it out: TABLE skip\n"
        "    # leave a column out: TABLE.COLUMN skip\n");
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("explain");

    tcase_add_test(tests, a_table_is_a_line_with_its_columns_and_rules);
    tcase_add_test(tests, what_no_table_asks_for_is_not_said);
    return unit_run(tests);
}
