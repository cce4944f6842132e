#include "sample/sampler.h"

#include <math.h>
#include <stdlib.h>

void sampler_correct_options(float *temperature, float *topp)
{
    if (*temperature < 0.0f)
        *temperature = 0.0f;
    if (*topp < 0.0f || *topp > 1.0f)
        *topp = 0.9f;
}

bool sampler_open(Sampler *sampler, const Kernels *kernels, const Model *model, float temperature,
                  float topp, uint64_t seed, Fault *fault)
{
    int vocab = model->shape.vocab;
    *sampler = (Sampler){
        .kernels = kernels, .vocab = vocab,
        .exact = model->is_story && model->classifier.coding != CODING_F32,
        .temperature = temperature, .topp = topp,
        .state = seed ? seed : 1,
        .never = { model->tag_open, model->tag_close },
        .never_count = model->knows_keywords ? 2 : 0,
        .candidates = malloc((size_t)vocab * sizeof(Candidate)),
        .indices = malloc((size_t)vocab * sizeof(int)),
    };
    return (sampler->candidates && sampler->indices)
        || fault_set(fault, FAULT_MEMORY, "not enough memory to sample from %d tokens", vocab);
}

void sampler_close(Sampler *sampler)
{
    free(sampler->candidates);
    free(sampler->indices);
    *sampler = (Sampler){0};
}

float sampler_coin(Sampler *sampler)
{
    uint64_t state = sampler->state;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    sampler->state = state;
    uint32_t number = (uint32_t)((state * 0x2545F4914F6CDD1Dull) >> 32);
    return (float)(number >> 8) / 16777216.0f;
}

/* run.c rounds its sums to floats; exact sums fit a double. */
static double rounded(const Sampler *sampler, double x)
{
    return sampler->exact ? x : (double)(float)x;
}

static int pick_from_all(const Sampler *sampler, const float *weights, double total, float coin)
{
    double draw = coin * total, cumulative = 0.0;
    for (int i = 0; i < sampler->vocab; i++) {
        cumulative = rounded(sampler, cumulative + weights[i]);
        if (draw < cumulative)
            return i;
    }
    return sampler->vocab - 1; /* rounding left the sum below the draw */
}

static bool goes_before(Candidate a, Candidate b)
{
    return a.probability > b.probability || (a.probability == b.probability && a.token < b.token);
}

/* Sift-down of the candidate at `at` in a heap of n whose root goes before all others. */
static void sink(Candidate *heap, int n, int at)
{
    Candidate moving = heap[at];
    for (;;) {
        int child = 2 * at + 1;
        if (child >= n)
            break;
        if (child + 1 < n && goes_before(heap[child + 1], heap[child]))
            child++;
        if (!goes_before(heap[child], moving))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

/* Moves the root of a heap of n to its end, which leaves a heap of n - 1. */
static Candidate take_best(Candidate *heap, int n)
{
    Candidate best = heap[0];
    heap[0] = heap[n - 1];
    heap[n - 1] = best;
    sink(heap, n - 1, 0);
    return best;
}

/*
 * Only the kept prefix is needed in order, so a heap is popped instead of sorting everything. The
 * popped candidates are collected at the end of the array, best last.
 */
static int pick_from_top(Sampler *sampler, const float *weights, double total, float coin)
{
    Candidate *heap = sampler->candidates;
    double share = (1.0f - sampler->topp) / (float)(sampler->vocab - 1);
    int n = sampler->kernels->collect(sampler->indices, weights, sampler->vocab,
                                      (float)(share * total));
    for (int i = 0; i < n; i++)
        heap[i] = (Candidate){ weights[sampler->indices[i]], sampler->indices[i] };
    if (n == 0) /* only where topp is so small that rounding decides, or for weights of NaN */
        return sampler->kernels->argmax(weights, sampler->vocab);
    for (int at = n / 2 - 1; at >= 0; at--)
        sink(heap, n, at);
    double kept = 0.0, most = sampler->topp * total;
    int left = n;
    while (left && kept <= most)
        kept = rounded(sampler, kept + take_best(heap, left--).probability);
    double draw = rounded(sampler, coin * kept), cumulative = 0.0;
    for (int i = n - 1; i >= left; i--) {
        cumulative = rounded(sampler, cumulative + heap[i].probability);
        if (draw < cumulative)
            return heap[i].token;
    }
    return heap[left].token; /* rounding left the sum below the draw */
}

static void softmax_as_reference(const Sampler *sampler, float *logits)
{
    for (int i = 0; i < sampler->vocab; i++)
        logits[i] /= sampler->temperature;
    sampler->kernels->softmax(logits, sampler->vocab);
}

double sampler_weights(const Sampler *sampler, float *weights, const float *logits, int n,
                       float shift)
{
    sampler->kernels->exp_weights(weights, logits, n, sampler->temperature, shift);
    if (sampler->exact)
        return sampler->kernels->round_weights(weights, n);
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += weights[i];
    return sum;
}

/* Returns the sum of the weights. */
static double exact_weights(const Sampler *sampler, float *logits)
{
    int n = sampler->vocab;
    float shift = logits[sampler->kernels->argmax(logits, n)] / sampler->temperature;
    return sampler_weights(sampler, logits, logits, n, shift);
}

int sampler_pick(Sampler *sampler, float *logits)
{
    for (int i = 0; i < sampler->never_count; i++)
        logits[sampler->never[i]] = -INFINITY;
    if (sampler->temperature == 0.0f)
        return sampler->kernels->argmax(logits, sampler->vocab);
    double total = 1.0;
    if (sampler->exact)
        total = exact_weights(sampler, logits);
    else
        softmax_as_reference(sampler, logits);
    float coin = sampler_coin(sampler);
    if (sampler->topp <= 0.0f || sampler->topp >= 1.0f)
        return pick_from_all(sampler, logits, total, coin);
    return pick_from_top(sampler, logits, total, coin);
}
