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
    bool exact;        /* are sums exact? see sampler_pick */
    float temperature; /* 0: the most likely token */
    float topp;        /* outside (0, 1): the whole distribution */
    uint64_t state;    /* of the random numbers, never 0 */
    int never[2];      /* (never_count) tokens that are not drawn: brackets of tags are no text */
    int never_count;   /* 2 for models that know keywords, else 0 */
    Candidate *candidates; /* (vocab), scratch of top-p */
    int *indices;          /* (vocab), the same */
} Sampler;

/* As run.c: a negative temperature becomes 0, a top-p outside 0 to 1 becomes 0.9. */
void sampler_correct_options(float *temperature, float *topp);

bool sampler_open(Sampler *sampler, const Kernels *kernels, const Model *model, float temperature,
                  float topp, uint64_t seed, Fault *fault);

void sampler_close(Sampler *sampler);

/* A random float in [0, 1): xorshift64*, 24 bits. Advances the state. */
float sampler_coin(Sampler *sampler);

/*
 * The next token. Logits of `never` become -infinity. With temperature 0 no coin is used; else one
 * coin per call:
 *   logits = logits / temperature, then softmax, both in place, in token order;
 *   topp outside (0, 1): the first token whose ascending cumulative probability exceeds the coin;
 *   else of the tokens with p >= (1 - topp) / (vocab - 1), ordered by p descending, by token
 *   ascending where equal, the shortest prefix with a cumulative sum above topp is kept, and the
 *   first whose cumulative probability exceeds coin * that sum is drawn.
 * For llama2.c's files and fp32 packs every step is rounded to a float, as in llama2.c. For int8
 * and int4 packs p is exp(logit / temperature - the largest such quotient), rounded to a multiple
 * of 2^-34 and not divided by the sum, so all sums are exact and independent of their order.
 */
int sampler_pick(Sampler *sampler, float *logits);

/*
 * weights[i] = exp(logits[i] / temperature - shift) of n logits, rounded if the sampler is exact.
 * `shift` is the largest logit of all / temperature. Returns the sum of the weights.
 */
double sampler_weights(const Sampler *sampler, float *weights, const float *logits, int n,
                       float shift);

#endif
