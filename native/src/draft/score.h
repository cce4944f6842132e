/* How likely tokens are: natural logarithms of the model's own probabilities, temperature 1. */
#ifndef STORYTELLER_DRAFT_SCORE_H
#define STORYTELLER_DRAFT_SCORE_H

#include "draft/drafts.h"

/*
 * ln of the sum of exp(logit) over all of `logits` (vocab), any order; `weights` (vocab) is scratch.
 * Accurate to 1e-6: weights are rounded to multiples of 2^-34 of the largest.
 */
double score_log_sum(const Kernels *kernels, const float *logits, int vocab, float *weights);

/* The logit of a token among logits by row of the classifier. */
float score_logit(const Model *model, const float *row_logits, int token);

/*
 * Fills ln_alone of every draft: each is read after BOS and the beginning (after BOS alone for a
 * quotation, whose words are what is said), as if there were no story.
 */
bool score_alone(Drafts *drafts, Goal goal, Fault *fault);

#endif
