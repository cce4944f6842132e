/*
 * Draws a token from weights of which only the large ones are known: returns it only where every
 * value that the others may have gives the same token. docs/screening.md has the proof.
 */
#ifndef STORYTELLER_SCREEN_PARTIAL_DRAW_H
#define STORYTELLER_SCREEN_PARTIAL_DRAW_H

#include <stdbool.h>

/* A scored row: weight = exp(logit / temperature - the largest such quotient), in (0, 1]. */
typedef struct Weighted {
    float weight;
    int token;
} Weighted;

/* What is known of a distribution before the draw. */
typedef struct Draw {
    Weighted *known;    /* (count) scored rows; reordered by the draw */
    int count;
    double least_known; /* scored rows of less weight may be missing from `known` */
    int scored;         /* scored rows, missing ones included */
    int vocab;          /* rows in all */
    double known_mass;  /* sum of the weights of all scored rows */
    double least_rest;  /* bounds on the sum of the weights of the rows not scored */
    double most_rest;
    double most_weight; /* bound on each of the weights of rows not scored */
    bool exact;         /* does the sampler sum exactly? see sampler.h */
    float topp;
    float coin;
} Draw;

enum { DRAW_UNDECIDED = -1 };

/*
 * The token that the sampler draws with this coin for every admissible rest, or DRAW_UNDECIDED.
 * topp in (0, 1): among the likeliest tokens; else: from the whole distribution, in token order.
 */
int screen_draw(Draw *draw);

/*
 * A weight that most likely lies below everything that top-p draws from, by the rows known so far.
 * Reorders them.
 */
double screen_draw_floor(Draw *draw);

#endif
