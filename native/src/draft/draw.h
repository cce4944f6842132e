/*
 * Draws the tokens of all drafts, up to `together` drafts in one pass. The next draft takes the place
 * of one that ended.
 */
#ifndef STORYTELLER_DRAFT_DRAW_H
#define STORYTELLER_DRAFT_DRAW_H

#include "draft/drafts.h"

/* Empties draft k and gives it room, its random numbers and its rule for the end. */
bool draw_start(Drafts *drafts, int k, const DraftRequest *request, Fault *fault);

/* Draws every token of the request's drafts, which were started. */
void draw_all(Drafts *drafts, const DraftRequest *request);

#endif
