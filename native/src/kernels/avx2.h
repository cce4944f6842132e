/* Functions of the AVX2 table that are defined in other files, and what these share. */
#ifndef STORYTELLER_KERNELS_AVX2_H
#define STORYTELLER_KERNELS_AVX2_H

#include <immintrin.h>

#include "kernels/arithmetic.h"
#include "kernels/kernels.h"
#include "kernels/scalar.h"

enum { AVX2_LANES = 8 };

void avx2_matmul_f32_rows(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                          const Activations *x, int n);
void avx2_matmul_f32(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                     const Activations *x, int n);
void avx2_quantise(const float *x, int cols, int stride, int group, int8_t *q, float *scale,
                   int32_t *sum);
void avx2_rmsnorm(float *out, const float *x, const float *weight, int n);
void avx2_swiglu(float *gate, const float *up, int n);
void avx2_softmax(float *x, int n);
/* avx2_softmax of four vectors of n[i] floats. */
void avx2_softmax_four(float *const x[4], const int n[4]);
void avx2_exp_weights(float *weights, const float *x, int n, float temperature, float shift);
void avx2_attend(float *out, const float *q, const FloatRun *runs, int key_stride,
                 int value_stride, int head_size, float *scores);
double avx2_round_weights(float *weights, int n);
int avx2_collect(int *indices, const float *p, int n, float least);
void avx2_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                        int value_stride, int head_size, float *scores);
void avx2_attend_halves_together(const PairQuery *queries, int n, PairRun past, int key_stride,
                                 int value_stride, int head_size);
int avx2_argmax(const float *x, int n);

/* All bits set in the lanes of the 8 from `at` on that lie below n. */
static inline __m256i avx2_lanes_below(int at, int n)
{
    __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n - at), lane);
}

static inline __m256 avx2_load_below(const float *x, int at, int n)
{
    return n - at >= AVX2_LANES ? _mm256_loadu_ps(x + at)
                                : _mm256_maskload_ps(x + at, avx2_lanes_below(at, n));
}

static inline void avx2_store_below(float *x, int at, int n, __m256 value)
{
    if (n - at >= AVX2_LANES)
        _mm256_storeu_ps(x + at, value);
    else
        _mm256_maskstore_ps(x + at, avx2_lanes_below(at, n), value);
}

/* acc + a * b, rounded twice. */
static inline __m256 avx2_accumulate(__m256 acc, __m256 a, __m256 b)
{
    return _mm256_add_ps(acc, _mm256_mul_ps(a, b));
}

#endif
