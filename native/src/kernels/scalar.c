/* The specification: plain C whose sums run in the order that kernels.h states. */
#include <math.h>
#include <string.h>

#include "kernels/arithmetic.h"
#include "kernels/kernels.h"
#include "kernels/scalar.h"
#include "kernels/round_weights.h"
#include "kernels/tables.h"

static bool runs_everywhere(void)
{
    return true;
}

/* Row-major fp32 for the rows of blocks [block0, block1) that exist. */
void scalar_matmul_f32_rows(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                            const Activations *x, int n)
{
    int first = block0 * BLOCK_ROWS, last = block1 * BLOCK_ROWS;
    last = last < matrix->rows ? last : matrix->rows;
    for (int row = first; row < last; row++) {
        const float *w = (const float *)matrix->data + (size_t)row * (size_t)matrix->cols;
        for (int i = 0; i < n; i++) {
            const float *input = x->f + (size_t)i * (size_t)x->f_stride;
            float acc = 0.0f;
            for (int k = 0; k < matrix->cols; k++)
                acc += w[k] * input[k];
            y[(size_t)i * (size_t)y_stride + (size_t)(row - first)] = acc;
        }
    }
}

/* As runq.c: per group an exact integer dot product, scaled by weight, then by activation. */
void scalar_matmul_q80_rows(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                            const Activations *x, int n)
{
    int first = block0 * BLOCK_ROWS, last = block1 * BLOCK_ROWS, group = matrix->group;
    int groups = matrix->cols / group;
    last = last < matrix->rows ? last : matrix->rows;
    for (int row = first; row < last; row++) {
        const int8_t *w = (const int8_t *)matrix->data + (size_t)row * (size_t)matrix->cols;
        const float *weight_scale = matrix->scales + (size_t)row * (size_t)groups;
        for (int i = 0; i < n; i++) {
            const int8_t *q = x->q + (size_t)i * (size_t)x->stride;
            const float *scale = x->scale + (size_t)i * (size_t)(x->stride / group);
            float acc = 0.0f;
            for (int g = 0; g < groups; g++) {
                int dot = 0;
                for (int k = g * group; k < (g + 1) * group; k++)
                    dot += w[k] * q[k];
                acc += ((float)dot * weight_scale[g]) * scale[g];
            }
            y[(size_t)i * (size_t)y_stride + (size_t)(row - first)] = acc;
        }
    }
}

void scalar_matmul_f32(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                       const Activations *x, int n)
{
    size_t block_floats = (size_t)matrix->cols * BLOCK_ROWS;
    for (int b = block0; b < block1; b++) {
        const float *w = (const float *)matrix->data + (size_t)b * block_floats;
        for (int i = 0; i < n; i++) {
            const float *input = x->f + (size_t)i * (size_t)x->f_stride;
            float *out = y + (size_t)i * (size_t)y_stride + (size_t)(b - block0) * BLOCK_ROWS;
            float acc[BLOCK_ROWS] = {0};
            for (int k = 0; k < matrix->cols; k++)
                for (int r = 0; r < BLOCK_ROWS; r++)
                    acc[r] += w[(size_t)k * BLOCK_ROWS + (size_t)r] * input[k];
            memcpy(out, acc, sizeof acc);
        }
    }
}

/* Dot products of one int8 group of 32 rows: columns of 32 rows, one after the other. */
static void dot_int8(int32_t dot[BLOCK_ROWS], const uint8_t *tiles, const int8_t *q, int group)
{
    memset(dot, 0, BLOCK_ROWS * sizeof *dot);
    for (int k = 0; k < group; k++)
        for (int r = 0; r < BLOCK_ROWS; r++)
            dot[r] += (int8_t)tiles[k * BLOCK_ROWS + r] * q[k];
}

/* The same for int4: byte (c, r) of a tile holds columns c and c + 4 of row r, plus 8 each. */
static void dot_int4(int32_t dot[BLOCK_ROWS], const uint8_t *tiles, const int8_t *q, int group)
{
    memset(dot, 0, BLOCK_ROWS * sizeof *dot);
    for (int k = 0; k < group; k += 8, tiles += TILE_BYTES)
        for (int c = 0; c < 4; c++)
            for (int r = 0; r < BLOCK_ROWS; r++) {
                uint8_t pair = tiles[c * BLOCK_ROWS + r];
                dot[r] += ((pair & 15) - 8) * q[k + c] + ((pair >> 4) - 8) * q[k + c + 4];
            }
}

typedef void Dot(int32_t dot[BLOCK_ROWS], const uint8_t *tiles, const int8_t *q, int group);

static void matmul_packed(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                          const Activations *x, int n, Dot *dot_group)
{
    int group = matrix->group, groups = padded_cols(matrix->cols, group) / group;
    size_t per_block = block_bytes(matrix->coding, matrix->cols, group);
    size_t record = per_block / (size_t)groups, scales_at = record - BLOCK_ROWS * sizeof(uint16_t);
    for (int b = block0; b < block1; b++) {
        const uint8_t *block = (const uint8_t *)matrix->data + (size_t)b * per_block;
        for (int i = 0; i < n; i++) {
            const int8_t *q = x->q + (size_t)i * (size_t)x->stride;
            const float *scale = x->scale + (size_t)i * (size_t)(x->stride / group);
            float *out = y + (size_t)i * (size_t)y_stride + (size_t)(b - block0) * BLOCK_ROWS;
            float acc[BLOCK_ROWS] = {0};
            for (int g = 0; g < groups; g++) {
                const uint8_t *tiles = block + (size_t)g * record;
                const uint16_t *weight_scale = (const uint16_t *)(const void *)(tiles + scales_at);
                int32_t dot[BLOCK_ROWS];
                dot_group(dot, tiles, q + g * group, group);
                for (int r = 0; r < BLOCK_ROWS; r++)
                    acc[r] += ((float)dot[r] * bf16_to_f32(weight_scale[r])) * scale[g];
            }
            memcpy(out, acc, sizeof acc);
        }
    }
}

static void matmul_int8(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                        const Activations *x, int n)
{
    matmul_packed(y, y_stride, matrix, block0, block1, x, n, dot_int8);
}

static void matmul_int4(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                        const Activations *x, int n)
{
    matmul_packed(y, y_stride, matrix, block0, block1, x, n, dot_int4);
}

const Kernels scalar_kernels = {
    .name = "scalar",
    .runs_here = runs_everywhere,
    .matmul = {
        [CODING_F32_ROWS] = scalar_matmul_f32_rows,
        [CODING_Q80_ROWS] = scalar_matmul_q80_rows,
        [CODING_F32] = scalar_matmul_f32,
        [CODING_INT8] = matmul_int8,
        [CODING_INT4] = matmul_int4,
    },
    .quantise = scalar_quantise,
    .rmsnorm = scalar_rmsnorm,
    .rotate = scalar_rotate,
    .add = scalar_add,
    .swiglu = scalar_swiglu,
    .softmax = scalar_softmax,
    .exp_weights = scalar_exp_weights,
    .round_weights = round_weights_lanes,
    .attend = scalar_attend,
    .attend_halves = scalar_attend_halves,
    .attend_halves_together = scalar_attend_halves_together,
    .collect = scalar_collect,
    .argmax = scalar_argmax,
};
