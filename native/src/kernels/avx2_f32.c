/*
 * fp32 products with AVX2: 8 rows in the lanes, each row's sum in ascending order of the columns,
 * so the result is the scalar one bit for bit.
 */
#include "kernels/avx2.h"

/* Positions that share one pass over the weights, and the floats of a cache line. */
enum { TOGETHER = 4, LINE = 16 };

/* Four columns of rows i and i + 4, half a register each. */
static inline __m256 load_rows(const float *w, size_t cols)
{
    __m256 low = _mm256_castps128_ps256(_mm_loadu_ps(w));
    return _mm256_insertf128_ps(low, _mm_loadu_ps(w + 4 * cols), 1);
}

/* Transposes 8 rows of four columns: m[c] is column c, row r in lane r. */
static inline void load_columns(__m256 m[4], const float *w, size_t cols)
{
    __m256 a = load_rows(w, cols), b = load_rows(w + cols, cols);
    __m256 c = load_rows(w + 2 * cols, cols), d = load_rows(w + 3 * cols, cols);
    __m256d ab = _mm256_castps_pd(_mm256_unpacklo_ps(a, b));
    __m256d ab2 = _mm256_castps_pd(_mm256_unpackhi_ps(a, b));
    __m256d cd = _mm256_castps_pd(_mm256_unpacklo_ps(c, d));
    __m256d cd2 = _mm256_castps_pd(_mm256_unpackhi_ps(c, d));
    m[0] = _mm256_castpd_ps(_mm256_unpacklo_pd(ab, cd));
    m[1] = _mm256_castpd_ps(_mm256_unpackhi_pd(ab, cd));
    m[2] = _mm256_castpd_ps(_mm256_unpacklo_pd(ab2, cd2));
    m[3] = _mm256_castpd_ps(_mm256_unpackhi_pd(ab2, cd2));
}

/* 8 whole rows for n positions; `x` has `stride` floats between positions. */
static inline __attribute__((always_inline)) void
rows_8(float *y, int y_stride, const float *w, int cols, const float *x, int stride, int n)
{
    __m256 acc[TOGETHER];
    for (int i = 0; i < n; i++)
        acc[i] = _mm256_setzero_ps();
    /* the eight rows are read side by side, but prefetched one after the other, two blocks ahead;
     * the next cache line of two rows at a time is prefetched into L1 */
    const float *next = w + 2 * AVX2_LANES * (size_t)cols;
    int k = 0;
    for (; k + 4 <= cols; k += 4, next += 4 * AVX2_LANES) {
        __m256 m[4];
        load_columns(m, w + k, (size_t)cols);
        const float *soon = w + (size_t)(k / 2 & 6) * (size_t)cols + (size_t)(k + LINE);
        _mm_prefetch((const char *)next, _MM_HINT_T1);
        _mm_prefetch((const char *)(next + LINE), _MM_HINT_T1);
        _mm_prefetch((const char *)soon, _MM_HINT_T0);
        _mm_prefetch((const char *)(soon + cols), _MM_HINT_T0);
        for (int c = 0; c < 4; c++)
            for (int i = 0; i < n; i++) {
                const float *input = x + (size_t)i * (size_t)stride;
                acc[i] = avx2_accumulate(acc[i], m[c], _mm256_set1_ps(input[k + c]));
            }
    }
    for (; k < cols; k++) {
        float column[AVX2_LANES];
        for (int r = 0; r < AVX2_LANES; r++)
            column[r] = w[(size_t)r * (size_t)cols + (size_t)k];
        for (int i = 0; i < n; i++) {
            const float *input = x + (size_t)i * (size_t)stride;
            acc[i] = avx2_accumulate(acc[i], _mm256_loadu_ps(column), _mm256_set1_ps(input[k]));
        }
    }
    for (int i = 0; i < n; i++)
        _mm256_storeu_ps(y + (size_t)i * (size_t)y_stride, acc[i]);
}

/* The last rows, fewer than 8, one by one. */
static void rows_left(float *y, int y_stride, const float *w, int rows, int cols,
                      const Activations *x, int n)
{
    for (int r = 0; r < rows; r++, w += cols)
        for (int i = 0; i < n; i++) {
            const float *input = x->f + (size_t)i * (size_t)x->f_stride;
            float acc = 0.0f;
            for (int k = 0; k < cols; k++)
                acc += w[k] * input[k];
            y[(size_t)i * (size_t)y_stride + (size_t)r] = acc;
        }
}

void avx2_matmul_f32_rows(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                          const Activations *x, int n)
{
    int first = block0 * BLOCK_ROWS, last = block1 * BLOCK_ROWS, cols = matrix->cols;
    last = last < matrix->rows ? last : matrix->rows;
    const float *w = (const float *)matrix->data + (size_t)first * (size_t)cols;
    int row = first;
    for (; row + AVX2_LANES <= last; row += AVX2_LANES, w += AVX2_LANES * (size_t)cols) {
        int i = 0;
        for (; i + TOGETHER <= n; i += TOGETHER)
            rows_8(y + (size_t)i * (size_t)y_stride + (row - first), y_stride, w, cols,
                   x->f + (size_t)i * (size_t)x->f_stride, x->f_stride, TOGETHER);
        for (; i < n; i++)
            rows_8(y + (size_t)i * (size_t)y_stride + (row - first), y_stride, w, cols,
                   x->f + (size_t)i * (size_t)x->f_stride, x->f_stride, 1);
    }
    rows_left(y + (row - first), y_stride, w, last - row, cols, x, n);
}

/* One block of 32 packed rows for one position. */
static inline void block_32(float *y, const float *w, int cols, const float *x)
{
    __m256 acc[4] = { _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(),
                      _mm256_setzero_ps() };
    for (int k = 0; k < cols; k++, w += BLOCK_ROWS) {
        __m256 input = _mm256_set1_ps(x[k]);
        for (int j = 0; j < 4; j++)
            acc[j] = avx2_accumulate(acc[j], _mm256_loadu_ps(w + j * AVX2_LANES), input);
    }
    for (int j = 0; j < 4; j++)
        _mm256_storeu_ps(y + j * AVX2_LANES, acc[j]);
}

void avx2_matmul_f32(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                     const Activations *x, int n)
{
    size_t block_floats = (size_t)matrix->cols * BLOCK_ROWS;
    const float *w = (const float *)matrix->data + (size_t)block0 * block_floats;
    for (int b = block0; b < block1; b++, w += block_floats, y += BLOCK_ROWS)
        for (int i = 0; i < n; i++)
            block_32(y + (size_t)i * (size_t)y_stride, w, matrix->cols,
                     x->f + (size_t)i * (size_t)x->f_stride);
}
