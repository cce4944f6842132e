#include "sampler.h"

#include <stdlib.h>

bool sampler_open(Sampler *sampler, const Kernels *kernels, const Model *model, float temperature,
                  float topp, uint64_t seed, Fault *fault)
{
    int vocab = model->shape.vocab;
    *sampler = (Sampler){
        .kernels = kernels, .vocab = vocab,
        .exact_sum = model->is_story && model->classifier.coding != CODING_F32,
        .temperature = temperature, .topp = topp,
        .state = seed ? seed : 1,
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

static int pick_from_all(const float *probabilities, int n, float coin)
{
    float cumulative = 0.0f;
    for (int i = 0; i < n; i++) {
        cumulative += probabilities[i];
        if (coin < cumulative)
            return i;
    }
    return n - 1; /* rounding left the sum below the coin */
}

static bool goes_before(Candidate a, Candidate b)
{
    return a.probability > b.probability || (a.probability == b.probability && a.token < b.token);
}

/* Lets the candidate at `at` sink to its place in the heap of n whose top goes before all. */
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

/* Moves the best of the heap of n to its end; what stays is a heap of n - 1. */
static Candidate take_best(Candidate *heap, int n)
{
    Candidate best = heap[0];
    heap[0] = heap[n - 1];
    heap[n - 1] = best;
    sink(heap, n - 1, 0);
    return best;
}

/*
 * Only the kept prefix is ever needed in order, so a heap is popped instead of sorting everything.
 * The popped candidates pile up at the end of the array, best last.
 */
static int pick_from_top(Sampler *sampler, const float *probabilities, float coin)
{
    Candidate *heap = sampler->candidates;
    const float cutoff = (1.0f - sampler->topp) / (float)(sampler->vocab - 1);
    int n = sampler->kernels->collect(sampler->indices, probabilities, sampler->vocab, cutoff);
    for (int i = 0; i < n; i++)
        heap[i] = (Candidate){ probabilities[sampler->indices[i]], sampler->indices[i] };
    if (n == 0) /* only where topp is so small that rounding decides, or for weights of NaN */
        return sampler->kernels->argmax(probabilities, sampler->vocab);
    for (int at = n / 2 - 1; at >= 0; at--)
        sink(heap, n, at);
    float kept = 0.0f;
    int left = n;
    while (left && kept <= sampler->topp)
        kept += take_best(heap, left--).probability;
    float draw = coin * kept, cumulative = 0.0f;
    for (int i = n - 1; i >= left; i--) {
        cumulative += heap[i].probability;
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

static void softmax_exactly(const Sampler *sampler, float *logits)
{
    int n = sampler->vocab;
    float shift = logits[sampler->kernels->argmax(logits, n)] / sampler->temperature;
    sampler->kernels->weigh(logits, logits, n, sampler->temperature, shift);
    int64_t sum = 0;
    for (int i = 0; i < n; i++) {
        float weight = logits[i] < 1.0f ? logits[i] : 1.0f; /* NaN of broken weights counts as 1 */
        sum += (int32_t)(weight * 0x1p30f);
    }
    float divisor = (float)((double)sum * 0x1p-30);
    for (int i = 0; i < n; i++)
        logits[i] /= divisor;
}

int sampler_pick(Sampler *sampler, float *logits)
{
    if (sampler->temperature == 0.0f)
        return sampler->kernels->argmax(logits, sampler->vocab);
    if (sampler->exact_sum)
        softmax_exactly(sampler, logits);
    else
        softmax_as_reference(sampler, logits);
    float coin = sampler_coin(sampler);
    if (sampler->topp <= 0.0f || sampler->topp >= 1.0f)
        return pick_from_all(logits, sampler->vocab, coin);
    return pick_from_top(sampler, logits, coin);
}
