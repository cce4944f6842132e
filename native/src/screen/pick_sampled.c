/* Picks with a coin: scores more blocks until every value of the rest draws the same token. */
#include <math.h>

#include "kernels/arithmetic.h"
#include "screen/pick.h"

/*
 * A cluster is looked into block by block where its mass is uncertain by more than this share of
 * all mass, and by more than this factor: below it the blocks' bounds are no sharper.
 */
#define LOOSE_SHARE 2e-5
#define LOOSE_FACTOR 2.0

/* A block whose mass is uncertain by more than this share is scored before the second try. */
#define HEAVY_SHARE 5e-6

/* Hot rows whose weights, relative to the largest, sum to less than this: peaked. */
#define PEAKED_MASS 1.25

/* More than exp_f32 loses where it returns 0. */
#define VANISHED 1e-37

/* Few draws come down to a weight below this, relative to the largest; the first try stops here. */
#define FIRST_FLOOR 1e-4

/* Quotients of logits and temperature beyond this make float rounding matter: take all rows. */
#define MOST_QUOTIENT 4000.0f

/* Scored rows as weights, and bounds on what is not scored. */
typedef struct Sight {
    Screen *s;
    Transformer *t;
    const Sampler *sampler;
    float temperature;
    float shift;    /* the largest scored logit over the temperature */
    double slack;   /* share by which a weight may be off from rounding exp and its argument */
    bool looked[SCREEN_MAX_CLUSTERS]; /* cluster's blocks have scores from coordinates */
    bool loose[SCREEN_MAX_CLUSTERS];  /* bounds of the cluster as a whole are of no use */
    Draw draw;
} Sight;

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

/* Of a weight, from exp_f32 and from rounding its argument; weights under exp(EXP_MIN) are 0. */
static double slack_of(float shift)
{
    return 1e-6 + 0x1p-22 * (fabs((double)shift) - EXP_MIN);
}

static void find_shift(Sight *sight)
{
    const Transformer *t = sight->t;
    float most = -INFINITY;
    for (int block = 0, row, rows; next_run(sight->s, &block, &row, &rows);) {
        const float *logits = t->row_logits + row;
        float largest = logits[t->kernels->argmax(logits, rows)];
        most = largest > most ? largest : most;
    }
    sight->shift = most / sight->temperature;
    sight->slack = slack_of(sight->shift);
}

/* Gathers the scored rows whose weight is at least `floor`; the others are only summed. */
static void take_scored(Sight *sight, double floor)
{
    const Screen *s = sight->s;
    Draw *d = &sight->draw;
    float *weights = s->weights, least = (float)floor;
    find_shift(sight);
    d->count = d->scored = 0;
    d->known_mass = 0.0;
    d->least_known = least;
    for (int block = 0, row, rows; next_run(s, &block, &row, &rows);) {
        d->known_mass += sampler_weigh(sight->sampler, weights, sight->t->row_logits + row, rows,
                                       sight->shift);
        const uint32_t *tokens = s->model->token_of_row + row;
        int kept = sight->t->kernels->collect(sight->sampler->indices, weights, rows, least);
        for (int i = 0; i < kept; i++) {
            int r = sight->sampler->indices[i];
            d->known[d->count++] = (Weighted){ weights[r], (int)tokens[r] };
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

/* Bounds on the weights of one block that was looked into. */
static void bound_block(const Sight *sight, int cluster, int block, double *least, double *most,
                        double *heaviest)
{
    const Screen *s = sight->s;
    const float *scores = screen_bounds_scores(&s->bounds, block);
    double centre = screen_bounds_cluster(&s->bounds, cluster).centre;
    double reach = screen_bounds_block_reach(&s->bounds, cluster, block) / sight->temperature;
    double play = exp(reach);
    float top = scores[sight->t->kernels->argmax(scores, BLOCK_ROWS)];
    double largest = (centre + top) / sight->temperature - sight->shift;
    int rows = rows_of_block(s, block);
    double weight = exp(largest);
    *heaviest = weight * play * (1.0 + sight->slack);
    *least = 0.0;
    *most = rows * *heaviest;
    if (!(*most > 1e-9))
        return;
    float weights[BLOCK_ROWS], sum = 0.0f, shift = top / sight->temperature;
    sight->t->kernels->weigh(weights, scores, BLOCK_ROWS, sight->temperature, shift);
    for (int r = 0; r < rows; r++)
        sum += weights[r];
    double slack = sight->slack + slack_of(shift) + BLOCK_ROWS * 0x1p-24; /* of these weights too */
    *least = sum * weight / play * (1.0 - slack);
    *most = sum * weight * play * (1.0 + slack) + rows * weight * play * VANISHED;
}

/* Adds the bounds of a cluster's unscored blocks to the rest; scores heavy ones where asked. */
static bool bound_by_blocks(Sight *sight, int cluster, bool score_heavy)
{
    Screen *s = sight->s;
    const ScreenCluster *c = &s->section.cluster[cluster];
    bool scored = false;
    for (int block = (int)c->first; block < (int)(c->first + c->blocks); block++) {
        if (s->scored[block])
            continue;
        if (!sight->looked[cluster])
            screen_bounds_score(&s->bounds, cluster);
        sight->looked[cluster] = true;
        double least, most, heaviest;
        bound_block(sight, cluster, block, &least, &most, &heaviest);
        if (score_heavy && !(most - least < HEAVY_SHARE * sight->draw.known_mass)) {
            screen_score(s, sight->t, block, block + 1);
            scored = true;
            continue;
        }
        sight->draw.least_rest += least;
        sight->draw.most_rest += most;
        sight->draw.most_weight = fmax(sight->draw.most_weight, heaviest);
    }
    return scored;
}

/* Bounds on a cluster as a whole; decides, once, whether they are of use. */
static bool bound_cluster(Sight *sight, int cluster)
{
    const Screen *s = sight->s;
    Draw *d = &sight->draw;
    ClusterBound bound = screen_bounds_cluster(&s->bounds, cluster);
    double least, most, heaviest = (bound.centre + bound.reach) / sight->temperature;
    screen_bounds_cluster_mass(&s->bounds, cluster, rows_of_cluster(s, cluster),
                               sight->temperature, sight->shift, &least, &most);
    if (!(most - least < LOOSE_SHARE * d->known_mass) && !(most < LOOSE_FACTOR * least))
        return false;
    d->least_rest += least * (1.0 - sight->slack);
    d->most_rest += most * (1.0 + sight->slack);
    d->most_weight = fmax(d->most_weight, exp(heaviest - sight->shift) * (1.0 + sight->slack));
    return true;
}

/*
 * Bounds everything that is not scored. `loose` clusters are looked into or, where all their
 * blocks are scored, add nothing. True when it scored blocks instead of bounding them.
 */
static bool bound_rest(Sight *sight, bool score_heavy)
{
    const Screen *s = sight->s;
    Draw *d = &sight->draw;
    bool scored = false;
    d->least_rest = d->most_rest = d->most_weight = 0.0;
    for (int cluster = 0; cluster < s->section.clusters; cluster++) {
        sight->loose[cluster] = sight->loose[cluster] || !bound_cluster(sight, cluster);
        if (sight->loose[cluster])
            scored |= bound_by_blocks(sight, cluster, score_heavy);
    }
    return scored;
}

/* Scores every block of the clusters whose bounds are of no use. */
static void score_loose(Sight *sight)
{
    Screen *s = sight->s;
    for (int cluster = 0; cluster < s->section.clusters; cluster++) {
        const ScreenCluster *c = &s->section.cluster[cluster];
        int block = (int)c->first, end = (int)(c->first + c->blocks);
        while (sight->loose[cluster] && block < end) {
            int first = block;
            while (block < end && !s->scored[block])
                block++;
            if (block > first)
                screen_score(s, sight->t, first, block);
            block += block < end;
        }
    }
}

/* Few tokens hold nearly everything: most blocks' bounds are sharp enough. */
static int draw_peaked(Sight *sight, double floor)
{
    bound_rest(sight, false);
    int token = screen_draw(&sight->draw);
    if (token != DRAW_UNDECIDED || !bound_rest(sight, true))
        return token;
    take_scored(sight, floor);
    bound_rest(sight, false);
    return screen_draw(&sight->draw);
}

/*
 * All rows of loose clusters are scored. Where the top is drawn from, a weight below which surely
 * no candidate lies saves sorting most rows; should it have been too high, all are taken.
 */
static int draw_flat(Sight *sight, double floor)
{
    Draw *d = &sight->draw;
    double high = floor > 0.0 ? fmax(floor, screen_draw_floor(d)) : 0.0;
    d->least_rest = d->most_rest = d->most_weight = 0.0;
    for (int cluster = 0; cluster < sight->s->section.clusters; cluster++)
        sight->loose[cluster] = sight->loose[cluster] || !bound_cluster(sight, cluster);
    score_loose(sight);
    for (double least = high;; least = floor) {
        take_scored(sight, least);
        bound_rest(sight, false);
        int token = screen_draw(d);
        if (token != DRAW_UNDECIDED || least <= floor)
            return token;
    }
}

int screen_pick_drawn(Screen *s, Transformer *t, const Sampler *sampler, float coin)
{
    int vocab = s->model->shape.vocab;
    float topp = sampler->topp;
    bool top = topp > 0.0f && topp < 1.0f;
    Sight sight = {
        .s = s, .t = t, .sampler = sampler, .temperature = sampler->temperature,
        .draw = { .known = s->known, .vocab = vocab, .exact = sampler->exact,
                  .topp = topp, .coin = coin },
    };
    /* the largest weight is 1, so the sampler's cutoff times the sum of weights is no less */
    double floor = top ? (1.0f - topp) / (float)(vocab - 1) : 0.0;
    double first = top ? fmax(floor, FIRST_FLOOR) : 0.0;
    take_scored(&sight, first);
    if (!(fabsf(sight.shift) < MOST_QUOTIENT))
        return DRAW_UNDECIDED;
    int token = DRAW_UNDECIDED;
    if (sight.draw.known_mass < PEAKED_MASS || s->section.leading == t->model->shape.dim)
        token = draw_peaked(&sight, first);
    return token == DRAW_UNDECIDED ? draw_flat(&sight, floor) : token;
}
