/*
 * Draws a token from a distribution of which only the large weights are known. A token is returned
 * only if it is drawn for every possible value of the others. docs/screening.md has the proof.
 */
#ifndef STORYTELLER_SCREEN_PARTIAL_DRAW_H
#define STORYTELLER_SCREEN_PARTIAL_DRAW_H

#include <stdbool.h>

/* A scored row: weight = exp(logit / temperature - the largest such quotient), in (0, 1]. */
typedef struct WeightedToken {
    float weight;
    int token;
} WeightedToken;

/* What is known of a distribution. */
typedef struct PartialDraw {
    WeightedToken *known; /* (count) scored rows; reordered by the draw */
    int count;
    double least_known; /* scored rows of less weight may be missing from `known` */
    int scored;         /* scored rows, missing ones included */
    int vocab;          /* rows in all */
    double known_mass;  /* sum of the weights of all scored rows */
    double least_rest;  /* bounds on the sum of the weights of the rows not scored */
    double most_rest;
    double most_weight; /* upper bound on each weight of the rows not scored */
    bool exact;         /* does the sampler sum exactly? see sampler.h */
    float topp;
    float coin;
} PartialDraw;

enum { DRAW_UNDECIDED = -1 };

/*
 * The token that the sampler draws with this coin for all weights within the bounds, or
 * DRAW_UNDECIDED.
 * topp in (0, 1): among the likeliest tokens; else: from the whole distribution, in token order.
 */
int partial_draw(PartialDraw *draw);

#endif
