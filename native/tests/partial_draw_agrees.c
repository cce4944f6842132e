/*
 * partial_draw on random distributions with ties and near ties, of which it knows only some rows
 * and bounds on the others: when it decides, the sampler must pick the same token from all rows.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels/arithmetic.h"
#include "sample/sampler.h"
#include "screen/partial_draw.h"

enum { VOCAB = 700, TRIALS = 6000 };

static uint64_t state = 88172645463325252ull;

static double uniform(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) * 0x1p-53;
}

/* Logits of four kinds: bell-shaped, a few peaks, many ties, ties that differ in the last bit. */
static void make_logits(float *logits, int shape)
{
    for (int i = 0; i < VOCAB; i++) {
        double x = 0.0;
        for (int k = 0; k < 6; k++)
            x += uniform() - 0.5;
        logits[i] = (float)(x * (shape == 1 ? 12.0 : 3.0));
        if (shape >= 2)
            logits[i] = (float)(rint(x * 2.0) / 2.0);
        if (shape == 3 && uniform() < 0.5)
            logits[i] = nextafterf(logits[i], 10.0f);
    }
}

/* The rows above a quantile are known, the others have random bounds around their sum. */
static void make_draw(PartialDraw *draw, const Sampler *sampler, const float *logits, float coin)
{
    float shift = -INFINITY, weights[VOCAB];
    for (int i = 0; i < VOCAB; i++)
        shift = fmaxf(shift, logits[i] / sampler->temperature);
    sampler_weights(sampler, weights, logits, VOCAB, shift);
    double least = pow(10.0, -6.0 * uniform()), play = pow(10.0, -5.0 * uniform()), rest = 0.0;
    *draw = (PartialDraw){ .known = draw->known, .vocab = VOCAB, .exact = sampler->exact,
                           .topp = sampler->topp, .coin = coin };
    for (int i = 0; i < VOCAB; i++) {
        if (weights[i] >= least) {
            draw->known[draw->count++] = (WeightedToken){ weights[i], i };
            draw->known_mass += weights[i];
        } else {
            rest += weights[i];
            draw->most_weight = fmax(draw->most_weight, weights[i]);
        }
    }
    draw->scored = draw->count;
    draw->least_rest = rest / (1.0 + play);
    draw->most_rest = rest * (1.0 + play);
}

int main(void)
{
    static float logits[VOCAB];
    static WeightedToken known[VOCAB];
    long decided = 0, differ = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        static const float topps[] = { 0.9f, 0.5f, 0.99f, 1.0f };
        Model model = { .shape = { .vocab = VOCAB }, .is_story = true };
        model.classifier.coding = trial % 2 ? CODING_INT8 : CODING_F32;
        Sampler sampler;
        Fault fault;
        if (!sampler_open(&sampler, kernels_choose("scalar"), &model, 0.6f + (float)uniform(),
                          topps[trial / 2 % 4], (uint64_t)trial + 1, &fault))
            return 1;
        make_logits(logits, trial / 8 % 4);
        uint64_t before = sampler.state;
        PartialDraw draw = { .known = known };
        make_draw(&draw, &sampler, logits, sampler_coin(&sampler));
        sampler.state = before;
        int token = partial_draw(&draw), all = sampler_pick(&sampler, logits);
        decided += token != DRAW_UNDECIDED;
        if (token != DRAW_UNDECIDED && token != all) {
            printf("trial %d: %d, not %d\n", trial, token, all);
            differ++;
        }
        sampler_close(&sampler);
    }
    printf("%ld of %d draws decided, %ld differ\n", decided, TRIALS, differ);
    return differ != 0 || decided < TRIALS * 7 / 10;
}
