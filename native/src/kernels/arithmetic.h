/*
 * exp, cos, sin and RoPE frequencies of our own, because libc's differ in the last bit between
 * machines and versions, which would change texts. Each uses only IEEE additions, multiplications,
 * divisions and bit operations in a fixed order.
 */
#ifndef STORYTELLER_KERNELS_ARITHMETIC_H
#define STORYTELLER_KERNELS_ARITHMETIC_H

#include <stdint.h>
#include <string.h>

/* exp(x) = 2^n * exp(r), r = x - n * ln 2 in [-0.35, 0.35]: constants shared by every kernel. */
#define EXP_LOG2E 1.44269504088896341f
#define EXP_LN2_HI 0.693359375f     /* 9 bits: n * hi is exact */
#define EXP_LN2_LO -2.12194440e-4f  /* ln 2 - hi */
#define EXP_MAGIC 12582912.0f       /* 1.5 * 2^23: adding it rounds to an integer, ties to even */
#define EXP_MIN -87.0f              /* below: 0 */
#define EXP_MAX 88.0f               /* above: exp(88) */
/* Taylor-like minimax polynomial of exp(r), from r^6 down to r^2; r^1 and r^0 are 1. */
#define EXP_C6 1.9875691500e-4f
#define EXP_C5 1.3981999507e-3f
#define EXP_C4 8.3334519073e-3f
#define EXP_C3 4.1665795894e-2f
#define EXP_C2 1.6666665459e-1f
#define EXP_C1 5.0000001201e-1f

static inline uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The nearest bfloat16, ties to even. */
static inline uint32_t nearest_bf16(float x)
{
    uint32_t bits = bits_of(x);
    return (bits + 0x7fffu + (bits >> 16 & 1)) >> 16;
}

/* exp in fp32, within 2 units in the last place; the specification for the vector kernels. */
static inline float exp_f32(float x)
{
    if (x < EXP_MIN)
        return 0.0f;
    x = x > EXP_MAX ? EXP_MAX : x;
    float shifted = x * EXP_LOG2E + EXP_MAGIC;
    float n = shifted - EXP_MAGIC;
    float r = x - n * EXP_LN2_HI;
    r = r - n * EXP_LN2_LO;
    float p = EXP_C6;
    p = p * r + EXP_C5;
    p = p * r + EXP_C4;
    p = p * r + EXP_C3;
    p = p * r + EXP_C2;
    p = p * r + EXP_C1;
    p = (p * (r * r) + r) + 1.0f;
    return float_of(bits_of(p) + (bits_of(shifted) << 23));
}

/* Cosine and sine of an angle of 0 to 65536 radians, with an error below 4e-8. */
void cos_sin(float angle, float *cosine, float *sine);

/* RoPE's frequency of a pair: 1 / 10000^(index / head_size); `index` is even, in [0, head_size). */
float rope_frequency(int index, int head_size);

#endif
