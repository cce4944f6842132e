/*
 * A table of kernels for RISC-V vectors, from one source for two versions of the instruction set
 * and any length of the registers from 128 bits on: the file that includes this defines RVV_VERSION
 * and RVV_LONG (see rvv_instructions.h) and gets its table as RVV_TABLE(name, test). Every kernel
 * returns the bits of kernels/scalar.c.
 */
#ifndef STORYTELLER_KERNELS_RVV_KERNELS_H
#define STORYTELLER_KERNELS_RVV_KERNELS_H

#include "kernels/kernels.h"

#include "kernels/rvv_attend.h"
#include "kernels/rvv_float.h"
#include "kernels/rvv_int4.h"
#include "kernels/rvv_int8.h"
#include "kernels/rvv_vectors.h"

#define RVV_TABLE(table_name, test) \
    { \
        .name = table_name, \
        .runs_here = test, \
        .matmul = { \
            [CODING_F32_ROWS] = rvv_matmul_f32_rows, \
            [CODING_Q80_ROWS] = rvv_matmul_q80_rows, \
            [CODING_F32] = rvv_matmul_f32, \
            [CODING_INT8] = rvv_matmul_int8, \
            [CODING_INT4] = rvv_matmul_int4, \
        }, \
        .quantise = rvv_quantise, \
        .rmsnorm = rvv_rmsnorm, \
        .add = rvv_add, \
        .swiglu = rvv_swiglu, \
        .softmax = rvv_softmax, \
        .exp_weights = rvv_exp_weights, \
        .round_weights = rvv_round_weights, \
        .attend = rvv_attend, \
        .rotate = rvv_rotate, \
        .attend_halves = rvv_attend_halves, \
        .attend_halves_together = rvv_attend_halves_together, \
        .collect = rvv_collect, \
        .argmax = rvv_argmax, \
    }

#endif
