/* The codes of decisions. */
#include "unit.h"

#include <stdlib.h>

#include "why.h"

START_TEST(every_code_has_a_word_of_its_own)
{
    for (int i = 0; i < WHY_CODES; i++) {
        const char *word = why_word((enum why_code)i);

        ck_assert_msg(word != NULL, "code %d has no word", i);
        ck_assert_msg(
            word[strspn(word, "abcdefghijklmnopqrstuvwxyz-")] == '\0', "not a word: %s", word);
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(word, why_word((enum why_code)j));
    }
}
END_TEST

START_TEST(a_list_holds_each_code_once_and_in_order)
{
    char *list = NULL;

    ck_assert(!why_has(list, WHY_UUID));
    why_add(&list, WHY_NO_KEY);
    why_add(&list, WHY_UUID);
    why_add(&list, WHY_NO_KEY);
    ck_assert_str_eq(list, "no-key,uuid");
    ck_assert(why_has(list, WHY_UUID) && why_has(list, WHY_NO_KEY));
    ck_assert(!why_has("no-keys,uuids,x", WHY_NO_KEY) && !why_has("id-only", WHY_ID));
    free(list);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("why");

    tcase_add_test(tests, every_code_has_a_word_of_its_own);
    tcase_add_test(tests, a_list_holds_each_code_once_and_in_order);
    return unit_run(tests);
}
