/* Picking a token from some of the rows, greedily or sampled; screen.c calls one of the two. */
#ifndef STORYTELLER_SCREEN_PICK_H
#define STORYTELLER_SCREEN_PICK_H

#include "screen/bounds.h"
#include "screen/partial_draw.h"
#include "screen/screen.h"

enum { BLOCK_SCORED = 1, BLOCK_WEIGHED = 2 };

struct Screen {
    const Model *model;
    ScreenSection section;
    ScreenBounds bounds;
    ScreenCounts counts;
    WeightedToken *known; /* (vocab) scored rows for the draw */
    uint8_t *scored;  /* (blocks) BLOCK_SCORED where t->row_logits holds a block's logits, else 0 */
    int scored_end;   /* no block from here on is scored */
    float *weights;   /* (vocab) of the rows of blocks that are BLOCK_WEIGHED */
    int *tied;        /* (vocab) scratch */
    int never[2];     /* (never_count) rows of the tokens that the sampler never draws */
    int never_count;
};

/* Scores the blocks [first, end) into t->row_logits; -infinity for rows that are never drawn. */
void screen_score(Screen *screen, Transformer *t, int first, int end);

/* Both expect the hot set to be scored, and may return DRAW_UNDECIDED. */
int screen_pick_greedy(Screen *screen, Transformer *t);
int screen_pick_sampled(Screen *screen, Transformer *t, const Sampler *sampler, float coin);

/* Rows of a block that exist: 32, or fewer in the last. */
static inline int rows_of_block(const Screen *screen, int block)
{
    int left = screen->model->shape.vocab - block * BLOCK_ROWS;
    return left < BLOCK_ROWS ? left : BLOCK_ROWS;
}

/* Rows of the blocks [first, end) that are never drawn. */
static inline int never_drawn(const Screen *screen, int first, int end)
{
    int rows = 0;
    for (int i = 0; i < screen->never_count; i++) {
        int block = screen->never[i] / BLOCK_ROWS;
        rows += first <= block && block < end;
    }
    return rows;
}

#endif
