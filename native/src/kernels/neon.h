/* The parts of the NEON table that lie in files of their own. */
#ifndef STORYTELLER_KERNELS_NEON_H
#define STORYTELLER_KERNELS_NEON_H

#include "kernels/kernels.h"

void neon_attend(float *out, const float *q, const float *keys, int key_stride,
                 const float *values, int value_stride, int head_size, int pos, float *scores);
void neon_attend_halves(float *out, const float *q, const uint32_t *keys, int key_stride,
                        const uint32_t *values, int value_stride, int head_size, int pos,
                        float *scores);

#endif
