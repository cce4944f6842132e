/* Sampled picks: scores more blocks until the bounds on the others leave only one token. */
#include <math.h>

#include "kernels/arithmetic.h"
#include "screen/pick.h"

/*
 * A cluster is bounded block by block where its mass is uncertain by more than this share of the
 * known mass, and by more than this factor: below it the blocks' bounds are no sharper.
 */
#define LOOSE_SHARE 2e-5
#define LOOSE_FACTOR 2.0

/* A block whose mass is uncertain by more than this share is scored before the second attempt. */
#define HEAVY_SHARE 5e-6

/* A distribution is peaked if the hot rows' weights sum to less than this (the largest is 1). */
#define PEAKED_MASS 1.25

/* Exceeds every value that exp_f32 returns as 0. */
#define VANISHED 1e-37

/* Few draws select a weight below this (the largest is 1); the first attempt ignores those. */
#define FIRST_FLOOR 1e-4

/* Logits / temperature beyond this have too large rounding errors: all rows are scored. */
#define MOST_QUOTIENT 4000.0f

/* State of one pick: the weights of scored rows, and bounds on the others. */
typedef struct SampledPick {
    Screen *s;
    Transformer *t;
    const Sampler *sampler;
    float temperature;
    float shift;    /* the largest scored logit over the temperature */
    double slack;   /* largest relative error of a weight, from rounding exp and its argument */
    bool has_scores[SCREEN_MAX_CLUSTERS]; /* screen_bounds_score was called */
    bool loose[SCREEN_MAX_CLUSTERS];  /* the bounds of the whole cluster are too loose */
    PartialDraw draw;
} SampledPick;

/* A run of scored blocks from `block` on: its first row and number of rows; false past the last. */
static bool next_run(const Screen *s, int *block, int *row, int *rows)
{
    int blocks = s->section.blocks, vocab = s->model->shape.vocab;
    while (*block < blocks && !s->scored[*block])
        ++*block;
    *row = *block * BLOCK_ROWS;
    while (*block < blocks && s->scored[*block])
        ++*block;
    int end = *block * BLOCK_ROWS;
    *rows = (end < vocab ? end : vocab) - *row;
    return *rows > 0;
}

/* Relative error of a weight from exp_f32 and its argument; weights under exp(EXP_MIN) are 0. */
static double slack_of(float shift)
{
    return 1e-6 + 0x1p-22 * (fabs((double)shift) - EXP_MIN);
}

static void find_shift(SampledPick *pick)
{
    const Transformer *t = pick->t;
    float most = -INFINITY;
    for (int block = 0, row, rows; next_run(pick->s, &block, &row, &rows);) {
        const float *logits = t->row_logits + row;
        float largest = logits[t->kernels->argmax(logits, rows)];
        most = largest > most ? largest : most;
    }
    pick->shift = most / pick->temperature;
    pick->slack = slack_of(pick->shift);
}

/* Collects the scored rows whose weight is at least `floor`; lighter ones are only summed. */
static void take_scored(SampledPick *pick, double floor)
{
    const Screen *s = pick->s;
    PartialDraw *d = &pick->draw;
    float *weights = s->weights, least = (float)floor;
    find_shift(pick);
    d->count = d->scored = 0;
    d->known_mass = 0.0;
    d->least_known = least;
    for (int block = 0, row, rows; next_run(s, &block, &row, &rows);) {
        d->known_mass += sampler_weights(pick->sampler, weights, pick->t->row_logits + row, rows,
                                         pick->shift);
        const uint32_t *tokens = s->model->token_of_row + row;
        int kept = pick->t->kernels->collect(pick->sampler->indices, weights, rows, least);
        for (int i = 0; i < kept; i++) {
            int r = pick->sampler->indices[i];
            d->known[d->count++] = (WeightedToken){ weights[r], (int)tokens[r] };
        }
        d->scored += rows;
    }
}

static int rows_of_cluster(const Screen *s, int cluster)
{
    const ScreenCluster *c = &s->section.cluster[cluster];
    int end = (int)(c->first + c->blocks) * BLOCK_ROWS, vocab = s->model->shape.vocab;
    return (end < vocab ? end : vocab) - (int)c->first * BLOCK_ROWS;
}

/* Bounds on the sum and on the largest of the weights of a block. What is never drawn weighs 0. */
static void bound_block(const SampledPick *pick, int cluster, int block, double *least,
                        double *most, double *heaviest)
{
    const Screen *s = pick->s;
    const float *scores = screen_bounds_scores(&s->bounds, block);
    double centre = screen_bounds_cluster(&s->bounds, cluster).centre;
    double reach = screen_bounds_block_reach(&s->bounds, cluster, block) / pick->temperature;
    double play = exp(reach);
    float top = scores[pick->t->kernels->argmax(scores, BLOCK_ROWS)];
    double largest = (centre + top) / pick->temperature - pick->shift;
    int rows = rows_of_block(s, block);
    double weight = exp(largest);
    *heaviest = weight * play * (1.0 + pick->slack);
    *least = 0.0;
    *most = rows * *heaviest;
    if (!(*most > 1e-9))
        return;
    float weights[BLOCK_ROWS], sum = 0.0f, shift = top / pick->temperature;
    pick->t->kernels->exp_weights(weights, scores, BLOCK_ROWS, pick->temperature, shift);
    for (int r = 0; r < rows; r++)
        sum += weights[r];
    double slack = pick->slack + slack_of(shift) + BLOCK_ROWS * 0x1p-24; /* of `sum`, too */
    *least = sum * weight / play * (1.0 - slack)
        - never_drawn(s, block, block + 1) * *heaviest;
    *least = fmax(0.0, *least);
    *most = sum * weight * play * (1.0 + slack) + rows * weight * play * VANISHED;
}

/* Adds the bounds of a cluster's unscored blocks; with `score_heavy` scores heavy ones instead. */
static bool bound_by_blocks(SampledPick *pick, int cluster, bool score_heavy)
{
    Screen *s = pick->s;
    const ScreenCluster *c = &s->section.cluster[cluster];
    bool scored = false;
    for (int block = (int)c->first; block < (int)(c->first + c->blocks); block++) {
        if (s->scored[block])
            continue;
        if (!pick->has_scores[cluster])
            screen_bounds_score(&s->bounds, cluster);
        pick->has_scores[cluster] = true;
        double least, most, heaviest;
        bound_block(pick, cluster, block, &least, &most, &heaviest);
        if (score_heavy && !(most - least < HEAVY_SHARE * pick->draw.known_mass)) {
            screen_score(s, pick->t, block, block + 1);
            scored = true;
            continue;
        }
        pick->draw.least_rest += least;
        pick->draw.most_rest += most;
        pick->draw.most_weight = fmax(pick->draw.most_weight, heaviest);
    }
    return scored;
}

/* Adds the bounds of a cluster as a whole; false where they are too loose. */
static bool bound_cluster(SampledPick *pick, int cluster)
{
    const Screen *s = pick->s;
    const ScreenCluster *c = &s->section.cluster[cluster];
    PartialDraw *d = &pick->draw;
    ClusterBound bound = screen_bounds_cluster(&s->bounds, cluster);
    double least, most;
    double heaviest = exp((bound.centre + bound.reach) / pick->temperature - pick->shift)
        * (1.0 + pick->slack);
    screen_bounds_cluster_mass(&s->bounds, cluster, rows_of_cluster(s, cluster),
                               pick->temperature, pick->shift, &least, &most);
    int never = never_drawn(s, (int)c->first, (int)(c->first + c->blocks));
    if (never)
        least = fmax(0.0, least - never * heaviest);
    if (!(most - least < LOOSE_SHARE * d->known_mass) && !(most < LOOSE_FACTOR * least))
        return false;
    d->least_rest += least * (1.0 - pick->slack);
    d->most_rest += most * (1.0 + pick->slack);
    d->most_weight = fmax(d->most_weight, heaviest);
    return true;
}

/*
 * Bounds all rows that are not scored: `loose` clusters block by block, the others as a whole. True
 * if it scored blocks instead of bounding them.
 */
static bool bound_rest(SampledPick *pick, bool score_heavy)
{
    const Screen *s = pick->s;
    PartialDraw *d = &pick->draw;
    bool scored = false;
    d->least_rest = d->most_rest = d->most_weight = 0.0;
    for (int cluster = 0; cluster < s->section.clusters; cluster++) {
        pick->loose[cluster] = pick->loose[cluster] || !bound_cluster(pick, cluster);
        if (pick->loose[cluster])
            scored |= bound_by_blocks(pick, cluster, score_heavy);
    }
    return scored;
}

/* Scores every block of the loose clusters. */
static void score_loose(SampledPick *pick)
{
    Screen *s = pick->s;
    for (int cluster = 0; cluster < s->section.clusters; cluster++) {
        const ScreenCluster *c = &s->section.cluster[cluster];
        int block = (int)c->first, end = (int)(c->first + c->blocks);
        while (pick->loose[cluster] && block < end) {
            int first = block;
            while (block < end && !s->scored[block])
                block++;
            if (block > first)
                screen_score(s, pick->t, first, block);
            block += block < end;
        }
    }
}

/* For a few tokens of large weight: the bounds of most blocks are sharp enough. */
static int draw_peaked(SampledPick *pick, double floor)
{
    bound_rest(pick, false);
    int token = partial_draw(&pick->draw);
    if (token != DRAW_UNDECIDED || !bound_rest(pick, true))
        return token;
    take_scored(pick, floor);
    bound_rest(pick, false);
    return partial_draw(&pick->draw);
}

/*
 * For flat distributions: scores all rows of loose clusters. With top-p a first attempt takes only
 * rows above an estimated weight, which saves sorting most; if that fails, all are taken.
 */
static int draw_flat(SampledPick *pick, double floor)
{
    PartialDraw *d = &pick->draw;
    double high = floor > 0.0 ? fmax(floor, partial_draw_floor(d)) : 0.0;
    d->least_rest = d->most_rest = d->most_weight = 0.0;
    for (int cluster = 0; cluster < pick->s->section.clusters; cluster++)
        pick->loose[cluster] = pick->loose[cluster] || !bound_cluster(pick, cluster);
    score_loose(pick);
    for (double least = high;; least = floor) {
        take_scored(pick, least);
        bound_rest(pick, false);
        int token = partial_draw(d);
        if (token != DRAW_UNDECIDED || least <= floor)
            return token;
    }
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
    double first = top ? fmax(floor, FIRST_FLOOR) : 0.0;
    take_scored(&pick, first);
    if (!(fabsf(pick.shift) < MOST_QUOTIENT))
        return DRAW_UNDECIDED;
    int token = DRAW_UNDECIDED;
    if (pick.draw.known_mass < PEAKED_MASS || s->section.leading == t->model->shape.dim)
        token = draw_peaked(&pick, first);
    return token == DRAW_UNDECIDED ? draw_flat(&pick, floor) : token;
}
