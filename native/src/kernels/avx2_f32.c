/*
 * fp32 products with AVX2: 8 rows in the lanes, each row's sum in ascending order of the columns,
 * so the result is the scalar one bit for bit.
 */
#include "kernels/avx2.h"

/*
 * Positions that share one pass over the weights, and how far ahead each row is fetched, in floats:
 * eight cache lines.
 */
enum { TOGETHER = 4, LINE = 16, AHEAD = 8 * LINE };

/* Four columns of rows i and i + 4, half a register each; rows are `stride` floats apart. */
static inline __m256 load_rows(const float *w, size_t stride)
{
    __m256 low = _mm256_castps128_ps256(_mm_loadu_ps(w));
    return _mm256_insertf128_ps(low, _mm_loadu_ps(w + 4 * stride), 1);
}

/* Transposes 8 rows of four columns: m[c] is column c, row r in lane r. */
static inline void load_columns(__m256 m[4], const float *w, size_t stride)
{
    __m256 a = load_rows(w, stride), b = load_rows(w + stride, stride);
    __m256 c = load_rows(w + 2 * stride, stride), d = load_rows(w + 3 * stride, stride);
    __m256d ab = _mm256_castps_pd(_mm256_unpacklo_ps(a, b));
    __m256d ab2 = _mm256_castps_pd(_mm256_unpackhi_ps(a, b));
    __m256d cd = _mm256_castps_pd(_mm256_unpacklo_ps(c, d));
    __m256d cd2 = _mm256_castps_pd(_mm256_unpackhi_ps(c, d));
    m[0] = _mm256_castpd_ps(_mm256_unpacklo_pd(ab, cd));
    m[1] = _mm256_castpd_ps(_mm256_unpackhi_pd(ab, cd));
    m[2] = _mm256_castpd_ps(_mm256_unpacklo_pd(ab2, cd2));
    m[3] = _mm256_castpd_ps(_mm256_unpackhi_pd(ab2, cd2));
}

/*
 * 8 rows of `cols` floats, `apart` rows from each other, for n positions: row r of them goes to
 * y[r * apart]. `y_stride` and `x_stride` lie between positions.
 */
static inline __attribute__((always_inline)) void
rows_8(float *y, int y_stride, const float *w, int cols, int apart, const float *x, int x_stride,
       int n)
{
    const size_t stride = (size_t)apart * (size_t)cols;
    __m256 acc[TOGETHER];
    for (int i = 0; i < n; i++)
        acc[i] = _mm256_setzero_ps();
    int k = 0;
    for (; k + 4 <= cols; k += 4) {
        __m256 m[4];
        load_columns(m, w + k, stride);
        if (k % LINE == 0)
            for (size_t r = 0; r < AVX2_LANES; r++)
                _mm_prefetch((const char *)(w + r * stride + k + AHEAD), _MM_HINT_T0);
        for (int c = 0; c < 4; c++)
            for (int i = 0; i < n; i++) {
                const float *input = x + (size_t)i * (size_t)x_stride;
                acc[i] = avx2_accumulate(acc[i], m[c], _mm256_set1_ps(input[k + c]));
            }
    }
    for (; k < cols; k++) {
        float column[AVX2_LANES];
        for (size_t r = 0; r < AVX2_LANES; r++)
            column[r] = w[r * stride + (size_t)k];
        for (int i = 0; i < n; i++) {
            const float *input = x + (size_t)i * (size_t)x_stride;
            acc[i] = avx2_accumulate(acc[i], _mm256_loadu_ps(column), _mm256_set1_ps(input[k]));
        }
    }
    for (int i = 0; i < n; i++) {
        float sums[AVX2_LANES];
        _mm256_storeu_ps(sums, acc[i]);
        for (int r = 0; r < AVX2_LANES; r++)
            y[(size_t)i * (size_t)y_stride + (size_t)(r * apart)] = sums[r];
    }
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

/*
 * The rows are cut into eight stretches that are read side by side, each from its first row to its
 * last. Memory delivers such long streams faster than one, and much faster than eight that jump
 * after each row: the processor fetches each of them ahead by itself. A stretch has an odd number
 * of rows, lest all eight fall into the same sets of L1.
 */
void avx2_matmul_f32_rows(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                          const Activations *x, int n)
{
    int first = block0 * BLOCK_ROWS, last = block1 * BLOCK_ROWS, cols = matrix->cols;
    int rows = (last < matrix->rows ? last : matrix->rows) - first;
    const float *w = (const float *)matrix->data + (size_t)first * (size_t)cols;
    while (rows >= AVX2_LANES) {
        int stretch = (rows / AVX2_LANES - 1) | 1, done = stretch * AVX2_LANES;
        for (int row = 0; row < stretch; row++) {
            const float *from = w + (size_t)row * (size_t)cols;
            int i = 0;
            for (; i + TOGETHER <= n; i += TOGETHER)
                rows_8(y + (size_t)i * (size_t)y_stride + row, y_stride, from, cols, stretch,
                       x->f + (size_t)i * (size_t)x->f_stride, x->f_stride, TOGETHER);
            for (; i < n; i++)
                rows_8(y + (size_t)i * (size_t)y_stride + row, y_stride, from, cols, stretch,
                       x->f + (size_t)i * (size_t)x->f_stride, x->f_stride, 1);
        }
        w += (size_t)done * (size_t)cols;
        y += done;
        rows -= done;
    }
    rows_left(y, y_stride, w, rows, cols, x, n);
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
