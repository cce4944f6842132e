/* exp_f32 of arithmetic.h for 16 lanes, operation by operation the same. */
#ifndef STORYTELLER_KERNELS_AVX512_EXP_H
#define STORYTELLER_KERNELS_AVX512_EXP_H

#include <immintrin.h>

#include "kernels/arithmetic.h"

static inline __m512 multiply_add_512(__m512 a, __m512 b, float c)
{
    return _mm512_add_ps(_mm512_mul_ps(a, b), _mm512_set1_ps(c));
}

static inline __m512 exp_512(__m512 x)
{
    __mmask16 vanishes = _mm512_cmp_ps_mask(x, _mm512_set1_ps(EXP_MIN), _CMP_LT_OQ);
    x = _mm512_min_ps(_mm512_set1_ps(EXP_MAX), x); /* in this order a NaN stays */
    __m512 shifted = multiply_add_512(x, _mm512_set1_ps(EXP_LOG2E), EXP_MAGIC);
    __m512 n = _mm512_sub_ps(shifted, _mm512_set1_ps(EXP_MAGIC));
    __m512 r = _mm512_sub_ps(x, _mm512_mul_ps(n, _mm512_set1_ps(EXP_LN2_HI)));
    r = _mm512_sub_ps(r, _mm512_mul_ps(n, _mm512_set1_ps(EXP_LN2_LO)));
    __m512 p = _mm512_set1_ps(EXP_C6);
    p = multiply_add_512(p, r, EXP_C5);
    p = multiply_add_512(p, r, EXP_C4);
    p = multiply_add_512(p, r, EXP_C3);
    p = multiply_add_512(p, r, EXP_C2);
    p = multiply_add_512(p, r, EXP_C1);
    p = _mm512_add_ps(_mm512_mul_ps(p, _mm512_mul_ps(r, r)), r);
    p = _mm512_add_ps(p, _mm512_set1_ps(1.0f));
    __m512i power = _mm512_slli_epi32(_mm512_castps_si512(shifted), 23);
    __m512i bits = _mm512_add_epi32(_mm512_castps_si512(p), power);
    return _mm512_castsi512_ps(_mm512_mask_set1_epi32(bits, vanishes, 0));
}

#endif
