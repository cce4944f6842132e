/*
 * What the packer does for screening: the order of the classifier's rows, and the section of
 * clusters and bounds that goes with it (docs/screening.md, docs/format.md kind 13).
 */
#ifndef STORYTELLER_PACK_SCREEN_PLAN_H
#define STORYTELLER_PACK_SCREEN_PLAN_H

#include "pack/pack.h"

/*
 * Fills the plan for a pack of `model` whose classifier is stored in `coding` with `group` columns
 * per scale. Rows of tokens that stories use most come first (hotset.h), rows that training left
 * in one heap come last. A vocabulary too small to gain keeps its order and gets no section.
 * Holds the packed classifier in memory, and about 2 MB.
 */
bool screen_plan(RowPlan *plan, const Model *model, const Tokenizer *tokenizer, Coding coding,
                 int group, Fault *fault);

/* Safe on a zeroed plan. */
void screen_plan_free(RowPlan *plan);

#endif
