/* Where the time goes: a table of kernels that measures another table. One thread only. */
#ifndef STORYTELLER_CLI_PROFILE_H
#define STORYTELLER_CLI_PROFILE_H

#include "kernels/kernels.h"

typedef enum Part {
    PART_MATRICES,   /* of the layers */
    PART_ATTENTION,
    PART_CLASSIFIER, /* scored rows */
    PART_SCREENING,  /* bounds of the others */
    PART_SAMPLING,   /* weights, cutoff, argmax */
    PART_VECTORS,    /* norms, rotation, activation, quantisation, sums */
    PART_COUNT,
} Part;

extern const char *const part_names[PART_COUNT];

/* Starts measuring `kernels` on a model; the returned table tells the same story. */
const Kernels *profile_start(const Kernels *kernels, const Model *model);

/* Seconds spent in a part since profile_start. */
double profile_seconds(Part part);

#endif
