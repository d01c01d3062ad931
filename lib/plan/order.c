#include "order.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "mem.h"

/*
 * Strongly connected components by Tarjan's algorithm, with an own stack, since a chain of tables
 * may be long. It closes a component only after all that it refers to, so that parents come out
 * first.
 */
struct walk {
    size_t n;
    size_t *first, *parents; /* the parents of node i: parents[first[i] .. first[i + 1]) */
    size_t *number, *low;    /* in the order of discovery, from 1; 0: not seen */
    size_t *next;            /* the next edge to follow */
    size_t *stack, n_stack;  /* discovered, component not closed */
    size_t *path, n_path;    /* from the root of the walk to here */
    bool *stacked, *selfish;
    size_t found, placed;
    int cycles;
    struct order *order;
};

static int
ascending(const void *a, const void *b)
{
    const size_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* Edges by child; the parents of a child ascending, so that the result does not depend on theirs.
 */
static void
arrange_edges(struct walk *walk, const struct order_edge *edges, size_t n_edges)
{
    size_t *fill;

    walk->first = mem_alloc((walk->n + 1) * sizeof *walk->first);
    walk->parents = mem_alloc((n_edges + 1) * sizeof *walk->parents);
    fill = mem_alloc((walk->n + 1) * sizeof *fill);
    for (size_t i = 0; i < n_edges; i++)
        walk->first[edges[i].child + 1]++;
    for (size_t i = 0; i < walk->n; i++)
        walk->first[i + 1] += walk->first[i];
    for (size_t i = 0; i < n_edges; i++) {
        size_t child = edges[i].child;

        walk->parents[walk->first[child] + fill[child]++] = edges[i].parent;
        if (edges[i].parent == child)
            walk->selfish[child] = true;
    }
    for (size_t i = 0; i < walk->n; i++)
        qsort(walk->parents + walk->first[i], walk->first[i + 1] - walk->first[i], sizeof(size_t),
            ascending);
    free(fill);
}

static void
enter(struct walk *walk, size_t node)
{
    walk->number[node] = walk->low[node] = ++walk->found;
    walk->next[node] = walk->first[node];
    walk->stack[walk->n_stack++] = node;
    walk->stacked[node] = true;
    walk->path[walk->n_path++] = node;
}

/* All above `node` on the stack is one component. */
static void
close_component(struct walk *walk, size_t node)
{
    size_t start = walk->placed, member;
    bool cyclic;

    do {
        member = walk->stack[--walk->n_stack];
        walk->stacked[member] = false;
        walk->order->sequence[walk->placed++] = member;
    } while (member != node);
    cyclic = walk->placed - start > 1 || walk->selfish[node];
    walk->cycles += cyclic;
    qsort(walk->order->sequence + start, walk->placed - start, sizeof(size_t), ascending);
    for (size_t i = start; i < walk->placed; i++)
        walk->order->cycle[walk->order->sequence[i]] = cyclic ? walk->cycles : 0;
}

static void
lower(struct walk *walk, size_t node, size_t to)
{
    if (to < walk->low[node])
        walk->low[node] = to;
}

static void
visit(struct walk *walk, size_t root)
{
    enter(walk, root);
    while (walk->n_path > 0) {
        size_t node = walk->path[walk->n_path - 1];

        if (walk->next[node] < walk->first[node + 1]) {
            size_t parent = walk->parents[walk->next[node]++];

            if (walk->number[parent] == 0)
                enter(walk, parent);
            else if (walk->stacked[parent])
                lower(walk, node, walk->number[parent]);
            continue;
        }
        walk->n_path--;
        if (walk->n_path > 0)
            lower(walk, walk->path[walk->n_path - 1], walk->low[node]);
        if (walk->low[node] == walk->number[node])
            close_component(walk, node);
    }
}

void
order_make(struct order *order, size_t n, const struct order_edge *edges, size_t n_edges)
{
    struct walk walk = {.n = n, .order = order};
    size_t *numbers = mem_alloc((5 * n + 1) * sizeof *numbers);

    order->sequence = mem_alloc((n + 1) * sizeof *order->sequence);
    order->cycle = mem_alloc((n + 1) * sizeof *order->cycle);
    walk.stacked = mem_alloc(n + 1);
    walk.selfish = mem_alloc(n + 1);
    walk.number = numbers;
    walk.low = numbers + n;
    walk.next = numbers + 2 * n;
    walk.stack = numbers + 3 * n;
    walk.path = numbers + 4 * n;
    arrange_edges(&walk, edges, n_edges);
    for (size_t i = 0; i < n; i++)
        if (walk.number[i] == 0)
            visit(&walk, i);
    free(numbers);
    free(walk.stacked);
    free(walk.selfish);
    free(walk.first);
    free(walk.parents);
}

void
order_release(struct order *order)
{
    free(order->sequence);
    free(order->cycle);
    *order = (struct order){0};
}
