/* Sampled picks: scores more blocks until the bounds on the others leave only one token. */
#include <math.h>

#include "screen/rest.h"

/* Few draws select a weight below this (the largest is 1): the first attempt ignores those. */
#define FIRST_FLOOR 1e-4

/*
 * Blocks that may hold a row of this weight are scored before the first attempt, then those of less
 * and less, then all whose mass is uncertain.
 */
#define FIRST_HEAVY 1e-3
#define LIGHTER 0.2

enum { STAGES = 5 };

/*
 * A cluster is bounded as a whole while its mass is uncertain by no more than so many times what is
 * heavy, at last by this share, of the known mass.
 */
#define LOOSE_HEAVY 30.0
#define LOOSE_SHARE 2e-5

/* Logits / temperature beyond this have too large rounding errors: all rows are scored. */
#define MOST_QUOTIENT 4000.0f

/* A run of blocks in a state from `block` on: its first row and its rows; false past the last. */
static bool next_run(const Screen *s, uint8_t state, int *block, int *row, int *rows)
{
    int blocks = s->scored_end, vocab = s->model->shape.vocab;
    while (*block < blocks && s->scored[*block] != state)
        ++*block;
    *row = *block * BLOCK_ROWS;
    while (*block < blocks && s->scored[*block] == state)
        ++*block;
    int end = *block * BLOCK_ROWS;
    *rows = (end < vocab ? end : vocab) - *row;
    return *rows > 0;
}

/* Weighs anew what is scored if that holds a larger logit than all before, which weights go by. */
static void find_shift(SampledPick *pick)
{
    const Transformer *t = pick->t;
    Screen *s = pick->s;
    float most = -INFINITY;
    for (int block = 0, row, rows; next_run(s, BLOCK_SCORED, &block, &row, &rows);) {
        const float *logits = t->row_logits + row;
        float largest = logits[t->kernels->argmax(logits, rows)];
        most = largest > most ? largest : most;
    }
    float shift = most / pick->temperature;
    if (pick->draw.scored && !(shift > pick->shift))
        return;
    for (int block = 0; block < s->scored_end; block++)
        s->scored[block] = s->scored[block] ? BLOCK_SCORED : 0;
    pick->shift = shift;
    pick->slack = rest_slack(shift);
    pick->draw.known_mass = 0.0;
    pick->draw.scored = 0;
}

static void weigh_scored(SampledPick *pick)
{
    Screen *s = pick->s;
    PartialDraw *d = &pick->draw;
    find_shift(pick);
    for (int block = 0, row, rows; next_run(s, BLOCK_SCORED, &block, &row, &rows);) {
        d->known_mass += sampler_weights(pick->sampler, s->weights + row,
                                         pick->t->row_logits + row, rows, pick->shift);
        d->scored += rows;
        for (int taken = row / BLOCK_ROWS; taken < block; taken++)
            s->scored[taken] = BLOCK_WEIGHED;
    }
}

/* Draws from a list of the scored rows whose weight is at least `floor`. */
static int draw_above(SampledPick *pick, double floor)
{
    const Screen *s = pick->s;
    PartialDraw *d = &pick->draw;
    d->count = 0;
    d->least_known = (float)floor;
    for (int block = 0, row, rows; next_run(s, BLOCK_WEIGHED, &block, &row, &rows);) {
        const uint32_t *tokens = s->model->token_of_row + row;
        int *indices = pick->sampler->indices;
        int kept = pick->t->kernels->collect(indices, s->weights + row, rows, (float)floor);
        for (int i = 0; i < kept; i++) {
            int r = row + indices[i];
            d->known[d->count++] = (WeightedToken){ s->weights[r], (int)tokens[indices[i]] };
        }
    }
    return partial_draw(d);
}

/* Scores all rows of loose clusters. */
static int draw_flat(SampledPick *pick, double floor)
{
    rest_find_loose(pick, LOOSE_SHARE);
    rest_score_loose(pick);
    weigh_scored(pick);
    rest_bound(pick, 0.0);
    int token = floor > 0.0 ? draw_above(pick, fmax(floor, FIRST_FLOOR)) : DRAW_UNDECIDED;
    return token == DRAW_UNDECIDED ? draw_above(pick, floor) : token;
}

int screen_pick_sampled(Screen *s, Transformer *t, const Sampler *sampler, float coin)
{
    int vocab = s->model->shape.vocab;
    float topp = sampler->topp;
    bool top = topp > 0.0f && topp < 1.0f;
    SampledPick pick = {
        .s = s, .t = t, .sampler = sampler, .temperature = sampler->temperature,
        .draw = { .known = s->known, .vocab = vocab, .exact = sampler->exact,
                  .topp = topp, .coin = coin },
    };
    /* the largest weight is 1, so the sampler's cutoff times the sum of weights is no less */
    double floor = top ? (1.0f - topp) / (float)(vocab - 1) : 0.0;
    /* at low temperatures bounds on logits leave weights as much more uncertain */
    double power = fmax(1.0, 1.0 / pick.temperature), lighter = pow(LIGHTER, power);
    double heavy = pow(FIRST_HEAVY, power);
    for (int stage = 0; stage < STAGES; stage++, heavy *= lighter) {
        weigh_scored(&pick);
        if (!(fabsf(pick.shift) < MOST_QUOTIENT))
            return DRAW_UNDECIDED;
        rest_find_loose(&pick, fmax(LOOSE_HEAVY * heavy, LOOSE_SHARE));
        if (rest_score_heavy(&pick, heavy))
            weigh_scored(&pick);
        rest_bound(&pick, heavy);
        /* with top-p no row counts but those that are heavier than all that are not scored */
        int token = draw_above(&pick, top ? fmax(floor, pick.draw.most_weight) : 0.0);
        if (token != DRAW_UNDECIDED)
            return token;
    }
    return draw_flat(&pick, floor);
}
