/* The tables of kernels; a build defines those of its kind of CPU. */
#ifndef STORYTELLER_KERNELS_TABLES_H
#define STORYTELLER_KERNELS_TABLES_H

#include "kernels/kernels.h"

extern const Kernels scalar_kernels;
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;
extern const Kernels neon_kernels;
extern const Kernels c906_kernels;
extern const Kernels rvv_kernels;
extern const Kernels rvv256_kernels;

#endif
