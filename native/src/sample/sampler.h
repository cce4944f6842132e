/* Picks the next token from logits, with llama2.c's random numbers, temperature and top-p. */
#ifndef STORYTELLER_SAMPLE_SAMPLER_H
#define STORYTELLER_SAMPLE_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/kernels.h"
#include "model/fault.h"
#include "model/model.h"

typedef struct Candidate {
    float probability;
    int token;
} Candidate;

typedef struct Sampler {
    const Kernels *kernels;
    int vocab;
    bool exact;        /* sums are exact, see sampler_pick */
    float temperature; /* 0: the most likely token */
    float topp;        /* out of (0, 1): the whole distribution */
    uint64_t state;    /* of the random numbers, never 0 */
    Candidate *candidates; /* (vocab), scratch of top-p */
    int *indices;          /* (vocab), the same */
} Sampler;

/* run.c's repairs of its options: no temperature under 0, top-p 0.9 where it lies out of 0 to 1. */
void sampler_repair(float *temperature, float *topp);

bool sampler_open(Sampler *sampler, const Kernels *kernels, const Model *model, float temperature,
                  float topp, uint64_t seed, Fault *fault);

void sampler_close(Sampler *sampler);

/* A random float in [0, 1): xorshift64*, 24 bits. Advances the state. */
float sampler_coin(Sampler *sampler);

/*
 * The next token. With temperature 0 no coin is used; else one coin per call:
 *   logits = logits / temperature, then softmax, both in place, in token order;
 *   topp out of (0, 1): the first token whose ascending cumulative probability exceeds the coin;
 *   else of the tokens with p >= (1 - topp) / (vocab - 1), ordered by p descending, by token
 *   ascending where equal, the shortest prefix with a cumulative sum above topp is kept, and the
 *   first whose cumulative probability exceeds coin * that sum is drawn.
 * Models of llama2.c and fp32 packs round every step to a float, as llama2.c does. For int8 and int4
 * packs p is exp(logit / temperature - the largest) as a multiple of 2^-34, the nearest, which is
 * compared with its exact sum times topp, coin and so on: no order of additions changes a pick.
 */
int sampler_pick(Sampler *sampler, float *logits);

/*
 * The weights above of n logits of which `shift` times the temperature is the largest of all.
 * Returns their sum, exact where the sampler's sums are.
 */
double sampler_weigh(const Sampler *sampler, float *weights, const float *logits, int n,
                     float shift);

#endif
