/*
 * What the packer prepares for screening: the order of the classifier's rows, and the section of
 * clusters and bounds for it (docs/screening.md, docs/format.md kind 13).
 */
#ifndef STORYTELLER_PACK_SCREEN_PLAN_H
#define STORYTELLER_PACK_SCREEN_PLAN_H

#include "pack/pack.h"

/*
 * Fills the plan for a pack of `model` whose classifier is stored in `coding` with `group` columns
 * per scale. Rows of tokens that stories use most come first (hotset.h), untrained rows last. A
 * vocabulary too small to gain keeps its order and gets no section. Needs memory for the packed
 * classifier and about 2 MB.
 */
bool screen_plan(RowPlan *plan, const Model *model, const Tokenizer *tokenizer, Coding coding,
                 int group, Fault *fault);

/* Safe on a zeroed plan. */
void screen_plan_free(RowPlan *plan);

#endif
