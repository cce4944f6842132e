/* The parts of the NEON table that lie in files of their own. */
#ifndef STORYTELLER_KERNELS_NEON_H
#define STORYTELLER_KERNELS_NEON_H

#include "kernels/kernels.h"

void neon_attend(float *out, const float *q, const FloatRun *runs, int key_stride,
                 int value_stride, int head_size, float *scores);
void neon_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                        int value_stride, int head_size, float *scores);
void neon_attend_halves_together(const PairQuery *queries, int n, PairRun past, int key_stride,
                                 int value_stride, int head_size);

#endif
