/*
 * Packed products with AVX2. Unpacking bytes, then pairs, turns a tile's columns of 32 rows into
 * quads of columns; vpmaddubsw multiplies unsigned by signed bytes and adds pairs in 16 bits, which
 * holds |x| * |w| twice (2 * 127 * 127) and, for int4, eight times 2 * 15 * 127 at most.
 */
#include "kernels/avx2.h"
#include "kernels/tables.h"

static bool runs_here(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2");
}

/*
 * Four registers of quads. In register j, lane half h: rows 16 * h + 4 * j to 16 * h + 4 * j + 3.
 */
typedef struct Quads {
    __m256i part[4];
} Quads;

static inline Quads load_quads(const uint8_t *tile)
{
    const __m256i *columns = (const __m256i *)(const void *)tile;
    __m256i a = _mm256_loadu_si256(columns), b = _mm256_loadu_si256(columns + 1);
    __m256i c = _mm256_loadu_si256(columns + 2), d = _mm256_loadu_si256(columns + 3);
    __m256i ab = _mm256_unpacklo_epi8(a, b), ab2 = _mm256_unpackhi_epi8(a, b);
    __m256i cd = _mm256_unpacklo_epi8(c, d), cd2 = _mm256_unpackhi_epi8(c, d);
    return (Quads){ { _mm256_unpacklo_epi16(ab, cd), _mm256_unpackhi_epi16(ab, cd),
                      _mm256_unpacklo_epi16(ab2, cd2), _mm256_unpackhi_epi16(ab2, cd2) } };
}

static inline __m256i four(const int8_t *q)
{
    int32_t value;
    __builtin_memcpy(&value, q, sizeof value);
    return _mm256_set1_epi32(value);
}

/* Adds neighbouring 16-bit sums. */
static inline __m256i widen(__m256i pairs)
{
    return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

static inline void dot_int8(__m256i dot[4], const uint8_t *tiles, const int8_t *q, int group)
{
    for (int k = 0; k < group; k += 4, tiles += TILE_BYTES) {
        Quads w = load_quads(tiles);
        __m256i x = four(q + k), magnitude = _mm256_abs_epi8(x);
        for (int j = 0; j < 4; j++) {
            __m256i pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(w.part[j], x));
            dot[j] = _mm256_add_epi32(dot[j], widen(pairs));
        }
    }
}

/* 32 columns at a time fit in 16 bits. */
static inline void dot_int4(__m256i dot[4], const uint8_t *tiles, const int8_t *q, int group)
{
    const __m256i nibble = _mm256_set1_epi8(15);
    for (int start = 0; start < group; start += 32) {
        __m256i pairs[4] = { _mm256_setzero_si256(), _mm256_setzero_si256(),
                             _mm256_setzero_si256(), _mm256_setzero_si256() };
        for (int k = start; k < start + 32; k += 8, tiles += TILE_BYTES) {
            Quads w = load_quads(tiles);
            __m256i x = four(q + k), x4 = four(q + k + 4);
            for (int j = 0; j < 4; j++) {
                __m256i low = _mm256_and_si256(w.part[j], nibble);
                __m256i high = _mm256_and_si256(_mm256_srli_epi16(w.part[j], 4), nibble);
                pairs[j] = _mm256_add_epi16(pairs[j], _mm256_maddubs_epi16(low, x));
                pairs[j] = _mm256_add_epi16(pairs[j], _mm256_maddubs_epi16(high, x4));
            }
        }
        for (int j = 0; j < 4; j++)
            dot[j] = _mm256_add_epi32(dot[j], widen(pairs[j]));
    }
}

/* The bfloat16 scales of 8 rows. */
static inline __m256 load_scales(const uint8_t *scales)
{
    __m128i bits = _mm_loadu_si128((const __m128i *)(const void *)scales);
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
}

/* acc[i] (rows 8 * i to 8 * i + 7) gains ((float)dot * weight_scale) * scale. */
static inline void scale_group(__m256 acc[4], const __m256i dot[4], const uint8_t *weight_scales,
                               float scale)
{
    const __m256i rows[4] = {
        _mm256_permute2x128_si256(dot[0], dot[1], 0x20),
        _mm256_permute2x128_si256(dot[2], dot[3], 0x20),
        _mm256_permute2x128_si256(dot[0], dot[1], 0x31),
        _mm256_permute2x128_si256(dot[2], dot[3], 0x31),
    };
    for (int i = 0; i < 4; i++) {
        __m256 scaled = _mm256_mul_ps(_mm256_cvtepi32_ps(rows[i]),
                                      load_scales(weight_scales + 16 * i));
        acc[i] = avx2_accumulate(acc[i], scaled, _mm256_set1_ps(scale));
    }
}

/* One block of 32 rows for position i; the block stays in the L1 cache for the next position. */
static inline __attribute__((always_inline)) void
block_packed(float *y, const uint8_t *tiles, const Activations *x, int i, bool int4)
{
    const int group = x->group, groups = x->stride / group;
    const size_t scales_at = (size_t)group * (int4 ? 16 : 32);
    const size_t record = scales_at + BLOCK_ROWS * sizeof(uint16_t);
    const int8_t *q = x->q + (size_t)i * (size_t)x->stride;
    __m256 acc[4] = { _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(),
                      _mm256_setzero_ps() };
    for (int g = 0; g < groups; g++, tiles += record) {
        __m256i start = _mm256_set1_epi32(int4 ? -8 * x->sum[i * groups + g] : 0);
        __m256i dot[4] = { start, start, start, start };
        if (int4)
            dot_int4(dot, tiles, q + g * group, group);
        else
            dot_int8(dot, tiles, q + g * group, group);
        scale_group(acc, dot, tiles + scales_at, x->scale[i * groups + g]);
    }
    for (int j = 0; j < 4; j++)
        _mm256_storeu_ps(y + j * AVX2_LANES, acc[j]);
}

/*
 * Two to four positions share the unpacked weights. A block goes by in two halves of 16 rows, so that
 * the sums of all positions stay in registers.
 */
enum { MOST_SHARING = 4, HALF = 2, MOST_WIDE = 2048 };

/* Dot products of a group: register j of a half holds 8 of its rows. */
typedef struct HalfDots {
    __m256i of[MOST_SHARING][HALF];
} HalfDots;

/* 16 rows of column `at`, widened to 16 bits. */
static inline __m256i load_wide(const uint8_t *column)
{
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)column));
}

/*
 * vpmaddwd takes pairs of columns in 16 bits: more unpacking than vpmaddubsw, which several positions
 * share, but nothing to do about signs for each. Register 0 holds rows 0-3 and 8-11 of the half,
 * register 1 rows 4-7 and 12-15.
 */
static inline __attribute__((always_inline)) void
half_int8(HalfDots *dots, const uint8_t *tiles, const int16_t *x, int stride, int group, int n)
{
#pragma GCC unroll 1
    for (int k = 0; k < group; k += 2, tiles += 2 * BLOCK_ROWS) {
        __m256i a = load_wide(tiles), b = load_wide(tiles + BLOCK_ROWS);
        __m256i low = _mm256_unpacklo_epi16(a, b), high = _mm256_unpackhi_epi16(a, b);
        for (int i = 0; i < n; i++) {
            int32_t pair;
            __builtin_memcpy(&pair, x + i * stride + k, sizeof pair);
            __m256i two = _mm256_set1_epi32(pair);
            dots->of[i][0] = _mm256_add_epi32(dots->of[i][0], _mm256_madd_epi16(low, two));
            dots->of[i][1] = _mm256_add_epi32(dots->of[i][1], _mm256_madd_epi16(high, two));
        }
    }
}

/* Quads of half a tile: register 0 holds rows 0-3 of each 16, register 1 rows 4-7, from `at` on. */
static inline void half_quads(__m256i quads[HALF], const uint8_t *tile, bool upper)
{
    const __m256i *columns = (const __m256i *)(const void *)tile;
    __m256i a = _mm256_loadu_si256(columns), b = _mm256_loadu_si256(columns + 1);
    __m256i c = _mm256_loadu_si256(columns + 2), d = _mm256_loadu_si256(columns + 3);
    __m256i ab = upper ? _mm256_unpackhi_epi8(a, b) : _mm256_unpacklo_epi8(a, b);
    __m256i cd = upper ? _mm256_unpackhi_epi8(c, d) : _mm256_unpacklo_epi8(c, d);
    quads[0] = _mm256_unpacklo_epi16(ab, cd);
    quads[1] = _mm256_unpackhi_epi16(ab, cd);
}

static inline __attribute__((always_inline)) void
half_int4(HalfDots *dots, const uint8_t *tiles, const int8_t *q, int stride, int group, bool upper,
          int n)
{
    const __m256i nibble = _mm256_set1_epi8(15);
    for (int start = 0; start < group; start += 32) {
        HalfDots pairs;
        for (int i = 0; i < n; i++)
            pairs.of[i][0] = pairs.of[i][1] = _mm256_setzero_si256();
#pragma GCC unroll 1 /* unrolled, gcc keeps every product and spills them all */
        for (int k = start; k < start + 32; k += 8, tiles += TILE_BYTES) {
            __m256i quads[HALF], low[HALF], high[HALF];
            half_quads(quads, tiles, upper);
            for (int j = 0; j < HALF; j++) {
                low[j] = _mm256_and_si256(quads[j], nibble);
                high[j] = _mm256_and_si256(_mm256_srli_epi16(quads[j], 4), nibble);
            }
            for (int i = 0; i < n; i++) {
                __m256i x = four(q + i * stride + k), x4 = four(q + i * stride + k + 4);
                for (int j = 0; j < HALF; j++) {
                    __m256i sum = _mm256_add_epi16(_mm256_maddubs_epi16(low[j], x),
                                                   _mm256_maddubs_epi16(high[j], x4));
                    pairs.of[i][j] = _mm256_add_epi16(pairs.of[i][j], sum);
                }
            }
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < HALF; j++)
                dots->of[i][j] = _mm256_add_epi32(dots->of[i][j], widen(pairs.of[i][j]));
    }
}

/* One half of a block of 32 rows for positions i to i + n - 1. */
static inline __attribute__((always_inline)) void
half_block(float *y, int y_stride, const uint8_t *tiles, const Activations *x, const int16_t *wide,
           int i, int n, bool upper, bool int4)
{
    const int group = x->group, groups = x->stride / group;
    const size_t scales_at = (size_t)group * (int4 ? 16 : 32);
    const size_t record = scales_at + BLOCK_ROWS * sizeof(uint16_t);
    /* where the 8 rows of each sum start, after their halves were put together */
    const int first = upper ? (int4 ? 8 : 16) : 0, second = first + (int4 ? 16 : 8);
    __m256 acc[MOST_SHARING][HALF];
    for (int p = 0; p < n; p++)
        acc[p][0] = acc[p][1] = _mm256_setzero_ps();
    for (int g = 0; g < groups; g++, tiles += record) {
        HalfDots dots;
        for (int p = 0; p < n; p++) {
            int32_t sum = x->sum[(i + p) * groups + g];
            dots.of[p][0] = dots.of[p][1] = _mm256_set1_epi32(int4 ? -8 * sum : 0);
        }
        if (int4)
            half_int4(&dots, tiles, x->q + i * x->stride + g * group, x->stride, group, upper, n);
        else
            half_int8(&dots, tiles + (upper ? 16 : 0), wide + i * x->stride + g * group,
                      x->stride, group, n);
        const uint8_t *weight_scales = tiles + scales_at;
        __m256 scales[HALF] = { load_scales(weight_scales + first * sizeof(uint16_t)),
                                load_scales(weight_scales + second * sizeof(uint16_t)) };
        for (int p = 0; p < n; p++) {
            __m256 scale = _mm256_set1_ps(x->scale[(i + p) * groups + g]);
            __m256i rows[HALF] = {
                _mm256_permute2x128_si256(dots.of[p][0], dots.of[p][1], 0x20),
                _mm256_permute2x128_si256(dots.of[p][0], dots.of[p][1], 0x31),
            };
            for (int j = 0; j < HALF; j++)
                acc[p][j] = avx2_accumulate(acc[p][j],
                                            _mm256_mul_ps(_mm256_cvtepi32_ps(rows[j]), scales[j]),
                                            scale);
        }
    }
    for (int p = 0; p < n; p++) {
        float *out = y + (size_t)(i + p) * (size_t)y_stride;
        _mm256_storeu_ps(out + first, acc[p][0]);
        _mm256_storeu_ps(out + second, acc[p][1]);
    }
}

static inline __attribute__((always_inline)) void
block_shared(float *y, int y_stride, const uint8_t *tiles, const Activations *x,
             const int16_t *wide, int i, int n, bool int4)
{
    half_block(y, y_stride, tiles, x, wide, i, n, false, int4);
    half_block(y, y_stride, tiles, x, wide, i, n, true, int4);
}

/* The positions' integers in 16 bits. */
static inline void widen_positions(int16_t *wide, const Activations *x, int n)
{
    for (int k = 0; k < n * x->stride; k += 16)
        _mm256_storeu_si256((__m256i *)(void *)(wide + k), load_wide((const uint8_t *)x->q + k));
}

static inline __attribute__((always_inline)) void
matmul_packed(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
              const Activations *x, int n, bool int4)
{
    size_t per_block = block_bytes(matrix->coding, matrix->cols, matrix->group);
    const uint8_t *block = (const uint8_t *)matrix->data + (size_t)block0 * per_block;
    int16_t wide[MAX_BATCH * MOST_WIDE];
    bool shares = int4 || x->stride <= MOST_WIDE;
    if (n > 1 && shares && !int4)
        widen_positions(wide, x, n);
    for (int b = block0; b < block1; b++, block += per_block, y += BLOCK_ROWS)
        for (int i = 0, take; i < n; i += take) {
            take = n - i == 5 ? 3 : n - i < MOST_SHARING ? n - i : MOST_SHARING;
            take = shares ? take : 1;
            switch (take) {
            case 1: block_packed(y + (size_t)i * (size_t)y_stride, block, x, i, int4); break;
            case 2: block_shared(y, y_stride, block, x, wide, i, 2, int4); break;
            case 3: block_shared(y, y_stride, block, x, wide, i, 3, int4); break;
            default: block_shared(y, y_stride, block, x, wide, i, 4, int4); break;
            }
        }
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

const Kernels avx2_kernels = {
    .name = "avx2",
    .runs_here = runs_here,
    .matmul = {
        [CODING_F32_ROWS] = avx2_matmul_f32_rows,
        [CODING_Q80_ROWS] = scalar_matmul_q80_rows,
        [CODING_F32] = avx2_matmul_f32,
        [CODING_INT8] = matmul_int8,
        [CODING_INT4] = matmul_int4,
    },
    .quantise = avx2_quantise,
    .rmsnorm = avx2_rmsnorm,
    .rotate = scalar_rotate,
    .add = scalar_add,
    .swiglu = avx2_swiglu,
    .softmax = avx2_softmax,
    .exp_weights = avx2_exp_weights,
    .round_weights = avx2_round_weights,
    .attend = avx2_attend,
    .attend_halves = avx2_attend_halves,
    .attend_halves_together = avx2_attend_halves_together,
    .collect = avx2_collect,
    .argmax = avx2_argmax,
};
