/*
 * fp32 products with AVX-512: 16 rows in the lanes, each row's sum in ascending order of the
 * columns, so the result is the scalar one bit for bit.
 */
#include <immintrin.h>

#include "avx512.h"

/* Rows per register, and positions that share one pass over packed weights. */
enum { LANES = 16, TOGETHER = 4 };

/* The positions of `x` from `first` on; only f is looked at. */
static Activations from_position(const Activations *x, int first)
{
    Activations rest = *x;
    rest.f += (size_t)first * (size_t)x->f_stride;
    return rest;
}

/* Four columns of rows i, i + 4, i + 8 and i + 12, a quarter of the register each. */
static inline __m512 load_rows(const float *w, size_t cols)
{
    __m512 m = _mm512_castps128_ps512(_mm_loadu_ps(w));
    m = _mm512_mask_broadcast_f32x4(m, 0x00f0, _mm_loadu_ps(w + 4 * cols));
    m = _mm512_mask_broadcast_f32x4(m, 0x0f00, _mm_loadu_ps(w + 8 * cols));
    return _mm512_mask_broadcast_f32x4(m, 0xf000, _mm_loadu_ps(w + 12 * cols));
}

/* Transposes 16 rows of four columns: m[c] is column c, row r in lane r. */
static inline void load_columns(__m512 m[4], const float *w, size_t cols)
{
    __m512 a = load_rows(w, cols), b = load_rows(w + cols, cols);
    __m512 c = load_rows(w + 2 * cols, cols), d = load_rows(w + 3 * cols, cols);
    __m512d ab = _mm512_castps_pd(_mm512_unpacklo_ps(a, b));
    __m512d ab2 = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
    __m512d cd = _mm512_castps_pd(_mm512_unpacklo_ps(c, d));
    __m512d cd2 = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
    m[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd));
    m[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd));
    m[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(ab2, cd2));
    m[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(ab2, cd2));
}

/* 16 whole rows for n positions; `x` has f_stride floats between positions. */
static inline __attribute__((always_inline)) void
rows_16(float *y, int y_stride, const float *w, int cols, const Activations *x, int n)
{
    __m512 acc[TOGETHER];
    for (int i = 0; i < n; i++)
        acc[i] = _mm512_setzero_ps();
    /* sixteen rows are read side by side, but fetched one after the other, one block ahead */
    const float *next = w + (size_t)LANES * (size_t)cols;
    int k = 0;
    for (; k + 4 <= cols; k += 4, next += 4 * LANES) {
        __m512 m[4];
        load_columns(m, w + k, (size_t)cols);
        for (int line = 0; line < 4; line++)
            _mm_prefetch((const char *)(next + line * LANES), _MM_HINT_T1);
        for (int c = 0; c < 4; c++)
            for (int i = 0; i < n; i++) {
                __m512 input = _mm512_set1_ps(x->f[(size_t)i * (size_t)x->f_stride
                                                   + (size_t)(k + c)]);
                acc[i] = _mm512_add_ps(acc[i], _mm512_mul_ps(m[c], input));
            }
    }
    for (; k < cols; k++) {
        float column[LANES];
        for (int r = 0; r < LANES; r++)
            column[r] = w[(size_t)r * (size_t)cols + (size_t)k];
        for (int i = 0; i < n; i++) {
            __m512 input = _mm512_set1_ps(x->f[(size_t)i * (size_t)x->f_stride + (size_t)k]);
            acc[i] = _mm512_add_ps(acc[i], _mm512_mul_ps(_mm512_loadu_ps(column), input));
        }
    }
    for (int i = 0; i < n; i++)
        _mm512_storeu_ps(y + (size_t)i * (size_t)y_stride, acc[i]);
}

void avx512_matmul_f32_rows(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                            const Activations *x, int n)
{
    int first = block0 * BLOCK_ROWS, last = block1 * BLOCK_ROWS, row = first;
    last = last < matrix->rows ? last : matrix->rows;
    for (; row + LANES <= last; row += LANES) {
        const float *w = (const float *)matrix->data + (size_t)row * (size_t)matrix->cols;
        int i = 0;
        for (; i + TOGETHER <= n; i += TOGETHER) {
            Activations part = from_position(x, i);
            rows_16(y + (size_t)i * (size_t)y_stride + (row - first), y_stride, w, matrix->cols,
                    &part, TOGETHER);
        }
        for (; i < n; i++) {
            Activations part = from_position(x, i);
            rows_16(y + (size_t)i * (size_t)y_stride + (row - first), y_stride, w, matrix->cols,
                    &part, 1);
        }
    }
    for (; row < last; row++) {
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

/* One block of 32 packed rows for n positions. */
static inline __attribute__((always_inline)) void
block_32(float *y, int y_stride, const float *w, int cols, const Activations *x, int n)
{
    __m512 low[TOGETHER], high[TOGETHER];
    for (int i = 0; i < n; i++)
        low[i] = high[i] = _mm512_setzero_ps();
    for (int k = 0; k < cols; k++, w += BLOCK_ROWS) {
        __m512 a = _mm512_loadu_ps(w), b = _mm512_loadu_ps(w + LANES);
        for (int i = 0; i < n; i++) {
            __m512 input = _mm512_set1_ps(x->f[(size_t)i * (size_t)x->f_stride + (size_t)k]);
            low[i] = _mm512_add_ps(low[i], _mm512_mul_ps(a, input));
            high[i] = _mm512_add_ps(high[i], _mm512_mul_ps(b, input));
        }
    }
    for (int i = 0; i < n; i++) {
        _mm512_storeu_ps(y + (size_t)i * (size_t)y_stride, low[i]);
        _mm512_storeu_ps(y + (size_t)i * (size_t)y_stride + LANES, high[i]);
    }
}

void avx512_matmul_f32(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                       const Activations *x, int n)
{
    size_t block_floats = (size_t)matrix->cols * BLOCK_ROWS;
    const float *w = (const float *)matrix->data + (size_t)block0 * block_floats;
    for (int b = block0; b < block1; b++, w += block_floats, y += BLOCK_ROWS) {
        int i = 0;
        for (; i + TOGETHER <= n; i += TOGETHER) {
            Activations part = from_position(x, i);
            block_32(y + (size_t)i * (size_t)y_stride, y_stride, w, matrix->cols, &part, TOGETHER);
        }
        for (; i < n; i++) {
            Activations part = from_position(x, i);
            block_32(y + (size_t)i * (size_t)y_stride, y_stride, w, matrix->cols, &part, 1);
        }
    }
}
