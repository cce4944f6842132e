#include "screen/rest.h"

#include <math.h>

#include "kernels/arithmetic.h"

/* A cluster's mass may be uncertain by this factor: its rows' estimates are hardly sharper. */
#define LOOSE_FACTOR 2.0

/* Estimates are summed as multiples of 2^-34; no sum is off by more than this per row. */
#define ROUNDED 0x1p-34

double rest_slack(float shift)
{
    return 1e-6 + 0x1p-22 * (fabs((double)shift) - EXP_MIN);
}

static int rows_of_cluster(const Screen *s, int cluster)
{
    const ScreenCluster *c = &s->section.cluster[cluster];
    int end = (int)(c->first + c->blocks) * BLOCK_ROWS, vocab = s->model->shape.vocab;
    return (end < vocab ? end : vocab) - (int)c->first * BLOCK_ROWS;
}

/* Bounds of a cluster, or of what is left of it. */
typedef struct Mass {
    double least;
    double most;
    double heaviest;
} Mass;

static Mass mass_of_cluster(const SampledPick *pick, int cluster)
{
    const Screen *s = pick->s;
    const ScreenCluster *c = &s->section.cluster[cluster];
    ClusterBound bound = screen_bounds_cluster(&s->bounds, cluster);
    Mass mass = { .heaviest = exp((bound.centre + bound.reach) / pick->temperature - pick->shift)
                      * (1.0 + pick->slack) };
    screen_bounds_cluster_mass(&s->bounds, cluster, rows_of_cluster(s, cluster),
                               pick->temperature, pick->shift, &mass.least, &mass.most);
    int never = never_drawn(s, (int)c->first, (int)(c->first + c->blocks));
    if (never)
        mass.least = fmax(0.0, mass.least - never * mass.heaviest);
    mass.least *= 1.0 - pick->slack;
    mass.most *= 1.0 + pick->slack;
    return mass;
}

void rest_find_loose(SampledPick *pick, double share)
{
    for (int cluster = 0; cluster < pick->s->section.clusters; cluster++) {
        if (pick->loose[cluster])
            continue;
        Mass mass = mass_of_cluster(pick, cluster);
        pick->loose[cluster] = !(mass.most - mass.least < share * pick->draw.known_mass)
            && !(mass.most < LOOSE_FACTOR * mass.least);
    }
}

/* The estimated weights of a cluster's rows. */
static float *estimates_of(const Screen *s, int cluster)
{
    return screen_bounds_scores(&s->bounds, (int)s->section.cluster[cluster].first);
}

static void score_cluster(SampledPick *pick, int cluster)
{
    Screen *s = pick->s;
    Estimate *e = &pick->estimate[cluster];
    const float *scores = estimates_of(s, cluster);
    screen_bounds_score(&s->bounds, cluster);
    float top = scores[pick->t->kernels->argmax(scores, rows_of_cluster(s, cluster))];
    e->top = (screen_bounds_cluster(&s->bounds, cluster).centre + top) / pick->temperature;
    e->slack = rest_slack((float)e->top);
    e->scored = true;
}

static void weigh_cluster(SampledPick *pick, int cluster)
{
    Screen *s = pick->s;
    Estimate *e = &pick->estimate[cluster];
    double centre = screen_bounds_cluster(&s->bounds, cluster).centre / pick->temperature;
    float *weights = estimates_of(s, cluster), shift = (float)(pick->shift - centre);
    pick->t->kernels->exp_weights(weights, weights, rows_of_cluster(s, cluster), pick->temperature,
                                  shift);
    e->slack = rest_slack(shift);
    e->shift = pick->shift;
    e->weighed = true;
}

/* Scores the blocks of `count` rows of a cluster that are not scored yet; true if there are any. */
static bool score_rows(SampledPick *pick, int cluster, const int *rows, int count)
{
    Screen *s = pick->s;
    int base = (int)s->section.cluster[cluster].first, first = base, end = base;
    for (int i = 0; i < count; i++) {
        int block = base + rows[i] / BLOCK_ROWS;
        if (block < end || s->scored[block])
            continue;
        if (block > end && end > first)
            screen_score(s, pick->t, first, end);
        first = block > end || end == base ? block : first;
        end = block + 1;
    }
    if (end > first)
        screen_score(s, pick->t, first, end);
    return end > first;
}

/* No row of the cluster weighs more, as estimated. */
static double heaviest_of(const SampledPick *pick, int cluster)
{
    const Estimate *e = &pick->estimate[cluster];
    return exp(e->top - pick->shift) * (1.0 + e->slack);
}

/* Scores the blocks of a loose cluster that may hold a row as heavy as that; true if any. */
static bool score_heavy(SampledPick *pick, int cluster, double heavy)
{
    Estimate *e = &pick->estimate[cluster];
    int rows = rows_of_cluster(pick->s, cluster);
    if (e->weighed && pick->shift > e->shift + 1.0f) /* no weight that is summed exceeds 1 */
        *e = (Estimate){0};
    if (!e->scored)
        score_cluster(pick, cluster);
    double heaviest = heaviest_of(pick, cluster);
    if (!e->weighed && rows * heaviest < heavy)
        return false; /* all of them together are light: no need to know each */
    if (!e->weighed)
        weigh_cluster(pick, cluster);
    if (heaviest < heavy)
        return false;
    float least = (float)(heavy * exp((double)pick->shift - e->shift));
    int *indices = pick->sampler->indices;
    int count = pick->t->kernels->collect(indices, estimates_of(pick->s, cluster), rows, least);
    bool any = score_rows(pick, cluster, indices, count);
    e->summed = e->summed && !any;
    return any;
}

bool rest_score_heavy(SampledPick *pick, double heavy)
{
    bool any = false;
    for (int cluster = 0; cluster < pick->s->section.clusters; cluster++)
        any |= pick->loose[cluster] && score_heavy(pick, cluster, heavy);
    return any;
}

/* A run of unscored blocks from `block` on within a cluster; false past the last. */
static bool next_unscored(const Screen *s, int end, int *block, int *first)
{
    while (*block < end && s->scored[*block])
        ++*block;
    *first = *block;
    while (*block < end && !s->scored[*block])
        ++*block;
    return *block > *first;
}

void rest_score_loose(SampledPick *pick)
{
    Screen *s = pick->s;
    for (int cluster = 0; cluster < s->section.clusters; cluster++) {
        const ScreenCluster *c = &s->section.cluster[cluster];
        int block = (int)c->first, end = (int)(c->first + c->blocks), first;
        while (pick->loose[cluster] && next_unscored(s, end, &block, &first))
            screen_score(s, pick->t, first, block);
        pick->estimate[cluster].summed = false;
    }
}

/* (exp(x) - 1 - x) / x^2, rounded up; grows with x. */
static double curvature(double x)
{
    return x < 0.01 ? 0.5 + x : (exp(x) - 1.0 - x) / (x * x) * (1.0 + 1e-9);
}

/*
 * The number of a cluster's rows that are not scored; sums their estimates, unless all of them are
 * about as small as the rounding of the sum.
 */
static int sum_unscored(SampledPick *pick, int cluster, double heavy)
{
    const Screen *s = pick->s;
    const ScreenCluster *c = &s->section.cluster[cluster];
    Estimate *e = &pick->estimate[cluster];
    bool sums = e->weighed && !e->summed && heavy > 1e3 * ROUNDED;
    int block = (int)c->first, end = (int)(c->first + c->blocks), first, rows = 0;
    e->sum = sums ? 0.0 : e->sum;
    while (next_unscored(s, end, &block, &first)) {
        int left = s->model->shape.vocab - first * BLOCK_ROWS, here = (block - first) * BLOCK_ROWS;
        here = here < left ? here : left;
        rows += here;
        float *weights = screen_bounds_scores(&s->bounds, first);
        if (sums)
            e->sum += pick->t->kernels->round_weights(weights, here);
    }
    e->summed = e->summed || sums;
    e->rounded = e->rounded || sums;
    return rows;
}

/*
 * Bounds on the unscored rows of a loose cluster. Row r weighs a exp(e), a its estimate, at most
 * `heaviest`, A the sum of all a; no |e| exceeds `reach`, and the e^2 add up to spread^2 at most.
 * From above by exp(e) <= 1 + e + e^2 curvature(reach), from below by Jensen's inequality, the sum
 * of a e from both sides by Cauchy's: |sum| <= spread sqrt(heaviest A).
 */
static Mass mass_of_rows(SampledPick *pick, int cluster, double heavy)
{
    const Estimate *e = &pick->estimate[cluster];
    int rows = sum_unscored(pick, cluster, heavy);
    if (!rows)
        return (Mass){0};
    double slack = e->slack + pick->slack, temperature = pick->temperature;
    double reach = screen_bounds_reach(&pick->s->bounds, cluster) / temperature;
    double spread = screen_bounds_spread(&pick->s->bounds, cluster, rows) / temperature;
    double scale = exp((double)e->shift - pick->shift), play = exp(reach);
    double heaviest = fmin(heavy, heaviest_of(pick, cluster)) * (1.0 + slack);
    heaviest += e->rounded ? ROUNDED : 0.0;
    double all = e->summed ? e->sum * scale + rows * ROUNDED : rows * heaviest;
    Mass mass = { .heaviest = heaviest * play };
    mass.most = fmin(all + spread * sqrt(heaviest * all)
                     + curvature(reach) * heaviest * spread * spread, all * play) * (1.0 + slack);
    all = e->summed ? e->sum * scale - rows * ROUNDED : 0.0;
    if (all > 0.0)
        mass.least = all * exp(-fmin(spread * sqrt(heaviest / all), reach)) * (1.0 - slack);
    const ScreenCluster *c = &pick->s->section.cluster[cluster];
    int never = never_drawn(pick->s, (int)c->first, (int)(c->first + c->blocks));
    if (never)
        mass.least = fmax(0.0, mass.least - never * mass.heaviest);
    return mass;
}

void rest_bound(SampledPick *pick, double heavy)
{
    PartialDraw *d = &pick->draw;
    d->least_rest = d->most_rest = d->most_weight = 0.0;
    for (int cluster = 0; cluster < pick->s->section.clusters; cluster++) {
        Mass mass = pick->loose[cluster] ? mass_of_rows(pick, cluster, heavy)
                                         : mass_of_cluster(pick, cluster);
        d->least_rest += mass.least;
        d->most_rest += mass.most;
        d->most_weight = fmax(d->most_weight, mass.heaviest);
    }
}
