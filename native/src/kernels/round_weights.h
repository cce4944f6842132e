/*
 * Rounds weights so that every sum of them is exact. Written in lanes that the compiler can turn
 * into the vector instructions that the including file is built for.
 */
#ifndef STORYTELLER_KERNELS_ROUND_WEIGHTS_H
#define STORYTELLER_KERNELS_ROUND_WEIGHTS_H

/* Adding these rounds a float in [0, 1] to a multiple of 2^-11, what is left to one of 2^-34. */
#define ROUND_COARSE 6144.0f        /* 1.5 * 2^12 */
#define ROUND_FINE 0.000732421875f  /* 1.5 * 2^-11 */

enum { ROUND_LANES = 16 };

/* A float of 2^-11 or more is already a multiple of 2^-34; the rest is rounded to one. */
static inline float rounded_weight(float w)
{
    float coarse = (w + ROUND_COARSE) - ROUND_COARSE;
    float rest = w - coarse;
    return coarse + ((rest + ROUND_FINE) - ROUND_FINE);
}

static inline double round_weights_lanes(float *w, int n)
{
    double sums[ROUND_LANES] = {0}, sum = 0.0;
    int i = 0;
    for (; i + ROUND_LANES <= n; i += ROUND_LANES) {
        for (int lane = 0; lane < ROUND_LANES; lane++)
            w[i + lane] = rounded_weight(w[i + lane]);
        for (int lane = 0; lane < ROUND_LANES; lane++)
            sums[lane] += w[i + lane];
    }
    for (; i < n; i++) {
        w[i] = rounded_weight(w[i]);
        sum += w[i];
    }
    for (int lane = 0; lane < ROUND_LANES; lane++)
        sum += sums[lane];
    return sum;
}

#endif
