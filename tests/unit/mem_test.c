#include "mem.h"

#include <stdint.h>

#include "msg.h"
#include "unit.h"

START_TEST(memory_is_zeroed)
{
    char *memory = mem_alloc(100);

    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(memory[i], 0);
    free(memory);
    memory = mem_alloc(0);
    ck_assert_ptr_nonnull(memory);
    free(memory);
}
END_TEST

START_TEST(copies_end_in_a_zero_byte)
{
    char *copy = mem_copy("abcdef", 3), *string = mem_string("xyz"), *empty = mem_copy(NULL, 0);
    char *text = mem_format("%d %s", 5, "apples");

    ck_assert_str_eq(copy, "abc");
    ck_assert_str_eq(string, "xyz");
    ck_assert_str_eq(empty, "");
    ck_assert_str_eq(text, "5 apples");
    free(copy);
    free(string);
    free(empty);
    free(text);
}
END_TEST

START_TEST(arrays_grow_one_by_one)
{
    int *numbers = NULL;
    size_t n = 0, room = 0;

    for (int i = 0; i < 1000; i++)
        *MEM_APPEND(numbers, n, room) = i;
    ck_assert_uint_eq(n, 1000);
    ck_assert(room >= n);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(numbers[i], i);
    free(numbers);
}
END_TEST

START_TEST(an_arena_holds_many_and_large_pieces)
{
    struct arena arena = {0};
    char *first = arena_copy(&arena, "first", 5), *large;

    large = arena_alloc(&arena, 200000);
    ck_assert_int_eq(large[199999], 0);
    for (int i = 0; i < 10000; i++) {
        char *piece = arena_alloc(&arena, 17);

        ck_assert_uint_eq((uintptr_t)piece % 16, 0);
        ck_assert_int_eq(piece[16], 0);
        memset(piece, 'x', 17);
    }
    ck_assert_str_eq(first, "first");
    arena_release(&arena);
    ck_assert_ptr_null(arena.block);
}
END_TEST

START_TEST(pieces_of_any_size_are_aligned)
{
    struct arena arena = {0};

    for (size_t size = 1; size < 300000; size = size * 3 + 1) {
        char *bytes = arena_alloc(&arena, size);

        ck_assert_uint_eq((uintptr_t)bytes % 16, 0);
        ck_assert_int_eq(bytes[size - 1], 0);
        memset(bytes, 'x', size);
    }
    arena_release(&arena);
}
END_TEST

START_TEST(too_much_ends_the_process)
{
    mem_resize(NULL, SIZE_MAX / 2, 4);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("mem");

    tcase_add_test(tests, memory_is_zeroed);
    tcase_add_test(tests, copies_end_in_a_zero_byte);
    tcase_add_test(tests, arrays_grow_one_by_one);
    tcase_add_test(tests, an_arena_holds_many_and_large_pieces);
    tcase_add_test(tests, pieces_of_any_size_are_aligned);
    tcase_add_exit_test(tests, too_much_ends_the_process, STATUS_FAILED);
    return unit_run(tests);
}
