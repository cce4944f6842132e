/*
 * What the packer does for screening: first the order of the classifier's rows, then, when the
 * weights have been quantised, the section with clusters and bounds (docs/format.md, kind 13).
 */
#ifndef STORYTELLER_SCREEN_PLAN_H
#define STORYTELLER_SCREEN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "tokenizer.h"

/* Reads the classifier's row of a token into row (dim). */
typedef struct RowSource {
    void (*read)(const void *context, int token, float *row);
    const void *context;
} RowSource;

typedef struct ScreenPlan {
    int vocab;
    int dim;
    int hot_rows;           /* always scored; a multiple of 32 */
    int warm_rows;          /* after the hot ones: seen in stories; a multiple of 32 */
    uint32_t *token_of_row; /* (vocab) the order of the rows; NULL: no screening, row = token */
    uint8_t *section;       /* after screen_build */
    size_t section_size;    /* bytes */
} ScreenPlan;

/*
 * Decides the order of the rows from the counts of tokens in stories (hotset.h) and from the rows
 * themselves. For a vocabulary too small to gain, token_of_row stays NULL and no section is needed.
 */
bool screen_plan(ScreenPlan *plan, const Tokenizer *tokenizer, int vocab, int dim, RowSource rows,
                 Fault *fault);

/*
 * Fills `section` for the rows as they are stored in the pack (dequantised), `stored`. Reads every
 * row a few times; holds a few MB. The bounds are about these rows, so they must be exactly what
 * the kernels multiply: integer times bfloat16 scale.
 */
bool screen_build(ScreenPlan *plan, RowSource stored, Fault *fault);

/* Safe on a zeroed plan. */
void screen_plan_free(ScreenPlan *plan);

#endif
