/* Norms, quantisation, activation and softmax with AVX-512; sums run in the scalar order. */
#include <immintrin.h>
#include <math.h>

#include "kernels/avx512.h"
#include "kernels/avx512_exp.h"

enum { LANES = 16 };

/* Lanes of the 16 from `at` on that lie below n. */
static inline __mmask16 lanes_below(int at, int n)
{
    return n - at >= LANES ? 0xffff : n <= at ? 0 : (__mmask16)((1u << (n - at)) - 1);
}

static inline __m512 load_below(const float *x, int at, int n)
{
    return _mm512_maskz_loadu_ps(lanes_below(at, n), x + at);
}

static inline void store_below(float *x, int at, int n, __m512 value)
{
    _mm512_mask_storeu_ps(x + at, lanes_below(at, n), value);
}

void avx512_quantise(const float *x, int cols, int stride, int group, int8_t *q, float *scale,
                     int32_t *sum)
{
    const __m512 magic = _mm512_set1_ps(EXP_MAGIC);
    for (int g = 0; g < stride / group; g++) {
        int start = g * group;
        __m512 most = _mm512_setzero_ps();
        for (int k = start; k < start + group; k += LANES)
            most = _mm512_max_ps(_mm512_abs_ps(load_below(x, k, cols)), most);
        float m = _mm512_reduce_max_ps(most);
        __m512 inverse = _mm512_set1_ps(m > 0.0f ? 127.0f / m : 0.0f);
        __m512i total = _mm512_setzero_si512();
        for (int k = start; k < start + group; k += LANES) {
            __m512 shifted = _mm512_mul_ps(load_below(x, k, cols), inverse);
            __m512i bits = _mm512_castps_si512(_mm512_add_ps(shifted, magic));
            __m128i bytes = _mm512_cvtepi32_epi8(bits);
            _mm_storeu_si128((__m128i *)(void *)(q + k), bytes);
            total = _mm512_add_epi32(total, _mm512_cvtepi8_epi32(bytes));
        }
        scale[g] = m / 127.0f;
        sum[g] = _mm512_reduce_add_epi32(total);
    }
}

void avx512_rmsnorm(float *out, const float *x, const float *weight, int n)
{
    float sum = 0.0f;
    for (int j = 0; j < n; j++)
        sum += x[j] * x[j];
    __m512 s = _mm512_set1_ps(1.0f / sqrtf(sum / (float)n + 1e-5f));
    for (int j = 0; j < n; j += LANES)
        store_below(out, j, n, _mm512_mul_ps(load_below(weight, j, n),
                                             _mm512_mul_ps(s, load_below(x, j, n))));
}

void avx512_swiglu(float *gate, const float *up, int n)
{
    const __m512 one = _mm512_set1_ps(1.0f);
    for (int j = 0; j < n; j += LANES) {
        __m512 g = load_below(gate, j, n);
        __m512 negative = _mm512_castsi512_ps(_mm512_xor_si512(
            _mm512_castps_si512(g), _mm512_set1_epi32((int)0x80000000)));
        __m512 sigmoid = _mm512_div_ps(one, _mm512_add_ps(one, exp_512(negative)));
        store_below(gate, j, n, _mm512_mul_ps(_mm512_mul_ps(g, sigmoid), load_below(up, j, n)));
    }
}

void avx512_softmax(float *x, int n)
{
    __m512 highest = _mm512_set1_ps(x[0]);
    for (int i = 0; i < n; i += LANES)
        highest = _mm512_mask_max_ps(highest, lanes_below(i, n), load_below(x, i, n), highest);
    __m512 most = _mm512_set1_ps(_mm512_reduce_max_ps(highest));
    float sum = 0.0f;
    for (int i = 0; i < n; i += LANES) {
        store_below(x, i, n, exp_512(_mm512_sub_ps(load_below(x, i, n), most)));
        for (int j = i; j < n && j < i + LANES; j++)
            sum += x[j];
    }
    __m512 divisor = _mm512_set1_ps(sum);
    for (int i = 0; i < n; i += LANES)
        store_below(x, i, n, _mm512_div_ps(load_below(x, i, n), divisor));
}

void avx512_exp_weights(float *weights, const float *x, int n, float temperature, float shift)
{
    const __m512 divisor = _mm512_set1_ps(temperature), most = _mm512_set1_ps(shift);
    for (int j = 0; j < n; j += LANES) {
        __m512 quotient = _mm512_div_ps(load_below(x, j, n), divisor);
        store_below(weights, j, n, exp_512(_mm512_sub_ps(quotient, most)));
    }
}

int avx512_collect(int *indices, const float *p, int n, float least)
{
    const __m512 bound = _mm512_set1_ps(least);
    __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    int count = 0;
    for (int j = 0; j < n; j += LANES) {
        __mmask16 taken = _mm512_mask_cmp_ps_mask(lanes_below(j, n), load_below(p, j, n), bound,
                                                  _CMP_GE_OQ);
        if (taken) {
            _mm512_mask_compressstoreu_epi32(indices + count, taken, index);
            count += __builtin_popcount(taken);
        }
        index = _mm512_add_epi32(index, _mm512_set1_epi32(LANES));
    }
    return count;
}

int avx512_argmax(const float *x, int n)
{
    __m512 best = _mm512_set1_ps(x[0]);
    __m512i at = _mm512_setzero_si512();
    __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (int i = 0; i < n; i += LANES) {
        __m512 value = load_below(x, i, n);
        __mmask16 better = _mm512_mask_cmp_ps_mask(lanes_below(i, n), value, best, _CMP_GT_OQ);
        best = _mm512_mask_mov_ps(best, better, value);
        at = _mm512_mask_mov_epi32(at, better, index);
        index = _mm512_add_epi32(index, _mm512_set1_epi32(LANES));
    }
    float most = _mm512_reduce_max_ps(best);
    __mmask16 tied = _mm512_cmp_ps_mask(best, _mm512_set1_ps(most), _CMP_EQ_OQ);
    return tied ? (int)_mm512_mask_reduce_min_epu32(tied, at) : 0; /* 0: the first is no number */
}
