/*
 * fp32 products with AVX-512: 16 rows in the lanes, each row's sum in ascending order of the
 * columns, so the result is the scalar one bit for bit.
 */
#include <immintrin.h>

#include "kernels/avx512.h"

/* Rows per register, and positions that share one pass over packed weights. */
enum { LANES = 16, TOGETHER = 4 };

/* The positions of `x` from `first` on; only f is looked at. */
static Activations from_position(const Activations *x, int first)
{
    Activations rest = *x;
    rest.f += (size_t)first * (size_t)x->f_stride;
    return rest;
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
