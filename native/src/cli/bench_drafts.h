/* How much drafts gain by sharing each pass over the weights. */
#ifndef STORYTELLER_CLI_BENCH_DRAFTS_H
#define STORYTELLER_CLI_BENCH_DRAFTS_H

#include "cli/engine.h"

/*
 * Draws `count` drafts of a sentence after the same cached story of 150 tokens, one after the other
 * and together, in turn for `rounds` seeds from `seed` on. Prints medians of the processor time, and
 * fails if any draft or score differs. The engine needs MAX_TAG spare slots.
 */
bool bench_drafts(Engine *engine, float temperature, float topp, int64_t seed, int count,
                  int rounds, Fault *fault);

#endif
