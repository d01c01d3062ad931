/* Changed rows as people see them. */
#include "show.h"
#include "unitlayout.h"

#define HEAD "  public.link a_id = \"1\", b_id = \"2\"\n"
#define DIGITS "12345678901234567890123456789012345678901234567890123456789"

static const struct {
    const char *row, *shown;
} rows[] = {
    {"1\t2\told\told day\tnew\told day", HEAD "    note: \"old\" -> \"new\"\n"},
    {"1\t2\t\\N\tx\t\t\\N", HEAD "    note: (null) -> \"\"\n    at: \"x\" -> (null)\n"},
    {"1\t2\ta\\tb\tx\ta\033[31m\tx", HEAD "    note: \"a\\tb\" -> \"a\\x1b[31m\"\n"},
    {"1\t2\t0123456789" DIGITS "X\tx\t0123456789" DIGITS "Y\tx",
        HEAD "    note: \"..." DIGITS "X\" -> \"..." DIGITS "Y\"\n"},
    {"1\t2\tX" DIGITS "0123456789\tx\tY" DIGITS "0123456789\tx",
        HEAD "    note: \"X" DIGITS "...\" -> \"Y" DIGITS "...\"\n"},
};

static void
set_up(struct fixture *f, struct schema_names *columns)
{
    make_link(f, 4);
    *columns = (struct schema_names){0};
    schema_add_name(columns, "note");
    schema_add_name(columns, "at");
}

START_TEST(a_line_a_column_that_differs)
{
    struct schema_names columns;
    struct show show = {.limit = 1};
    struct fixture f;

    set_up(&f, &columns);
    show_row(&show, &f.layout, &columns, slice_string(rows[_i].row));
    unit_slice_is(buf_slice(&show.lines), rows[_i].shown);
    show_release(&show);
}
END_TEST

START_TEST(so_many_rows_a_table_and_no_more)
{
    struct schema_names columns;
    struct show show = {.limit = 2};
    struct fixture f;
    size_t length;

    set_up(&f, &columns);
    show_row(&show, &f.layout, &columns, SLICE("1\t2\ta\tb\tc\td"));
    show_row(&show, &f.layout, &columns, SLICE("1\t3\ta\tb\tc\td"));
    length = show.lines.length;
    show_row(&show, &f.layout, &columns, SLICE("1\t4\ta\tb\tc\td"));
    ck_assert_uint_eq(show.lines.length, length);
    show_clear(&show);
    show_row(&show, &f.layout, &columns, SLICE("1\t4\ta\tb\tc\td"));
    ck_assert_uint_eq(show.lines.length, length / 2);
    show_release(&show);
}
END_TEST

START_TEST(a_character_is_never_cut)
{
    struct schema_names columns;
    struct show show = {.limit = 1};
    struct buf row = {0};
    struct fixture f;

    set_up(&f, &columns);
    buf_add_string(&row, "1\t2\t");
    for (int i = 0; i < 50; i++)
        buf_add_string(&row, "\xc3\xa9");
    buf_add_string(&row, "X\tb\t");
    for (int i = 0; i < 50; i++)
        buf_add_string(&row, "\xc3\xa9");
    buf_add_string(&row, "Y\tb");
    show_row(&show, &f.layout, &columns, buf_slice(&row));
    ck_assert_ptr_nonnull(strstr(buf_string(&show.lines), "note: \"...\xc3\xa9"));
    ck_assert_ptr_nonnull(strstr(show.lines.data, "\xc3\xa9X\" -> \"...\xc3\xa9"));
    show_release(&show);
    buf_release(&row);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("show");

    tcase_add_loop_test(
        tests, a_line_a_column_that_differs, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tests, so_many_rows_a_table_and_no_more);
    tcase_add_test(tests, a_character_is_never_cut);
    return unit_run(tests);
}
