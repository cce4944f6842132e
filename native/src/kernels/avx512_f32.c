/*
 * fp32 products with AVX-512: 16 rows in the lanes, each row's sum in ascending order of the
 * columns, so the result is the scalar one bit for bit.
 */
#include <immintrin.h>

#include "avx512.h"

/* Rows that advance together; two registers hide the latency of the additions. */
enum { LANES = 16 };

/* Interleaves pairs, then fours, of 32-bit lanes, then 128-bit quarters: row i becomes column i. */
static inline void transpose(__m512 m[LANES])
{
    __m512 t[LANES];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_ps(m[i], m[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps(m[i], m[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        __m512d a = _mm512_castps_pd(t[i]), b = _mm512_castps_pd(t[i + 1]);
        __m512d c = _mm512_castps_pd(t[i + 2]), d = _mm512_castps_pd(t[i + 3]);
        m[i] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, c));
        m[i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, c));
        m[i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(b, d));
        m[i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(b, d));
    }
    for (int i = 0; i < 4; i++) {
        __m512 a = m[i], b = m[i + 4], c = m[i + 8], d = m[i + 12];
        __m512 ab = _mm512_shuffle_f32x4(a, b, 0x88), ab2 = _mm512_shuffle_f32x4(a, b, 0xdd);
        __m512 cd = _mm512_shuffle_f32x4(c, d, 0x88), cd2 = _mm512_shuffle_f32x4(c, d, 0xdd);
        t[i] = _mm512_shuffle_f32x4(ab, cd, 0x88);
        t[i + 8] = _mm512_shuffle_f32x4(ab, cd, 0xdd);
        t[i + 4] = _mm512_shuffle_f32x4(ab2, cd2, 0x88);
        t[i + 12] = _mm512_shuffle_f32x4(ab2, cd2, 0xdd);
    }
    for (int i = 0; i < LANES; i++)
        m[i] = t[i];
}

/* 16 whole rows for n positions; `x` has f_stride floats between positions. */
static inline __attribute__((always_inline)) void
rows_16(float *y, int y_stride, const float *w, int cols, const Activations *x, int n)
{
    __m512 acc[MAX_BATCH];
    for (int i = 0; i < n; i++)
        acc[i] = _mm512_setzero_ps();
    int k = 0;
    for (; k + LANES <= cols; k += LANES) {
        __m512 m[LANES];
        for (int r = 0; r < LANES; r++) {
            const float *row = w + (size_t)r * (size_t)cols + k;
            m[r] = _mm512_loadu_ps(row);
            _mm_prefetch((const char *)(row + (size_t)LANES * (size_t)cols), _MM_HINT_T0);
        }
        transpose(m);
        for (int c = 0; c < LANES; c++)
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
        if (n == 1)
            rows_16(y + (row - first), y_stride, w, matrix->cols, x, 1);
        else
            rows_16(y + (row - first), y_stride, w, matrix->cols, x, n);
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
    __m512 low[MAX_BATCH], high[MAX_BATCH];
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
        if (n == 1)
            block_32(y, y_stride, w, matrix->cols, x, 1);
        else
            block_32(y, y_stride, w, matrix->cols, x, n);
    }
}
