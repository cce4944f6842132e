/* Attention with AVX2: timesteps in the lanes for the scores, the head's width for the sum. */
#include <math.h>

#include "kernels/avx2.h"

enum { LANES = AVX2_LANES };

/* Scores of a block of 32 timesteps. */
static inline void score_block(float *scores, const float *q, const float *keys, int head_size,
                               __m256 root)
{
    __m256 acc[4] = { _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(),
                      _mm256_setzero_ps() };
    for (int i = 0; i < head_size; i++, keys += KEY_BLOCK)
        for (int j = 0; j < 4; j++)
            acc[j] = avx2_accumulate(acc[j], _mm256_set1_ps(q[i]),
                                     _mm256_loadu_ps(keys + j * LANES));
    for (int j = 0; j < 4; j++)
        _mm256_storeu_ps(scores + j * LANES, _mm256_div_ps(acc[j], root));
}

/* Up to 32 of the head's dimensions, `width` of them, over all timesteps. */
static inline void sum_values(float *out, const float *scores, const float *values,
                              int value_stride, int pos, int width)
{
    __m256 acc[4] = { _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(),
                      _mm256_setzero_ps() };
    for (int t = 0; t <= pos; t++, values += value_stride)
        for (int j = 0; j * LANES < width; j++)
            acc[j] = avx2_accumulate(acc[j], _mm256_set1_ps(scores[t]),
                                     avx2_load_below(values, j * LANES, width));
    for (int j = 0; j * LANES < width; j++)
        avx2_store_below(out, j * LANES, width, acc[j]);
}

void avx2_attend(float *out, const float *q, const float *keys, int key_stride,
                 const float *values, int value_stride, int head_size, int pos, float *scores)
{
    const __m256 root = _mm256_set1_ps(sqrtf((float)head_size));
    for (int t = 0; t <= pos; t += KEY_BLOCK)
        score_block(scores + t, q, keys + (size_t)(t / KEY_BLOCK) * (size_t)key_stride, head_size,
                    root);
    avx2_softmax(scores, pos + 1);
    for (int at = 0; at < head_size; at += 4 * LANES) {
        int width = head_size - at < 4 * LANES ? head_size - at : 4 * LANES;
        if (width == 4 * LANES)
            sum_values(out + at, scores, values + at, value_stride, pos, 4 * LANES);
        else if (width == 2 * LANES)
            sum_values(out + at, scores, values + at, value_stride, pos, 2 * LANES);
        else
            sum_values(out + at, scores, values + at, value_stride, pos, width);
    }
}

static inline __m256i load_words(const uint32_t *words, int at, int n)
{
    return _mm256_maskload_epi32((const int *)(const void *)(words + at), avx2_lanes_below(at, n));
}

static inline __m256 low_halves(__m256i words)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(words, 16));
}

static inline __m256 high_halves(__m256i words)
{
    return _mm256_castsi256_ps(_mm256_and_si256(words, _mm256_set1_epi32((int)0xffff0000)));
}

/* Scores of a block of 64 timesteps. */
static inline void score_pairs(float *scores, const float *q, const uint32_t *keys, int head_size,
                               __m256 root)
{
    __m256 low[4], high[4];
    for (int j = 0; j < 4; j++)
        low[j] = high[j] = _mm256_setzero_ps();
    for (int i = 0; i < head_size; i++, keys += KEY_BLOCK)
        for (int j = 0; j < 4; j++) {
            __m256i words = _mm256_loadu_si256((const __m256i *)(const void *)(keys + j * LANES));
            low[j] = avx2_accumulate(low[j], _mm256_set1_ps(q[i]), low_halves(words));
            high[j] = avx2_accumulate(high[j], _mm256_set1_ps(q[i]), high_halves(words));
        }
    for (int j = 0; j < 4; j++) {
        _mm256_storeu_ps(scores + j * LANES, _mm256_div_ps(low[j], root));
        _mm256_storeu_ps(scores + KEY_BLOCK + j * LANES, _mm256_div_ps(high[j], root));
    }
}

/* The sums of up to 24 words of the values, and so of twice as many dimensions. */
static inline void sum_pairs(float *out, const float *scores, const uint32_t *values,
                             int value_stride, int pos, int half, int words)
{
    __m256 low[3], high[3];
    for (int j = 0; j < 3; j++)
        low[j] = high[j] = _mm256_setzero_ps();
    for (int t = 0; t <= pos; t++, values += value_stride)
        for (int j = 0; j < 3 && j * LANES < words; j++) {
            __m256 score = _mm256_set1_ps(scores[t]);
            __m256i pair = load_words(values, j * LANES, words);
            low[j] = avx2_accumulate(low[j], score, low_halves(pair));
            high[j] = avx2_accumulate(high[j], score, high_halves(pair));
        }
    for (int j = 0; j < 3 && j * LANES < words; j++) {
        avx2_store_below(out, j * LANES, words, low[j]);
        avx2_store_below(out + half, j * LANES, words, high[j]);
    }
}

void avx2_attend_halves(float *out, const float *q, const uint32_t *keys, int key_stride,
                        const uint32_t *values, int value_stride, int head_size, int pos,
                        float *scores)
{
    const __m256 root = _mm256_set1_ps(sqrtf((float)head_size));
    for (int t = 0; t <= pos; t += 2 * KEY_BLOCK)
        score_pairs(scores + t, q, keys + (size_t)(t / (2 * KEY_BLOCK)) * (size_t)key_stride,
                    head_size, root);
    avx2_softmax(scores, pos + 1);
    int half = head_size / 2;
    for (int at = 0; at < half; at += 3 * LANES) {
        int words = half - at < 3 * LANES ? half - at : 3 * LANES;
        sum_pairs(out + at, scores, values + at, value_stride, pos, half, words);
    }
}
