/* Bounds on the weights of all rows that a sampled pick has not scored. */
#ifndef STORYTELLER_SCREEN_REST_H
#define STORYTELLER_SCREEN_REST_H

#include "screen/pick.h"

/* What the coordinates of a cluster's rows say of their weights. */
typedef struct Estimate {
    bool scored;      /* are the rows scored from their coordinates? */
    bool weighed;     /* do weights, exp(score / T - shift), stand in the scores' place? */
    float shift;      /* the pick's when the rows were weighed */
    double top;       /* the largest score + centre, over T */
    double slack;     /* largest relative error of an estimate, from rounding */
    bool rounded;     /* are weights rounded to multiples of 2^-34, to be summed? */
    bool summed;      /* is `sum` that of the rows that are not scored? */
    double sum;
} Estimate;

/* State of one pick: the weights of scored rows, and bounds on the others. */
typedef struct SampledPick {
    Screen *s;
    Transformer *t;
    const Sampler *sampler;
    float temperature;
    float shift;    /* the largest scored logit over the temperature */
    double slack;   /* largest relative error of a weight, from rounding exp and its argument */
    bool loose[SCREEN_MAX_CLUSTERS]; /* the bounds of the whole cluster are too loose */
    Estimate estimate[SCREEN_MAX_CLUSTERS];
    PartialDraw draw;
} SampledPick;

/* Relative error of a weight from exp_f32 and its argument; weights under exp(EXP_MIN) are 0. */
double rest_slack(float shift);

/*
 * Calls a cluster loose where its mass as a whole is uncertain by more than `share` of the known
 * mass, and by more than a factor of two.
 */
void rest_find_loose(SampledPick *pick, double share);

/* Scores the blocks of loose clusters that hold a row estimated to weigh `heavy`; true if any. */
bool rest_score_heavy(SampledPick *pick, double heavy);

/* Scores every block of the loose clusters. */
void rest_score_loose(SampledPick *pick);

/*
 * Fills the draw's bounds on what is not scored: loose clusters from the estimates of their rows,
 * all below `heavy`, the others as a whole.
 */
void rest_bound(SampledPick *pick, double heavy);

#endif
