/*
 * int4 x int8 for VLEN 128: a byte holds two columns of a row, each as weight + 8.
 *
 * A nibble is never negative, so it multiplies as an int8; the 8 that each weight has too much is
 * taken off by starting the 16-bit sums at -8 * (sum of the activations), modulo 2^16. The result
 * is exact while 8 * (sum of the absolute activations) is within 32767: always for 32 columns.
 */
#ifndef STORYTELLER_RVV_INT4_H
#define STORYTELLER_RVV_INT4_H

#include "../kernels.h"
#include "rvv_instructions.h"

enum {
    INT4_TILE_COLS = 8,
    INT4_SAFE_COLS = 32, /* 8 * 127 * 32 = 32512 */
    INT4_SAFE_SUM = 4095,
};

/* Low nibbles of a tile to v0..v7, high ones to v8..v15, then 8 columns into the sums `acc`. */
#define ADD_TILE(acc, tile) \
    do { \
        VSETVL(128, E8M8); \
        VLE8(0, tile); \
        VSRL_I(8, 0, 4); \
        VAND_I(0, 0, 15); \
        VSETVL(32, E8M2); \
        VWMACC_X(acc, 0, x0); \
        VWMACC_X(acc, 2, x1); \
        VWMACC_X(acc, 4, x2); \
        VWMACC_X(acc, 6, x3); \
        VWMACC_X(acc, 8, x4); \
        VWMACC_X(acc, 10, x5); \
        VWMACC_X(acc, 12, x6); \
        VWMACC_X(acc, 14, x7); \
    } while (0)
#define LOAD_ACTIVATIONS(x) \
    int x0 = (x)[0], x1 = (x)[1], x2 = (x)[2], x3 = (x)[3]; \
    int x4 = (x)[4], x5 = (x)[5], x6 = (x)[6], x7 = (x)[7]

/* y (+)= v0 * weight scales * activation scale for 32 rows; the first group starts from 0. */
#define FINISH_INT4(scales, y) \
    do { \
        LOAD_BF16(8, 12, scales); \
        VFMUL_V(0, 0, 8); \
        VFMUL_F(0, 0, scale[g]); \
        if (g == 0) { \
            VFADD_F(0, 0, 0.0f); \
        } else { \
            VLE32(8, y); \
            VFADD_V(0, 8, 0); \
        } \
        VSE32(0, y); \
    } while (0)

typedef struct Int4Input {
    const int8_t *q;
    const float *scale;
    const int32_t *sum;
    int groups, group;
} Int4Input;

/* Two neighbouring blocks of rows, whole groups in 16 bits. */
static void two_blocks(float *y, const uint8_t *a, const uint8_t *b, Int4Input in)
{
    const int8_t *q = in.q;
    const float *scale = in.scale;
    for (int g = 0; g < in.groups; g++) {
        VSETVL(32, E16M4);
        VMV_X(16, -8 * in.sum[g]);
        VMV_X(20, -8 * in.sum[g]);
        for (const int8_t *end = q + in.group; q < end; q += INT4_SAFE_COLS) {
#pragma GCC unroll 4
            for (int k = 0; k < INT4_SAFE_COLS; k += INT4_TILE_COLS) {
                LOAD_ACTIVATIONS(q + k);
                ADD_TILE(16, a);
                ADD_TILE(20, b);
                a += TILE_BYTES;
                b += TILE_BYTES;
            }
        }
        VSETVL(32, E16M4);
        VFWCVT_F_X(0, 16);
        VFWCVT_F_X(24, 20);
        VSETVL(32, E32M8);
        FINISH_INT4(a, y);
        VMV_V(0, 24);
        FINISH_INT4(b, y + BLOCK_ROWS);
        a += BLOCK_ROWS * sizeof(uint16_t);
        b += BLOCK_ROWS * sizeof(uint16_t);
    }
}

/* One block of rows for any activations: widened to 32 bits after every 32 columns. */
static void one_block(float *y, const uint8_t *a, Int4Input in)
{
    const int8_t *q = in.q;
    const float *scale = in.scale;
    for (int g = 0; g < in.groups; g++) {
        VSETVL(32, E32M8);
        VMV_ZERO(24);
        for (const int8_t *end = q + in.group; q < end;) {
            int sum = 0;
            for (int k = 0; k < INT4_SAFE_COLS; k++)
                sum += q[k];
            VSETVL(32, E16M4);
            VMV_X(16, -8 * sum);
            for (const int8_t *part = q + INT4_SAFE_COLS; q < part; q += INT4_TILE_COLS) {
                LOAD_ACTIVATIONS(q);
                ADD_TILE(16, a);
                a += TILE_BYTES;
            }
            VSETVL(32, E16M4);
            VWADD_W(24, 24, 16);
        }
        VSETVL(32, E32M8);
        VFCVT_F_X(0, 24);
        FINISH_INT4(a, y);
        a += BLOCK_ROWS * sizeof(uint16_t);
    }
}

/* Are all groups within INT4_SAFE_SUM? A group has at most 256 columns, so 16 bits hold its sum. */
static bool fits_16_bits(const Int4Input *in)
{
    for (int g = 0; g < in->groups && in->group > INT4_SAFE_COLS; g++) {
        VSETVL(1, E32M1);
        VMV_ZERO(0);
        for (int k = 0; k < in->group; k += 128) {
            VSETVL(in->group - k < 128 ? in->group - k : 128, E8M8);
            VLE8(8, in->q + g * in->group + k);
            VRSUB_X(16, 8, 0);
            VMAX_V(8, 8, 16);
            VWREDSUMU(0, 8, 0);
        }
        VSETVL(1, E32M1);
        if (vmv_x_s_v0() > INT4_SAFE_SUM)
            return false;
    }
    return true;
}

static void rvv_matmul_int4(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                            const Activations *x, int n)
{
    size_t block = block_bytes(CODING_INT4, matrix->cols, matrix->group);
    for (int i = 0; i < n; i++) {
        Int4Input in = {.group = matrix->group,
                    .groups = padded_cols(matrix->cols, matrix->group) / matrix->group};
        size_t first_group = (size_t)i * (size_t)(x->stride / matrix->group);
        in.q = x->q + (size_t)i * (size_t)x->stride;
        in.scale = x->scale + first_group;
        in.sum = x->sum + first_group;
        bool in_pairs = fits_16_bits(&in);
        for (int b = block0; b < block1;) {
            const uint8_t *weights = (const uint8_t *)matrix->data + (size_t)b * block;
            float *out = y + (size_t)i * (size_t)y_stride + (size_t)(b - block0) * BLOCK_ROWS;
            if (in_pairs && b + 1 < block1) {
                two_blocks(out, weights, weights + block, in);
                b += 2;
            } else {
                one_block(out, weights, in);
                b += 1;
            }
        }
    }
}

#endif
