#include "kernels/arithmetic.h"

/* Rounds to the nearest integer: 1.5 * 2^52 leaves no bits for a fraction. */
static double nearest(double x)
{
    const double magic = 6755399441055744.0;
    return (x + magic) - magic;
}

/* Series of sine and cosine to x^15 on [-pi/4, pi/4]: error below 1e-16. */
static double sine_series(double x)
{
    double s = x * x;
    double p = -1.0 / 1307674368000.0;
    p = p * s + 1.0 / 6227020800.0;
    p = p * s - 1.0 / 39916800.0;
    p = p * s + 1.0 / 362880.0;
    p = p * s - 1.0 / 5040.0;
    p = p * s + 1.0 / 120.0;
    p = p * s - 1.0 / 6.0;
    return x + x * (s * p);
}

static double cosine_series(double x)
{
    double s = x * x;
    double p = 1.0 / 20922789888000.0;
    p = p * s - 1.0 / 87178291200.0;
    p = p * s + 1.0 / 479001600.0;
    p = p * s - 1.0 / 3628800.0;
    p = p * s + 1.0 / 40320.0;
    p = p * s - 1.0 / 720.0;
    p = p * s + 1.0 / 24.0;
    p = p * s - 0.5;
    return 1.0 + s * p;
}

void cos_sin(float angle, float *cosine, float *sine)
{
    const double two_over_pi = 0.63661977236758134308;
    const double half_pi_hi = 1.57079632673412561417; /* 33 bits of pi / 2: n * hi is exact */
    const double half_pi_lo = 6.07710050650619224932e-11;
    double n = nearest((double)angle * two_over_pi);
    double r = ((double)angle - n * half_pi_hi) - n * half_pi_lo;
    double s = sine_series(r), c = cosine_series(r);
    switch ((int)n & 3) {
    case 0: *cosine = (float)c; *sine = (float)s; break;
    case 1: *cosine = (float)-s; *sine = (float)c; break;
    case 2: *cosine = (float)-c; *sine = (float)-s; break;
    default: *cosine = (float)s; *sine = (float)-c; break;
    }
}

/* exp of 0 to 10 in double, by halving the argument ten times and squaring the series' result. */
static double exp_f64(double x)
{
    double r = x / 1024.0, term = 1.0, sum = 0.0;
    for (int i = 1; i < 12; i++) {
        term = term * r / i;
        sum += term; /* exp(r) - 1 */
    }
    for (int i = 0; i < 10; i++)
        sum = sum * (2.0 + sum); /* (1 + s)^2 - 1 */
    return 1.0 + sum;
}

float rope_frequency(int index, int head_size)
{
    const double ln_10000 = 9.21034037197618273607;
    float exponent = (float)index / (float)head_size;
    return 1.0f / (float)exp_f64((double)exponent * ln_10000);
}
