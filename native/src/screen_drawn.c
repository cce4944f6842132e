/* Picks with a coin: scores more blocks until every value of the rest draws the same token. */
#include <math.h>

#include "arithmetic.h"
#include "screen_pick.h"

/* A cluster whose mass is uncertain by more than this share is looked into block by block. */
#define LOOSE_SHARE 1e-3

/* A block that may hold more than this share of all mass is scored before the second try. */
#define HEAVY_SHARE 1e-4

/* Quotients of logits and temperature beyond this make float rounding matter: take all rows. */
#define MOST_QUOTIENT 4000.0f

/* Bounds on weights allow for exp and for rounding its argument, 2^-24 * 3 * MOST_QUOTIENT. */
#define SLACK 1e-3

/* Scored rows as weights, and bounds on what is not scored. */
typedef struct Sight {
    Screen *s;
    Transformer *t;
    float temperature;
    float shift;    /* the largest scored logit over the temperature */
    double floor;   /* rows of less weight are only summed */
    int looked[SCREEN_MAX_CLUSTERS]; /* cluster's blocks have scores from coordinates */
    Draw draw;
} Sight;

/* weights = exp(logits / temperature - shift), as the sampler's softmax forms them. */
static void weigh(const float *logits, float temperature, float shift, float *weights)
{
    for (int r = 0; r < BLOCK_ROWS; r++)
        weights[r] = logits[r] / temperature - shift;
    for (int r = 0; r < BLOCK_ROWS; r++)
        weights[r] = exp_f32(weights[r]);
}

/* Adds the rows of a scored block. */
static void take_block(Sight *sight, int block)
{
    const Screen *s = sight->s;
    float weights[BLOCK_ROWS];
    double sum = 0.0;
    int rows = rows_of_block(s, block);
    weigh(sight->t->row_logits + (size_t)block * BLOCK_ROWS, sight->temperature, sight->shift,
          weights);
    for (int r = 0; r < rows; r++) {
        sum += weights[r];
        if (weights[r] >= sight->floor)
            sight->draw.known[sight->draw.count++] =
                (Weighted){ weights[r], (int)s->model->token_of_row[block * BLOCK_ROWS + r] };
    }
    sight->draw.known_mass += sum;
    sight->draw.scored += rows;
}

/* Gathers the weights of all scored rows, relative to the largest of them. */
static void take_scored(Sight *sight)
{
    const Screen *s = sight->s;
    const float *logits = sight->t->row_logits;
    float most = -INFINITY;
    for (int block = 0; block < s->section.blocks; block++) {
        if (!s->scored[block])
            continue;
        const float *rows = logits + (size_t)block * BLOCK_ROWS;
        float largest = rows[sight->t->kernels->argmax(rows, rows_of_block(s, block))];
        most = largest > most ? largest : most;
    }
    sight->shift = most / sight->temperature;
    sight->draw.count = 0;
    sight->draw.scored = 0;
    sight->draw.known_mass = 0.0;
    for (int block = 0; block < s->section.blocks; block++)
        if (s->scored[block])
            take_block(sight, block);
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
    float top = scores[sight->t->kernels->argmax(scores, BLOCK_ROWS)];
    double largest = (centre + top) / sight->temperature - sight->shift;
    int rows = rows_of_block(s, block);
    *heaviest = exp(largest + reach) * (1.0 + SLACK);
    *least = 0.0;
    *most = rows * *heaviest;
    if (!(*most > 1e-9))
        return;
    float weights[BLOCK_ROWS], sum = 0.0f;
    for (int r = 0; r < BLOCK_ROWS; r++)
        weights[r] = (scores[r] - top) / sight->temperature;
    for (int r = 0; r < BLOCK_ROWS; r++)
        weights[r] = exp_f32(weights[r]);
    for (int r = 0; r < rows; r++)
        sum += weights[r];
    double mass = sum * exp(largest);
    *least = mass * exp(-reach) * (1.0 - SLACK);
    *most = mass * exp(reach) * (1.0 + SLACK) + rows * exp(largest + reach + EXP_MIN + 1.0);
}

/* Adds the bounds of a cluster's unscored blocks to the rest; scores heavy ones where asked. */
static bool bound_by_blocks(Sight *sight, int cluster, bool score_heavy)
{
    Screen *s = sight->s;
    const ScreenCluster *c = &s->section.cluster[cluster];
    bool scored = false;
    if (!sight->looked[cluster])
        screen_bounds_score(&s->bounds, cluster);
    sight->looked[cluster] = 1;
    for (int block = (int)c->first; block < (int)(c->first + c->blocks); block++) {
        if (s->scored[block])
            continue;
        double least, most, heaviest;
        bound_block(sight, cluster, block, &least, &most, &heaviest);
        if (score_heavy && !(most < HEAVY_SHARE * sight->draw.known_mass)) {
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

/* Bounds everything that is not scored; true when it scored blocks instead of bounding them. */
static bool bound_rest(Sight *sight, bool score_heavy)
{
    const Screen *s = sight->s;
    Draw *d = &sight->draw;
    bool scored = false;
    d->least_rest = d->most_rest = d->most_weight = 0.0;
    for (int cluster = 0; cluster < s->section.clusters; cluster++) {
        ClusterBound bound = screen_bounds_cluster(&s->bounds, cluster);
        double least, most, heaviest = (bound.centre + bound.reach) / sight->temperature;
        screen_bounds_cluster_mass(&s->bounds, cluster, rows_of_cluster(s, cluster),
                                   sight->temperature, sight->shift, &least, &most);
        if (!(most - least < LOOSE_SHARE * d->known_mass)) {
            scored |= bound_by_blocks(sight, cluster, score_heavy);
            continue;
        }
        d->least_rest += least * (1.0 - SLACK);
        d->most_rest += most * (1.0 + SLACK);
        d->most_weight = fmax(d->most_weight, exp(heaviest - sight->shift) * (1.0 + SLACK));
    }
    return scored;
}

/* Scores every block that was looked into. */
static void score_looked(Sight *sight)
{
    Screen *s = sight->s;
    for (int cluster = 0; cluster < s->section.clusters; cluster++) {
        const ScreenCluster *c = &s->section.cluster[cluster];
        for (uint32_t i = 0; sight->looked[cluster] && i < c->blocks; i++)
            if (!s->scored[c->first + i])
                screen_score(s, sight->t, (int)(c->first + i), (int)(c->first + i) + 1);
    }
}

int screen_pick_drawn(Screen *s, Transformer *t, const Sampler *sampler, float coin)
{
    float temperature = sampler->temperature, topp = sampler->topp;
    int vocab = s->model->shape.vocab;
    bool top = topp > 0.0f && topp < 1.0f;
    Sight sight = {
        .s = s, .t = t, .temperature = temperature,
        .floor = top ? (1.0f - topp) / (float)(vocab - 1) : 0.0,
        .draw = { .known = s->known, .vocab = vocab,
                  .exact_sum = sampler->exact_sum, .topp = topp, .coin = coin },
    };
    sight.draw.least_known = sight.floor;
    take_scored(&sight);
    if (!(fabsf(sight.shift) < MOST_QUOTIENT))
        return DRAW_UNDECIDED;
    bound_rest(&sight, false);
    int token = screen_draw(&sight.draw);
    if (token == DRAW_UNDECIDED && bound_rest(&sight, true)) {
        take_scored(&sight);
        bound_rest(&sight, false);
        token = screen_draw(&sight.draw);
    }
    if (token == DRAW_UNDECIDED) {
        score_looked(&sight);
        take_scored(&sight);
        bound_rest(&sight, false);
        token = screen_draw(&sight.draw);
    }
    return token;
}
