/* What is a script of SQL, and what people only took for one, by its first bytes. */
#include "unit.h"

#include "buf.h"
#include "scripthead.h"

static const struct {
    const char *head, *shown; /* NULL: it may be SQL */
} heads[] = {
    {"--\n-- PostgreSQL database dump\n--\n\nSET x = 1;\n", NULL},
    {"--\r\n-- Postgre", NULL}, /* cut */
    {"\xef\xbb\xbf-- x\n\\restrict abc\n\nSET x = 1;", NULL},
    {"  /* x\n*/ create table a ();", NULL}, {"INSERT INTO a VALUES (1);", NULL},
    {"BEGIN;\n", NULL}, {"BEGIN", NULL}, {"CRE", NULL}, /* cut */ {"values(1);", NULL},
    {"Password: \n--\n-- PostgreSQL database dump\n", NULL}, /* what went before it */
    {"", "it is empty"}, {" \n\n", "it is empty"}, {"id,name\n1,a\n", "it begins with \"id,name\""},
    {"SELECTED, x", "it begins with \"SELECTED, x\""}, {"Use: x", "it begins with \"Use: x\""},
    {"<!DOCTYPE html>\r\n<html>", "it begins with \"<!DOCTYPE html>\""},
    {"\xff\xd8\xff\xe0 JFIF", "it begins with \"\\xff\\xd8\\xff\\xe0 JFIF\""},
    {"-- x\npg_dump: error: no", "it begins with \"-- x\""},
    {"0123456789012345678901234567890123456789",
        "it begins with \"0123456789012345678901234567890123456789\""},
    {"0123456789012345678901234567890123456789a",
        "it begins with \"0123456789012345678901234567890123456789...\""},
    {"\\.merge-stream\t1", NULL}, /* as a command of psql's; others know it */
};

START_TEST(what_begins_otherwise_is_no_script)
{
    struct slice head = slice_string(heads[_i].head);
    struct buf shown = {0};

    ck_assert_int_eq(scripthead_may_be_sql(head), heads[_i].shown == NULL);
    scripthead_show(head, &shown);
    if (heads[_i].shown != NULL)
        ck_assert_str_eq(buf_string(&shown), heads[_i].shown);
    buf_release(&shown);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("scripthead");

    tcase_add_loop_test(
        tests, what_begins_otherwise_is_no_script, 0, (int)(sizeof heads / sizeof heads[0]));
    return unit_run(tests);
}
