/* Time per part of a forward pass: a table of kernels that times another one. One thread only. */
#ifndef STORYTELLER_CLI_PROFILE_H
#define STORYTELLER_CLI_PROFILE_H

#include "kernels/kernels.h"

typedef enum ProfilePart {
    PART_MATRICES,   /* of the layers */
    PART_ATTENTION,
    PART_CLASSIFIER, /* scored rows */
    PART_SCREENING,  /* bounds of the others */
    PART_SAMPLING,   /* weights, cutoff, argmax */
    PART_VECTORS,    /* norms, rotation, activation, quantisation, sums */
    PART_COUNT,
} ProfilePart;

extern const char *const profile_part_names[PART_COUNT];

/* Starts timing `kernels` on a model; the returned table computes the same bits. */
const Kernels *profile_start(const Kernels *kernels, const Model *model);

/* Seconds spent in a part since profile_start. */
double profile_seconds(ProfilePart part);

#endif
