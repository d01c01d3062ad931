#ifndef STREAMPLAN_H
#define STREAMPLAN_H
/* The plan that a stream carries ahead of its rows, and the layout of its blocks by that plan. */
#include "layout.h"
#include "plan.h"
#include "stream.h"

/* Takes the reader's current STREAM_PLAN line. Ends the process when it is malformed. */
void streamplan_add(struct plan *plan, const struct stream_reader *reader);
/* At the reader's current STREAM_TABLE line: its layout. Ends the process when plan and block
 * disagree. */
void streamplan_layout(
    const struct plan *plan, const struct stream_reader *reader, struct layout *layout);
/* Ends the process when the plan is incomplete; to be called at the first block or the trailer. */
void streamplan_check(const struct plan *plan, const struct stream_reader *reader);

#endif
