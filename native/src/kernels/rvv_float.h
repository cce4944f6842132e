/* Matrices in fp32, and llama2.c's row-major files: 32 rows in the lanes. */
#ifndef STORYTELLER_KERNELS_RVV_FLOAT_H
#define STORYTELLER_KERNELS_RVV_FLOAT_H

#include "kernels/kernels.h"
#include "kernels/rvv_instructions.h"

static void rvv_matmul_f32(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                           const Activations *x, int n)
{
    VSETVL(BLOCK_ROWS, E32M8);
    for (int b = block0; b < block1; b++) {
        const float *block =
            (const float *)matrix->data + (size_t)b * (size_t)matrix->cols * BLOCK_ROWS;
        for (int i = 0; i < n; i++) {
            const float *w = block, *input = x->f + (size_t)i * (size_t)x->f_stride;
            VMV_ZERO(0);
            for (int k = 0; k < matrix->cols; k++, w += BLOCK_ROWS) {
                VLE32(8, w);
                VFMUL_F(8, 8, input[k]);
                VFADD_V(0, 0, 8);
            }
            VSE32(0, y + (size_t)i * (size_t)y_stride + (size_t)(b - block0) * BLOCK_ROWS);
        }
    }
}

/* Rows of the blocks [block0, block1) that exist. */
static int last_row(const Matrix *matrix, int block1)
{
    return matrix->rows < block1 * BLOCK_ROWS ? matrix->rows : block1 * BLOCK_ROWS;
}

static void rvv_matmul_f32_rows(float *y, int y_stride, const Matrix *matrix, int block0,
                                int block1, const Activations *x, int n)
{
    int first = block0 * BLOCK_ROWS, last = last_row(matrix, block1);
    size_t cols = (size_t)matrix->cols, stride = cols * sizeof(float);
    for (int row = first; row < last; row += BLOCK_ROWS) {
        VSETVL(last - row < BLOCK_ROWS ? last - row : BLOCK_ROWS, E32M8);
        for (int i = 0; i < n; i++) {
            const float *w = (const float *)matrix->data + (size_t)row * cols;
            const float *input = x->f + (size_t)i * (size_t)x->f_stride;
            VMV_ZERO(0);
            for (size_t k = 0; k < cols; k++) {
                VLSE32(8, w + k, stride);
                VFMUL_F(8, 8, input[k]);
                VFADD_V(0, 0, 8);
            }
            VSE32(0, y + (size_t)i * (size_t)y_stride + (size_t)(row - first));
        }
    }
}

static void rvv_matmul_q80_rows(float *y, int y_stride, const Matrix *matrix, int block0,
                                int block1, const Activations *x, int n)
{
    int first = block0 * BLOCK_ROWS, last = last_row(matrix, block1), group = matrix->group;
    size_t cols = (size_t)matrix->cols, groups = cols / (size_t)group;
    for (int row = first; row < last; row += BLOCK_ROWS) {
        int rows = last - row < BLOCK_ROWS ? last - row : BLOCK_ROWS;
        for (int i = 0; i < n; i++) {
            const int8_t *w = (const int8_t *)matrix->data + (size_t)row * cols;
            const int8_t *q = x->q + (size_t)i * (size_t)x->stride;
            const float *scale = x->scale + (size_t)i * (size_t)(x->stride / group);
            VSETVL(rows, E32M8);
            VMV_ZERO(24);
            for (size_t g = 0; g < groups; g++) {
                VMV_ZERO(16);
                for (int k = 0; k < group; k++, w++, q++) {
                    VSETVL(rows, E8M2);
                    VLSE8(0, w, cols);
                    VWMUL_X(8, 0, q[0]);
                    VSETVL(rows, E16M4);
                    VWADD_W(16, 16, 8);
                }
                VSETVL(rows, E32M8);
                VFCVT_F_X(16, 16);
                VLSE32(0, matrix->scales + (size_t)row * groups + g, groups * sizeof(float));
                VFMUL_V(16, 16, 0);
                VFMUL_F(16, 16, scale[g]);
                VFADD_V(24, 24, 16);
            }
            VSE32(24, y + (size_t)i * (size_t)y_stride + (size_t)(row - first));
        }
    }
}

#endif
