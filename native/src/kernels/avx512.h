/* Functions of the AVX-512 table that are defined in other files. */
#ifndef STORYTELLER_KERNELS_AVX512_H
#define STORYTELLER_KERNELS_AVX512_H

#include "kernels/kernels.h"
#include "kernels/scalar.h"

void avx512_matmul_f32(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                       const Activations *x, int n);
void avx512_quantise(const float *x, int cols, int stride, int group, int8_t *q, float *scale,
                     int32_t *sum);
void avx512_rmsnorm(float *out, const float *x, const float *weight, int n);
void avx512_swiglu(float *gate, const float *up, int n);
void avx512_softmax(float *x, int n);
void avx512_exp_weights(float *weights, const float *x, int n, float temperature, float shift);
void avx512_attend(float *out, const float *q, const FloatRun *runs, int key_stride,
                   int value_stride, int head_size, float *scores);
int avx512_collect(int *indices, const float *p, int n, float least);
void avx512_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                          int value_stride, int head_size, float *scores);
void avx512_attend_halves_together(const PairQuery *queries, int n, PairRun past, int key_stride,
                                   int value_stride, int head_size);
int avx512_argmax(const float *x, int n);

#endif
