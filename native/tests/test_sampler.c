/* Sampling against llama2.c's way: softmax, sort everything, cut, draw. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "kernels/arithmetic.h"
#include "sample/sampler.h"

enum { VOCAB = 300 };

static int by_probability(const void *left, const void *right)
{
    const Candidate *a = left, *b = right;
    if (a->probability != b->probability)
        return a->probability > b->probability ? -1 : 1;
    return a->token - b->token;
}

static int pick_plainly(float *x, float temperature, float topp, float coin)
{
    float most = -INFINITY, sum = 0.0f;
    for (int i = 0; i < VOCAB; i++) {
        x[i] /= temperature;
        most = x[i] > most ? x[i] : most;
    }
    for (int i = 0; i < VOCAB; i++) {
        x[i] = exp_f32(x[i] - most);
        sum += x[i];
    }
    Candidate all[VOCAB];
    int n = 0;
    float cutoff = (1.0f - topp) / (VOCAB - 1), kept = 0.0f, cumulative = 0.0f;
    bool cut = topp > 0.0f && topp < 1.0f;
    for (int i = 0; i < VOCAB; i++) {
        x[i] /= sum;
        if (!cut || x[i] >= cutoff)
            all[n++] = (Candidate){ x[i], i };
    }
    if (cut)
        qsort(all, (size_t)n, sizeof *all, by_probability);
    int last = n - 1;
    for (int i = 0; cut && i < n; i++) {
        kept += all[i].probability;
        if (kept > topp) {
            last = i;
            break;
        }
    }
    float draw = cut ? coin * kept : coin;
    for (int i = 0; i <= last; i++) {
        cumulative += all[i].probability;
        if (draw < cumulative)
            return all[i].token;
    }
    return all[last].token;
}

static void fill(float *logits)
{
    for (int i = 0; i < VOCAB; i++)
        logits[i] = (float)(rand() % 1000) * 0.01f - 5.0f; /* with ties */
    if (rand() % 3 == 0)
        logits[rand() % VOCAB] += 8.0f;
}

static void test_picks(const Kernels *kernels, const Model *model)
{
    static const float topps[] = { 0.9f, 0.0f, 1.0f, 0.5f, 0.99f, 1e-6f };
    Fault fault;
    srand(11);
    for (int round = 0; round < 2000; round++) {
        float temperature = 0.2f + 0.1f * (float)(rand() % 15), topp = topps[round % 6];
        Sampler sampler, reference;
        uint64_t seed = (uint64_t)rand() + 1;
        CHECK(sampler_open(&sampler, kernels, model, temperature, topp, seed, &fault));
        CHECK(sampler_open(&reference, kernels, model, temperature, topp, seed, &fault));
        float logits[VOCAB], copy[VOCAB];
        fill(logits);
        memcpy(copy, logits, sizeof copy);
        int expected = pick_plainly(copy, temperature, topp, sampler_coin(&reference));
        CHECK(sampler_pick(&sampler, logits) == expected);
        CHECK(sampler.state == reference.state);
        sampler_close(&sampler);
        sampler_close(&reference);
    }
}

/* The first coins of seed 42, as llama2.c's random_f32 makes them. */
static void test_coins(const Kernels *kernels, const Model *model)
{
    Sampler sampler;
    Fault fault;
    CHECK(sampler_open(&sampler, kernels, model, 1.0f, 0.9f, 42, &fault));
    uint64_t state = 42;
    for (int i = 0; i < 1000; i++) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        uint32_t bits = (uint32_t)((state * 0x2545F4914F6CDD1Dull) >> 32);
        float coin = sampler_coin(&sampler);
        CHECK(coin == (float)(bits >> 8) / 16777216.0f && coin >= 0.0f && coin < 1.0f);
    }
    sampler_close(&sampler);
}

/* The weights of a damaged model may be anything; the token is in range nevertheless. */
static void test_not_numbers(const Kernels *kernels, const Model *model)
{
    static const float strange[] = { NAN, INFINITY, -INFINITY, 1e38f, -1e38f, 0.0f };
    Fault fault;
    for (int round = 0; round < 500; round++) {
        Sampler sampler;
        CHECK(sampler_open(&sampler, kernels, model, round % 2 ? 0.0f : 1.0f,
                           round % 3 ? 0.9f : 1.0f, (uint64_t)round + 1, &fault));
        float logits[VOCAB];
        for (int i = 0; i < VOCAB; i++)
            logits[i] = strange[rand() % 6];
        int token = sampler_pick(&sampler, logits);
        CHECK(token >= 0 && token < VOCAB);
        sampler_close(&sampler);
    }
}

int main(void)
{
    Model fp32 = { .shape.vocab = VOCAB, .classifier.coding = CODING_F32_ROWS };
    for (int i = 0; all_kernels[i]; i++) {
        if (!all_kernels[i]->runs_here())
            continue;
        test_picks(all_kernels[i], &fp32);
        test_coins(all_kernels[i], &fp32);
        Model int8 = { .shape.vocab = VOCAB, .classifier.coding = CODING_INT8, .is_story = true };
        test_not_numbers(all_kernels[i], &fp32);
        test_not_numbers(all_kernels[i], &int8);
    }
    return check_report();
}
