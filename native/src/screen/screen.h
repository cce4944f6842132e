/*
 * Screening: finds the token that the full classifier and the sampler would pick from a fraction of
 * the rows. docs/screening.md has the bounds and the proof.
 *
 * Rows are in the pack's order: the hot set, which is always scored; then warm and cold clusters. A
 * block of 32 rows is skipped only when a proven bound shows that its logits cannot change the
 * token; where the bounds are too loose, more blocks are scored, if necessary all of them.
 */
#ifndef STORYTELLER_SCREEN_H
#define STORYTELLER_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "infer/transformer.h"
#include "model/fault.h"
#include "model/model.h"
#include "sample/sampler.h"

/* Counts of all picks so far. */
typedef struct ScreenCounts {
    uint64_t picks;  /* tokens picked */
    uint64_t full;   /* picks that needed every row */
    uint64_t blocks; /* scored blocks of 32 rows */
} ScreenCounts;

typedef struct Screen Screen;

/*
 * Reads and checks the screen section of `model`. Without one, `*screen` is NULL and the call
 * succeeds: screen_pick then scores every row. `model` must outlive the screen.
 */
bool screen_open(Screen **screen, const Model *model, Fault *fault);

/* Safe on NULL. */
void screen_close(Screen *screen);

/*
 * Returns what sampler_pick(sampler, transformer_logits(t)) would return, and leaves the sampler in
 * the same state. Call it after transformer_forward.
 */
int screen_pick(Screen *screen, Transformer *t, Sampler *sampler);

/* The first blocks of the classifier, whose rows are scored often; -1, all, for NULL. */
int screen_resident_blocks(const Screen *screen);

ScreenCounts screen_counts(const Screen *screen);

#endif
