#ifndef STAGE_EACH_H
#define STAGE_EACH_H
/*
 * The staged rows of a group, inserted one by one: what the server refuses is rejected. A row whose
 * parent is not there may only be early: it is tried again until a pass over all moves nothing.
 */
#include "stage.h"

void stage_each_insert(struct stage *const *stages, size_t n, enum stage_triggers triggers);

#endif
