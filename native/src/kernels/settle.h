/*
 * Rounding weights so that every sum of them is exact, in lanes that a compiler can turn into
 * vectors of whatever instructions the including file is built for.
 */
#ifndef STORYTELLER_KERNELS_SETTLE_H
#define STORYTELLER_KERNELS_SETTLE_H

/* Adding these rounds a float in [0, 1] to a multiple of 2^-11, what is left to one of 2^-34. */
#define SETTLE_COARSE 6144.0f        /* 1.5 * 2^12 */
#define SETTLE_FINE 0.000732421875f  /* 1.5 * 2^-11 */

enum { SETTLE_LANES = 16 };

/* Parts that are multiples of 2^-34, as w is when it is 2^-11 or more. */
static inline float settled(float w)
{
    float coarse = (w + SETTLE_COARSE) - SETTLE_COARSE;
    float rest = w - coarse;
    return coarse + ((rest + SETTLE_FINE) - SETTLE_FINE);
}

static inline double settle_lanes(float *w, int n)
{
    double sums[SETTLE_LANES] = {0}, sum = 0.0;
    int i = 0;
    for (; i + SETTLE_LANES <= n; i += SETTLE_LANES) {
        for (int lane = 0; lane < SETTLE_LANES; lane++)
            w[i + lane] = settled(w[i + lane]);
        for (int lane = 0; lane < SETTLE_LANES; lane++)
            sums[lane] += w[i + lane];
    }
    for (; i < n; i++) {
        w[i] = settled(w[i]);
        sum += w[i];
    }
    for (int lane = 0; lane < SETTLE_LANES; lane++)
        sum += sums[lane];
    return sum;
}

#endif
