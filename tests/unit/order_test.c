/* The order of tables: parents first, cycles together. */
#include "unit.h"

#include <stdbool.h>

#include "order.h"

enum { MAX = 12 };

START_TEST(without_references_the_order_is_kept)
{
    struct order order;

    order_make(&order, 3, NULL, 0);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(order.sequence[i], i);
        ck_assert_int_eq(order.cycle[i], 0);
    }
    order_release(&order);
}
END_TEST

START_TEST(parents_come_first_and_a_cycle_stays_together)
{
    static const struct order_edge edges[] = {{0, 3}, {1, 4}, {4, 1}, {1, 3}, {2, 2}, {3, 5}};
    static const size_t sequence[] = {5, 3, 0, 1, 4, 2};
    static const int cycle[] = {0, 1, 2, 0, 1, 0};
    struct order order;

    order_make(&order, 6, edges, 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_uint_eq(order.sequence[i], sequence[i]);
        ck_assert_int_eq(order.cycle[i], cycle[i]);
    }
    order_release(&order);
}
END_TEST

static unsigned
random_number(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

/* Whether one node reaches another over references, by Warshall's algorithm. */
static void
close_over(bool reach[MAX][MAX], size_t n)
{
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                reach[i][j] = reach[i][j] || (reach[i][k] && reach[k][j]);
}

START_TEST(any_graph_is_ordered_and_its_cycles_are_its_components)
{
    unsigned seed = (unsigned)_i * 7919u + 1;
    size_t n = 1 + random_number(&seed) % MAX, n_edges = random_number(&seed) % (2 * n);
    struct order_edge edges[2 * MAX];
    bool reach[MAX][MAX] = {{false}};
    size_t place[MAX];
    struct order order;

    for (size_t i = 0; i < n_edges; i++) {
        edges[i].child = random_number(&seed) % n;
        edges[i].parent = random_number(&seed) % n;
        reach[edges[i].child][edges[i].parent] = true;
    }
    close_over(reach, n);
    order_make(&order, n, edges, n_edges);
    for (size_t i = 0; i < n; i++)
        place[order.sequence[i]] = i;
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(order.cycle[i] != 0, reach[i][i]);
        for (size_t j = 0; j < n; j++) {
            bool together = reach[i][j] && reach[j][i];

            if (i != j && reach[i][i])
                ck_assert_int_eq(order.cycle[i] == order.cycle[j], together);
            if (reach[i][j] && !together)
                ck_assert_uint_lt(place[j], place[i]);
        }
    }
    for (size_t i = 1; i + 1 < n; i++) /* the members of a cycle follow one another */
        for (size_t j = i + 1; j < n; j++)
            if (order.cycle[order.sequence[i - 1]] != 0 &&
                order.cycle[order.sequence[i - 1]] == order.cycle[order.sequence[j]])
                ck_assert_int_eq(order.cycle[order.sequence[i]], order.cycle[order.sequence[j]]);
    order_release(&order);
}
END_TEST

START_TEST(a_long_chain_needs_no_deep_stack)
{
    enum { LONG = 200000 };
    struct order_edge *edges = calloc(LONG, sizeof *edges);
    struct order order;

    for (size_t i = 0; i + 1 < LONG; i++)
        edges[i] = (struct order_edge){i, i + 1};
    order_make(&order, LONG, edges, LONG - 1);
    ck_assert_uint_eq(order.sequence[0], LONG - 1);
    ck_assert_uint_eq(order.sequence[LONG - 1], 0);
    order_release(&order);
    free(edges);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("order");

    tcase_add_test(tests, without_references_the_order_is_kept);
    tcase_add_test(tests, parents_come_first_and_a_cycle_stays_together);
    tcase_add_loop_test(tests, any_graph_is_ordered_and_its_cycles_are_its_components, 0, 500);
    tcase_add_test(tests, a_long_chain_needs_no_deep_stack);
    return unit_run(tests);
}
