/* Attention with AVX2: timesteps in the lanes for the scores, the head's width for the sum. */
#include <math.h>
#include <string.h>

#include "kernels/attend_each.h"
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

/* Adds up to 32 of the head's dimensions, `width` of them, over the timesteps of a run. */
static inline void sum_values(float *out, const float *scores, const float *values, int value_stride,
                              int count, int width)
{
    __m256 acc[4];
    for (int j = 0; j < 4; j++)
        acc[j] = avx2_load_below(out, j * LANES, width);
    for (int t = 0; t < count; t++, values += value_stride)
        for (int j = 0; j * LANES < width; j++)
            acc[j] = avx2_accumulate(acc[j], _mm256_set1_ps(scores[t]),
                                     avx2_load_below(values, j * LANES, width));
    for (int j = 0; j * LANES < width; j++)
        avx2_store_below(out, j * LANES, width, acc[j]);
}

static void sum_run(float *out, const float *scores, const FloatRun *run, int value_stride,
                    int head_size)
{
    for (int at = 0; at < head_size; at += 4 * LANES) {
        int width = head_size - at < 4 * LANES ? head_size - at : 4 * LANES;
        const float *values = run->values + at;
        if (width == 4 * LANES)
            sum_values(out + at, scores, values, value_stride, run->count, 4 * LANES);
        else if (width == 2 * LANES)
            sum_values(out + at, scores, values, value_stride, run->count, 2 * LANES);
        else
            sum_values(out + at, scores, values, value_stride, run->count, width);
    }
}

void avx2_attend(float *out, const float *q, const FloatRun *runs, int key_stride,
                 int value_stride, int head_size, float *scores)
{
    const __m256 root = _mm256_set1_ps(sqrtf((float)head_size));
    int n = 0;
    for (int r = 0; r < ATTEND_RUNS; n += runs[r++].count)
        for (int t = 0; t < runs[r].count; t += KEY_BLOCK)
            score_block(scores + n + t, q,
                        runs[r].keys + (size_t)(t / KEY_BLOCK) * (size_t)key_stride, head_size,
                        root);
    avx2_softmax(scores, n);
    memset(out, 0, (size_t)head_size * sizeof *out);
    for (int r = 0; r < ATTEND_RUNS; scores += runs[r++].count)
        if (runs[r].count)
            sum_run(out, scores, &runs[r], value_stride, head_size);
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

/* A head's values lie a row apart, too far for the processor to fetch them ahead by itself. */
static inline void fetch_ahead(const uint32_t *values, int value_stride)
{
    _mm_prefetch((const char *)(values + 16 * value_stride), _MM_HINT_T0);
}

/* Adds the sums of up to 24 words of the values, and so of twice as many dimensions. */
static inline void sum_pairs(float *out, const float *scores, const uint32_t *values,
                             int value_stride, int count, int half, int words)
{
    __m256 low[3], high[3];
    for (int j = 0; j < 3; j++) {
        low[j] = avx2_load_below(out, j * LANES, words);
        high[j] = avx2_load_below(out + half, j * LANES, words);
    }
    for (int t = 0; t < count; t++, values += value_stride) {
        fetch_ahead(values, value_stride);
        for (int j = 0; j < 3 && j * LANES < words; j++) {
            __m256 score = _mm256_set1_ps(scores[t]);
            __m256i pair = load_words(values, j * LANES, words);
            low[j] = avx2_accumulate(low[j], score, low_halves(pair));
            high[j] = avx2_accumulate(high[j], score, high_halves(pair));
        }
    }
    for (int j = 0; j < 3 && j * LANES < words; j++) {
        avx2_store_below(out, j * LANES, words, low[j]);
        avx2_store_below(out + half, j * LANES, words, high[j]);
    }
}

/* Scores of a block of which only the first 8 * registers timesteps are there, at most 32. */
static inline __attribute__((always_inline)) void
score_low(float *scores, const float *q, const uint32_t *keys, int head_size, __m256 root,
          int registers)
{
    __m256 low[4];
    for (int j = 0; j < registers; j++)
        low[j] = _mm256_setzero_ps();
    for (int i = 0; i < head_size; i++, keys += KEY_BLOCK)
        for (int j = 0; j < registers; j++) {
            __m256i words = _mm256_loadu_si256((const __m256i *)(const void *)(keys + j * LANES));
            low[j] = avx2_accumulate(low[j], _mm256_set1_ps(q[i]), low_halves(words));
        }
    for (int j = 0; j < registers; j++)
        _mm256_storeu_ps(scores + j * LANES, _mm256_div_ps(low[j], root));
}

/* Scores of a short run, in blocks of 16 timesteps. */
static void score_short(float *scores, const float *q, const PairRun *run, int key_stride,
                        int head_size, __m256 root)
{
    const uint32_t *keys = run->keys;
    for (int t = 0; t < run->count; t += 2 * SHORT_BLOCK, keys += key_stride) {
        __m256 low = _mm256_setzero_ps(), high = _mm256_setzero_ps();
        for (int i = 0; i < head_size; i++) {
            __m256i words = _mm256_loadu_si256((const __m256i *)(const void *)
                                               (keys + i * SHORT_BLOCK));
            low = avx2_accumulate(low, _mm256_set1_ps(q[i]), low_halves(words));
            high = avx2_accumulate(high, _mm256_set1_ps(q[i]), high_halves(words));
        }
        _mm256_storeu_ps(scores + t, _mm256_div_ps(low, root));
        _mm256_storeu_ps(scores + t + SHORT_BLOCK, _mm256_div_ps(high, root));
    }
}

static void score_run(float *scores, const float *q, const PairRun *run, int key_stride,
                      int head_size, __m256 root)
{
    const uint32_t *keys = run->keys;
    int t = 0;
    if (run->is_short) {
        score_short(scores, q, run, key_stride / (KEY_BLOCK / SHORT_BLOCK), head_size, root);
        return;
    }
    for (; run->count - t > KEY_BLOCK; t += 2 * KEY_BLOCK, keys += key_stride)
        score_pairs(scores + t, q, keys, head_size, root);
    if (run->count - t > 2 * LANES)
        score_low(scores + t, q, keys, head_size, root, 4);
    else if (run->count - t > LANES)
        score_low(scores + t, q, keys, head_size, root, 2);
    else if (run->count - t > 0)
        score_low(scores + t, q, keys, head_size, root, 1);
}

static void sum_pair_run(float *out, const float *scores, const PairRun *run, int value_stride,
                         int head_size)
{
    int half = head_size / 2;
    for (int at = 0; run->count && at < half; at += 3 * LANES) {
        int words = half - at < 3 * LANES ? half - at : 3 * LANES;
        sum_pairs(out + at, scores, run->values + at, value_stride, run->count, half, words);
    }
}

void avx2_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                        int value_stride, int head_size, float *scores)
{
    const __m256 root = _mm256_set1_ps(sqrtf((float)head_size));
    int n = 0;
    for (int r = 0; r < ATTEND_RUNS; n += runs[r++].count)
        score_run(scores + n, q, &runs[r], key_stride, head_size, root);
    avx2_softmax(scores, n);
    memset(out, 0, (size_t)head_size * sizeof *out);
    for (int r = 0; r < ATTEND_RUNS; scores += runs[r++].count)
        sum_pair_run(out, scores, &runs[r], value_stride, head_size);
}

/* Queries that share each load and each widening of the past: as many as 16 registers hold. */
enum { SHARING = 4 };

/* score_pairs of four queries, 8 words of the keys at a time, for a block of `count` timesteps. */
static inline void score_pairs_shared(const PairQuery *queries, int t, const uint32_t *keys,
                                      int count, int head_size, __m256 root)
{
    for (int at = 0; at < KEY_BLOCK && at < count; at += LANES) {
        __m256 low[SHARING], high[SHARING];
        for (int p = 0; p < SHARING; p++)
            low[p] = high[p] = _mm256_setzero_ps();
        for (int i = 0; i < head_size; i++) {
            __m256i words = _mm256_loadu_si256((const __m256i *)(const void *)
                                               (keys + i * KEY_BLOCK + at));
            __m256 a = low_halves(words), b = high_halves(words);
            for (int p = 0; p < SHARING; p++) {
                __m256 q = _mm256_set1_ps(queries[p].q[i]);
                low[p] = avx2_accumulate(low[p], q, a);
                high[p] = avx2_accumulate(high[p], q, b);
            }
        }
        for (int p = 0; p < SHARING; p++) {
            float *scores = queries[p].scores + t + at;
            _mm256_storeu_ps(scores, _mm256_div_ps(low[p], root));
            _mm256_storeu_ps(scores + KEY_BLOCK, _mm256_div_ps(high[p], root));
        }
    }
}

/* sum_pairs of four queries over the past, up to 8 words of the values. */
static inline void sum_pairs_shared(const PairQuery *queries, const PairRun *past,
                                    int value_stride, int at, int half)
{
    int words = half - at;
    const uint32_t *values = past->values + at;
    __m256 low[SHARING], high[SHARING];
    for (int p = 0; p < SHARING; p++)
        low[p] = high[p] = _mm256_setzero_ps();
    for (int t = 0; t < past->count; t++, values += value_stride) {
        fetch_ahead(values, value_stride);
        __m256i pair = load_words(values, 0, words);
        __m256 a = low_halves(pair), b = high_halves(pair);
        for (int p = 0; p < SHARING; p++) {
            __m256 score = _mm256_set1_ps(queries[p].scores[t]);
            low[p] = avx2_accumulate(low[p], score, a);
            high[p] = avx2_accumulate(high[p], score, b);
        }
    }
    for (int p = 0; p < SHARING; p++) {
        avx2_store_below(queries[p].out + at, 0, words, low[p]);
        avx2_store_below(queries[p].out + half + at, 0, words, high[p]);
    }
}

static void attend_shared(const PairQuery *queries, const PairRun *past, int key_stride,
                          int value_stride, int head_size)
{
    const __m256 root = _mm256_set1_ps(sqrtf((float)head_size));
    int half = head_size / 2;
    for (int t = 0; t < past->count; t += 2 * KEY_BLOCK)
        score_pairs_shared(queries, t,
                           past->keys + (size_t)(t / (2 * KEY_BLOCK)) * (size_t)key_stride,
                           past->count - t, head_size, root);
    float *scores[SHARING];
    int counts[SHARING];
    for (int p = 0; p < SHARING; p++) {
        const PairQuery *query = &queries[p];
        score_run(query->scores + past->count, query->q, &query->own, key_stride, head_size, root);
        scores[p] = query->scores;
        counts[p] = past->count + query->own.count;
    }
    avx2_softmax_four(scores, counts);
    for (int at = 0; at < half; at += LANES)
        sum_pairs_shared(queries, past, value_stride, at, half);
    for (int p = 0; p < SHARING; p++)
        sum_pair_run(queries[p].out, queries[p].scores + past->count, &queries[p].own,
                     value_stride, head_size);
}

void avx2_attend_halves_together(const PairQuery *queries, int n, PairRun past, int key_stride,
                                 int value_stride, int head_size)
{
    int i = 0;
    for (; past.count && i + SHARING <= n; i += SHARING)
        attend_shared(queries + i, &past, key_stride, value_stride, head_size);
    attend_each(avx2_attend_halves, queries + i, n - i, past, key_stride, value_stride, head_size);
}
