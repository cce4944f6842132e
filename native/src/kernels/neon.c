/*
 * NEON, on every 64-bit ARM. Rows stay in the lanes as the pack has them: a column of 32 rows times
 * one activation, widened to 16 bits by smull and smlal. 16 bits hold two int8 products or 16 int4
 * ones; then they are added up in 32.
 */
#include <arm_neon.h>
#include <string.h>

#include "kernels/neon.h"
#include "kernels/scalar.h"
#include "kernels/round_weights.h"
#include "kernels/tables.h"

static bool runs_here(void)
{
    return true; /* part of the architecture */
}

/* 32 rows as 16-bit and as 32-bit sums. */
typedef struct Sums16 {
    int16x8_t part[4];
} Sums16;

typedef struct Sums32 {
    int32x4_t part[8];
} Sums32;

static inline Sums32 all_sums(int32_t value)
{
    Sums32 sums;
    for (int j = 0; j < 8; j++)
        sums.part[j] = vdupq_n_s32(value);
    return sums;
}

/* sums += column * x, for a column of 32 rows. */
static inline void multiply_column(Sums16 *sums, int8x16_t first, int8x16_t second, int8_t x)
{
    int8x16_t factor = vdupq_n_s8(x);
    sums->part[0] = vmlal_s8(sums->part[0], vget_low_s8(first), vget_low_s8(factor));
    sums->part[1] = vmlal_high_s8(sums->part[1], first, factor);
    sums->part[2] = vmlal_s8(sums->part[2], vget_low_s8(second), vget_low_s8(factor));
    sums->part[3] = vmlal_high_s8(sums->part[3], second, factor);
}

static inline Sums16 no_sums(void)
{
    Sums16 sums;
    for (int j = 0; j < 4; j++)
        sums.part[j] = vdupq_n_s16(0);
    return sums;
}

static inline void widen(Sums32 *dot, const Sums16 *sums)
{
    for (int j = 0; j < 4; j++) {
        dot->part[2 * j] = vaddw_s16(dot->part[2 * j], vget_low_s16(sums->part[j]));
        dot->part[2 * j + 1] = vaddw_high_s16(dot->part[2 * j + 1], sums->part[j]);
    }
}

static inline void dot_int8(Sums32 *dot, const int8_t *tiles, const int8_t *q, int group)
{
    for (int k = 0; k < group; k += 2, tiles += 2 * BLOCK_ROWS) {
        Sums16 sums = no_sums();
        multiply_column(&sums, vld1q_s8(tiles), vld1q_s8(tiles + 16), q[k]);
        multiply_column(&sums, vld1q_s8(tiles + 32), vld1q_s8(tiles + 48), q[k + 1]);
        widen(dot, &sums);
    }
}

/* Two tiles of 8 columns at a time; nibbles are 0 to 15, `dot` starts at -8 * sum of q. */
static inline void dot_int4(Sums32 *dot, const int8_t *tiles, const int8_t *q, int group)
{
    const uint8x16_t nibble = vdupq_n_u8(15);
    for (int start = 0; start < group; start += 16) {
        Sums16 sums = no_sums();
        for (int k = start; k < start + 16; k += 8, tiles += TILE_BYTES)
            for (int c = 0; c < 4; c++) {
                uint8x16_t a = vreinterpretq_u8_s8(vld1q_s8(tiles + c * BLOCK_ROWS));
                uint8x16_t b = vreinterpretq_u8_s8(vld1q_s8(tiles + c * BLOCK_ROWS + 16));
                multiply_column(&sums, vreinterpretq_s8_u8(vandq_u8(a, nibble)),
                                vreinterpretq_s8_u8(vandq_u8(b, nibble)), q[k + c]);
                multiply_column(&sums, vreinterpretq_s8_u8(vshrq_n_u8(a, 4)),
                                vreinterpretq_s8_u8(vshrq_n_u8(b, 4)), q[k + c + 4]);
            }
        widen(dot, &sums);
    }
}

/* acc += ((float)dot * weight_scale) * scale, rounded after each step. */
static inline void scale_group(float32x4_t acc[8], const Sums32 *dot, const uint8_t *weight_scales,
                               float scale)
{
    for (int j = 0; j < 8; j++) {
        uint16_t halves[4];
        memcpy(halves, weight_scales + 8 * j, sizeof halves);
        float32x4_t weight = vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(halves), 16));
        float32x4_t scaled = vmulq_f32(vcvtq_f32_s32(dot->part[j]), weight);
        acc[j] = vaddq_f32(acc[j], vmulq_f32(scaled, vdupq_n_f32(scale)));
    }
}

/* One block of 32 rows for position i; the block stays in the L1 cache for the next position. */
static inline __attribute__((always_inline)) void
block_packed(float *y, const uint8_t *tiles, const Activations *x, int i, bool int4)
{
    const int group = x->group, groups = x->stride / group;
    const size_t scales_at = (size_t)group * (int4 ? 16 : 32);
    const int8_t *q = x->q + (size_t)i * (size_t)x->stride;
    float32x4_t acc[8];
    for (int j = 0; j < 8; j++)
        acc[j] = vdupq_n_f32(0.0f);
    for (int g = 0; g < groups; g++, tiles += scales_at + BLOCK_ROWS * sizeof(uint16_t)) {
        Sums32 dot = all_sums(int4 ? -8 * x->sum[i * groups + g] : 0);
        if (int4)
            dot_int4(&dot, (const int8_t *)tiles, q + g * group, group);
        else
            dot_int8(&dot, (const int8_t *)tiles, q + g * group, group);
        scale_group(acc, &dot, tiles + scales_at, x->scale[i * groups + g]);
    }
    for (int j = 0; j < 8; j++)
        vst1q_f32(y + 4 * j, acc[j]);
}

static inline __attribute__((always_inline)) void
matmul_packed(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
              const Activations *x, int n, bool int4)
{
    size_t per_block = block_bytes(matrix->coding, matrix->cols, matrix->group);
    const uint8_t *block = (const uint8_t *)matrix->data + (size_t)block0 * per_block;
    for (int b = block0; b < block1; b++, block += per_block, y += BLOCK_ROWS)
        for (int i = 0; i < n; i++)
            block_packed(y + (size_t)i * (size_t)y_stride, block, x, i, int4);
}

static void matmul_int8(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                        const Activations *x, int n)
{
    matmul_packed(y, y_stride, matrix, block0, block1, x, n, false);
}

static void matmul_int4(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                        const Activations *x, int n)
{
    matmul_packed(y, y_stride, matrix, block0, block1, x, n, true);
}

const Kernels neon_kernels = {
    .name = "neon",
    .runs_here = runs_here,
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
    .attend = neon_attend,
    .attend_halves = neon_attend_halves,
    .attend_halves_together = neon_attend_halves_together,
    .collect = scalar_collect,
    .argmax = scalar_argmax,
};
