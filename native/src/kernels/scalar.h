/* The scalar functions, which other tables use where they have nothing faster. */
#ifndef STORYTELLER_KERNELS_SCALAR_H
#define STORYTELLER_KERNELS_SCALAR_H

#include "kernels/kernels.h"

void scalar_matmul_f32_rows(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                            const Activations *x, int n);
void scalar_matmul_f32(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                       const Activations *x, int n);
void scalar_matmul_q80_rows(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                            const Activations *x, int n);

void scalar_quantise(const float *x, int cols, int stride, int group, int8_t *q, float *scale,
                     int32_t *sum);
/* As runq.c: x / (max / 127), rounded to nearest, ties away from zero. For version 2 only. */
void scalar_quantise_q80(const float *x, int cols, int group, int8_t *q, float *scale,
                         int32_t *sum);
void scalar_rmsnorm(float *out, const float *x, const float *weight, int n);
void scalar_rotate(float *x, const float *rotation, int heads, int head_size);
int scalar_collect(int *indices, const float *p, int n, float least);
void scalar_add(float *x, const float *y, int n);
void scalar_swiglu(float *gate, const float *up, int n);
void scalar_softmax(float *x, int n);
void scalar_exp_weights(float *weights, const float *x, int n, float temperature, float shift);
void scalar_attend(float *out, const float *q, const FloatRun *runs, int key_stride,
                   int value_stride, int head_size, float *scores);
void scalar_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                          int value_stride, int head_size, float *scores);
void scalar_attend_halves_together(const PairQuery *queries, int n, PairRun past, int key_stride,
                                   int value_stride, int head_size);
int scalar_argmax(const float *x, int n);

#endif
