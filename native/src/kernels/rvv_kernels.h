/* Kernels for RISC-V vectors of 128 bits; every one returns the bits of kernels/scalar.c. */
#ifndef STORYTELLER_RVV_KERNELS_H
#define STORYTELLER_RVV_KERNELS_H

#include "../kernels.h"

void rvv_matmul_int8(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                     const Activations *x, int n);

#endif
