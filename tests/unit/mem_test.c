#include "mem.h"

#include <stdint.h>
#include <sys/wait.h>

#include "msg.h"
#include "unit.h"

START_TEST(memory_is_zeroed)
{
    char *bytes = mem_alloc(1000);

    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(bytes[i], 0);
    free(bytes);
}
END_TEST

START_TEST(copies_are_terminated)
{
    char *copy = mem_copy("abcdef", 3), *string = mem_string("xyz"),
         *text = mem_format("%d-%s", 5, "q");

    ck_assert_str_eq(copy, "abc");
    ck_assert_str_eq(string, "xyz");
    ck_assert_str_eq(text, "5-q");
    free(copy);
    free(string);
    free(text);
}
END_TEST

START_TEST(an_array_grows_one_by_one)
{
    int *numbers = NULL;
    size_t n = 0, room = 0;

    for (int i = 0; i < 1000; i++)
        *MEM_APPEND(numbers, n, room) = i;
    ck_assert_uint_eq(n, 1000);
    ck_assert_uint_ge(room, 1000);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(numbers[i], i);
    free(numbers);
}
END_TEST

START_TEST(an_arena_gives_aligned_zeroed_memory_of_any_size)
{
    struct arena arena = {0};

    for (size_t size = 1; size < 300000; size = size * 3 + 1) {
        char *bytes = arena_alloc(&arena, size);

        ck_assert_uint_eq((uintptr_t)bytes % _Alignof(max_align_t), 0);
        ck_assert_int_eq(bytes[0], 0);
        ck_assert_int_eq(bytes[size - 1], 0);
        memset(bytes, 'x', size);
    }
    ck_assert_str_eq(arena_copy(&arena, "hello world", 5), "hello");
    arena_release(&arena);
    ck_assert_ptr_null(arena.block);
}
END_TEST

START_TEST(too_much_ends_the_process)
{
    msg_init("test");
    mem_resize(NULL, SIZE_MAX / 2, 16); /* overflows */
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("mem");

    tcase_add_test(tests, memory_is_zeroed);
    tcase_add_test(tests, copies_are_terminated);
    tcase_add_test(tests, an_array_grows_one_by_one);
    tcase_add_test(tests, an_arena_gives_aligned_zeroed_memory_of_any_size);
    tcase_add_exit_test(tests, too_much_ends_the_process, STATUS_FAILED);
    return unit_run(tests);
}
