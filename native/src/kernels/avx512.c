/*
 * AVX-512 with VNNI and VBMI. One tile is two registers; two byte permutations turn its columns of
 * 32 rows into quads of columns, which is what vpdpbusd multiplies and adds.
 *
 * vpdpbusd takes unsigned times signed bytes. An int8 weight becomes w + 128 by flipping its top
 * bit, an int4 one is stored as w + 8; the surplus is 128 or 8 times the sum of the activations of
 * the group, which quantise has left in `sum`. All of it is exact in 32 bits.
 */
#include <immintrin.h>

#include "kernels/avx2.h"
#include "kernels/avx512.h"
#include "kernels/round_weights.h"
#include "kernels/tables.h"

static bool runs_here(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni");
}

/* Positions that share one pass over the weights; their sums fill the registers. */
enum { TOGETHER = 4 };

/* Byte 4 * r + c of the result is byte 32 * c + r of the tile, for rows 0..15 or 16..31. */
static inline __m512i quad_order(int first_row)
{
    uint8_t order[64];
    for (int r = 0; r < 16; r++)
        for (int c = 0; c < 4; c++)
            order[4 * r + c] = (uint8_t)(32 * c + first_row + r);
    return _mm512_loadu_si512(order);
}

/* The quads of a tile, rows 0..15 and 16..31. */
typedef struct Quads {
    __m512i low;
    __m512i high;
} Quads;

static inline Quads load_quads(const uint8_t *tile, Quads order)
{
    __m512i a = _mm512_loadu_si512(tile), b = _mm512_loadu_si512(tile + 64);
    return (Quads){ _mm512_permutex2var_epi8(a, order.low, b),
                    _mm512_permutex2var_epi8(a, order.high, b) };
}

static inline __m512i four(const int8_t *q)
{
    int32_t value;
    __builtin_memcpy(&value, q, sizeof value);
    return _mm512_set1_epi32(value);
}

/* The bfloat16 scales of 16 rows. */
static inline __m512 load_scales(const uint8_t *scales)
{
    __m256i bits = _mm256_loadu_si256((const __m256i *)(const void *)scales);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
}

/* acc + ((float)dot * weight_scale) * scale, rounded after each step. */
static inline __m512 accumulate(__m512 acc, __m512i dot, __m512 weight_scale, float scale)
{
    __m512 scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(dot), weight_scale);
    return _mm512_add_ps(acc, _mm512_mul_ps(scaled, _mm512_set1_ps(scale)));
}

/* Dot products of one group with `n` positions, n a constant after inlining. */
static inline __attribute__((always_inline)) void
dot_group(__m512i low[TOGETHER], __m512i high[TOGETHER], const uint8_t *tiles, const int8_t *q,
          int stride, int group, Quads order, bool int4, int n)
{
    const __m512i flip = _mm512_set1_epi8((char)0x80), nibble = _mm512_set1_epi8(15);
    for (int k = 0; k < group; k += int4 ? 8 : 4, tiles += TILE_BYTES) {
        Quads w = load_quads(tiles, order);
        if (!int4) {
            w.low = _mm512_xor_si512(w.low, flip);
            w.high = _mm512_xor_si512(w.high, flip);
            for (int i = 0; i < n; i++) {
                __m512i x = four(q + i * stride + k);
                low[i] = _mm512_dpbusd_epi32(low[i], w.low, x);
                high[i] = _mm512_dpbusd_epi32(high[i], w.high, x);
            }
            continue;
        }
        Quads first = { _mm512_and_si512(w.low, nibble), _mm512_and_si512(w.high, nibble) };
        Quads second = { _mm512_and_si512(_mm512_srli_epi16(w.low, 4), nibble),
                         _mm512_and_si512(_mm512_srli_epi16(w.high, 4), nibble) };
        for (int i = 0; i < n; i++) {
            __m512i x = four(q + i * stride + k), x4 = four(q + i * stride + k + 4);
            low[i] = _mm512_dpbusd_epi32(low[i], first.low, x);
            high[i] = _mm512_dpbusd_epi32(high[i], first.high, x);
            low[i] = _mm512_dpbusd_epi32(low[i], second.low, x4);
            high[i] = _mm512_dpbusd_epi32(high[i], second.high, x4);
        }
    }
}

/* Blocks [block0, block1) for n <= TOGETHER positions. */
static inline __attribute__((always_inline)) void
matmul_packed(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
              const Activations *x, bool int4, int n)
{
    const int group = matrix->group, groups = x->stride / group, surplus = int4 ? 8 : 128;
    const size_t record = (size_t)group * (int4 ? 16 : 32) + BLOCK_ROWS * sizeof(uint16_t);
    const size_t scales_at = record - BLOCK_ROWS * sizeof(uint16_t);
    const Quads order = { quad_order(0), quad_order(16) };
    const uint8_t *tiles = (const uint8_t *)matrix->data
                         + (size_t)block0 * (size_t)groups * record;
    for (int b = block0; b < block1; b++, y += BLOCK_ROWS) {
        __m512 acc_low[TOGETHER], acc_high[TOGETHER];
        for (int i = 0; i < n; i++)
            acc_low[i] = acc_high[i] = _mm512_setzero_ps();
        for (int g = 0; g < groups; g++, tiles += record) {
            __m512i low[TOGETHER], high[TOGETHER];
            for (int i = 0; i < n; i++)
                low[i] = high[i] = _mm512_set1_epi32(-surplus * x->sum[i * groups + g]);
            dot_group(low, high, tiles, x->q + g * group, x->stride, group, order, int4, n);
            __m512 scales_low = load_scales(tiles + scales_at);
            __m512 scales_high = load_scales(tiles + scales_at + 32);
            for (int i = 0; i < n; i++) {
                float scale = x->scale[i * groups + g];
                acc_low[i] = accumulate(acc_low[i], low[i], scales_low, scale);
                acc_high[i] = accumulate(acc_high[i], high[i], scales_high, scale);
            }
        }
        for (int i = 0; i < n; i++) {
            _mm512_storeu_ps(y + (size_t)i * (size_t)y_stride, acc_low[i]);
            _mm512_storeu_ps(y + (size_t)i * (size_t)y_stride + 16, acc_high[i]);
        }
    }
}

/* The positions of `x` from `first` on. */
static Activations from_position(const Activations *x, int first)
{
    Activations rest = *x;
    rest.f += (size_t)first * (size_t)x->f_stride;
    rest.q += (size_t)first * (size_t)x->stride;
    rest.scale += first * (x->stride / x->group);
    rest.sum += first * (x->stride / x->group);
    return rest;
}

static inline __attribute__((always_inline)) void
matmul_batches(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
               const Activations *x, int n, bool int4)
{
    int i = 0;
    for (; i + TOGETHER <= n; i += TOGETHER) {
        Activations part = from_position(x, i);
        matmul_packed(y + (size_t)i * (size_t)y_stride, y_stride, matrix, block0, block1, &part,
                      int4, TOGETHER);
    }
    for (; i < n; i++) {
        Activations part = from_position(x, i);
        matmul_packed(y + (size_t)i * (size_t)y_stride, y_stride, matrix, block0, block1, &part,
                      int4, 1);
    }
}

static void matmul_int8(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                        const Activations *x, int n)
{
    matmul_batches(y, y_stride, matrix, block0, block1, x, n, false);
}

static void matmul_int4(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                        const Activations *x, int n)
{
    matmul_batches(y, y_stride, matrix, block0, block1, x, n, true);
}

const Kernels avx512_kernels = {
    .name = "avx512",
    .runs_here = runs_here,
    .matmul = {
        [CODING_F32_ROWS] = avx2_matmul_f32_rows, /* fewer rows side by side are faster */
        [CODING_Q80_ROWS] = scalar_matmul_q80_rows,
        [CODING_F32] = avx512_matmul_f32,
        [CODING_INT8] = matmul_int8,
        [CODING_INT4] = matmul_int4,
    },
    .quantise = avx512_quantise,
    .rmsnorm = avx512_rmsnorm,
    .rotate = scalar_rotate,
    .add = scalar_add,
    .swiglu = avx512_swiglu,
    .softmax = avx512_softmax,
    .exp_weights = avx512_exp_weights,
    .round_weights = round_weights_lanes,
    .attend = avx512_attend,
    .attend_halves = avx512_attend_halves,
    .attend_halves_together = avx512_attend_halves_together,
    .collect = avx512_collect,
    .argmax = avx512_argmax,
};
