#ifndef ORDER_H
#define ORDER_H
/*
 * The order of tables that refer to one another: parents first. Pure: nodes are numbers 0 .. n-1,
 * in the order that is kept where references leave a choice.
 */
#include <stddef.h>

struct order_edge {
    size_t child, parent; /* child refers to parent; equal: to itself */
};

struct order {
    size_t *sequence; /* the nodes, parents first, the members of a cycle together and ascending */
    int *cycle;       /* of each node: 0, or the number of its cycle, from 1 in the sequence */
};

/* Arrays of `n` elements, to be given back by order_release(). Recursion-free, linear time. */
void order_make(struct order *order, size_t n, const struct order_edge *edges, size_t n_edges);
void order_release(struct order *order);

#endif
