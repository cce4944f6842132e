/* Attention with AVX-512: timesteps in the lanes for the scores, the head's width for the sum. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels/attend_each.h"
#include "kernels/avx512.h"

enum { LANES = 16 };

/* Scores of a block of 32 timesteps. */
static inline void score_block(float *scores, const float *q, const float *keys, int head_size,
                               __m512 root)
{
    __m512 low = _mm512_setzero_ps(), high = _mm512_setzero_ps();
    for (int i = 0; i < head_size; i++, keys += KEY_BLOCK) {
        __m512 query = _mm512_set1_ps(q[i]);
        low = _mm512_add_ps(low, _mm512_mul_ps(query, _mm512_loadu_ps(keys)));
        high = _mm512_add_ps(high, _mm512_mul_ps(query, _mm512_loadu_ps(keys + LANES)));
    }
    _mm512_storeu_ps(scores, _mm512_div_ps(low, root));
    _mm512_storeu_ps(scores + LANES, _mm512_div_ps(high, root));
}

/* out[0 .. 16 * registers) += sum over t of scores[t] * values[t]; `mask` for the last 16. */
static inline __attribute__((always_inline)) void
weighted_sum(float *out, const float *scores, const float *values, int value_stride, int count,
      int registers, __mmask16 mask)
{
    __m512 acc[4];
    for (int r = 0; r < registers; r++)
        acc[r] = _mm512_maskz_loadu_ps(r + 1 < registers ? 0xffff : mask, out + r * LANES);
    for (int t = 0; t < count; t++, values += value_stride) {
        __m512 score = _mm512_set1_ps(scores[t]);
        for (int r = 0; r < registers; r++) {
            __m512 value = _mm512_maskz_loadu_ps(r + 1 < registers ? 0xffff : mask,
                                                 values + r * LANES);
            acc[r] = _mm512_add_ps(acc[r], _mm512_mul_ps(score, value));
        }
    }
    for (int r = 0; r < registers; r++)
        _mm512_mask_storeu_ps(out + r * LANES, r + 1 < registers ? 0xffff : mask, acc[r]);
}

static void sum_run(float *out, const float *scores, const FloatRun *run, int value_stride,
                      int head_size)
{
    int count = run->count;
    for (int at = 0; at < head_size; at += 4 * LANES) {
        const float *values = run->values + at;
        int left = head_size - at < 4 * LANES ? head_size - at : 4 * LANES;
        int registers = (left + LANES - 1) / LANES;
        __mmask16 mask = (__mmask16)(0xffffu >> (registers * LANES - left));
        switch (registers) {
        case 1: weighted_sum(out + at, scores, values, value_stride, count, 1, mask); break;
        case 2: weighted_sum(out + at, scores, values, value_stride, count, 2, mask); break;
        case 3: weighted_sum(out + at, scores, values, value_stride, count, 3, mask); break;
        default: weighted_sum(out + at, scores, values, value_stride, count, 4, mask); break;
        }
    }
}

void avx512_attend(float *out, const float *q, const FloatRun *runs, int key_stride,
                   int value_stride, int head_size, float *scores)
{
    const __m512 root = _mm512_set1_ps(sqrtf((float)head_size));
    int n = 0;
    for (int r = 0; r < ATTEND_RUNS; n += runs[r++].count)
        for (int t = 0; t < runs[r].count; t += KEY_BLOCK)
            score_block(scores + n + t, q,
                        runs[r].keys + (size_t)(t / KEY_BLOCK) * (size_t)key_stride, head_size,
                        root);
    avx512_softmax(scores, n);
    memset(out, 0, (size_t)head_size * sizeof *out);
    for (int r = 0; r < ATTEND_RUNS; scores += runs[r++].count)
        if (runs[r].count)
            sum_run(out, scores, &runs[r], value_stride, head_size);
}

static inline __m512 low_halves(__m512i words)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(words, 16));
}

static inline __m512 high_halves(__m512i words)
{
    return _mm512_castsi512_ps(_mm512_and_si512(words, _mm512_set1_epi32((int)0xffff0000)));
}

/* Scores of a block of 64 timesteps. */
static inline void score_pairs(float *scores, const float *q, const uint32_t *keys, int head_size,
                               __m512 root)
{
    __m512 acc[4] = { _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(),
                      _mm512_setzero_ps() };
    for (int i = 0; i < head_size; i++, keys += KEY_BLOCK) {
        __m512 query = _mm512_set1_ps(q[i]);
        __m512i a = _mm512_loadu_si512(keys), b = _mm512_loadu_si512(keys + LANES);
        acc[0] = _mm512_add_ps(acc[0], _mm512_mul_ps(query, low_halves(a)));
        acc[1] = _mm512_add_ps(acc[1], _mm512_mul_ps(query, low_halves(b)));
        acc[2] = _mm512_add_ps(acc[2], _mm512_mul_ps(query, high_halves(a)));
        acc[3] = _mm512_add_ps(acc[3], _mm512_mul_ps(query, high_halves(b)));
    }
    for (int j = 0; j < 4; j++)
        _mm512_storeu_ps(scores + j * LANES, _mm512_div_ps(acc[j], root));
}

/* A head's values lie a row apart, too far for the processor to fetch them ahead by itself. */
static inline void fetch_ahead(const uint32_t *values, int value_stride)
{
    _mm_prefetch((const char *)(values + 16 * value_stride), _MM_HINT_T0);
}

/* Adds the sums of up to 32 words of the values, and so of twice as many dimensions. */
static inline __attribute__((always_inline)) void
weigh_pairs(float *out, const float *scores, const uint32_t *values, int value_stride, int count,
            int half, int words)
{
    const __mmask16 first = words >= LANES ? 0xffff : (__mmask16)((1u << words) - 1);
    const __mmask16 second = words <= LANES ? 0 : (__mmask16)(0xffffu >> (2 * LANES - words));
    __m512 acc[4] = { _mm512_maskz_loadu_ps(first, out), _mm512_maskz_loadu_ps(first, out + half),
                      _mm512_maskz_loadu_ps(second, out + LANES),
                      _mm512_maskz_loadu_ps(second, out + half + LANES) };
    for (int t = 0; t < count; t++, values += value_stride) {
        fetch_ahead(values, value_stride);
        __m512 score = _mm512_set1_ps(scores[t]);
        __m512i a = _mm512_maskz_loadu_epi32(first, values);
        acc[0] = _mm512_add_ps(acc[0], _mm512_mul_ps(score, low_halves(a)));
        acc[1] = _mm512_add_ps(acc[1], _mm512_mul_ps(score, high_halves(a)));
        if (words > LANES) {
            __m512i b = _mm512_maskz_loadu_epi32(second, values + LANES);
            acc[2] = _mm512_add_ps(acc[2], _mm512_mul_ps(score, low_halves(b)));
            acc[3] = _mm512_add_ps(acc[3], _mm512_mul_ps(score, high_halves(b)));
        }
    }
    _mm512_mask_storeu_ps(out, first, acc[0]);
    _mm512_mask_storeu_ps(out + half, first, acc[1]);
    _mm512_mask_storeu_ps(out + LANES, second, acc[2]);
    _mm512_mask_storeu_ps(out + half + LANES, second, acc[3]);
}

/* Scores of a short run, in blocks of 16 timesteps: half a register each. */
static void score_short(float *scores, const float *q, const PairRun *run, int key_stride,
                        int head_size, __m512 root)
{
    const __mmask16 half = (1u << SHORT_BLOCK) - 1;
    const uint32_t *keys = run->keys;
    for (int t = 0; t < run->count; t += 2 * SHORT_BLOCK, keys += key_stride) {
        __m512 low = _mm512_setzero_ps(), high = _mm512_setzero_ps();
        for (int i = 0; i < head_size; i++) {
            __m512 query = _mm512_set1_ps(q[i]);
            __m512i words = _mm512_maskz_loadu_epi32(half, keys + i * SHORT_BLOCK);
            low = _mm512_add_ps(low, _mm512_mul_ps(query, low_halves(words)));
            high = _mm512_add_ps(high, _mm512_mul_ps(query, high_halves(words)));
        }
        _mm512_mask_storeu_ps(scores + t, half, _mm512_div_ps(low, root));
        _mm512_mask_storeu_ps(scores + t + SHORT_BLOCK, half, _mm512_div_ps(high, root));
    }
}

static void score_run(float *scores, const float *q, const PairRun *run, int key_stride,
                      int head_size, __m512 root)
{
    if (run->is_short) {
        score_short(scores, q, run, key_stride / (KEY_BLOCK / SHORT_BLOCK), head_size, root);
        return;
    }
    for (int t = 0; t < run->count; t += 2 * KEY_BLOCK)
        score_pairs(scores + t, q,
                    run->keys + (size_t)(t / (2 * KEY_BLOCK)) * (size_t)key_stride, head_size,
                    root);
}

static void sum_pair_run(float *out, const float *scores, const PairRun *run, int value_stride,
                         int head_size)
{
    int half = head_size / 2;
    for (int at = 0; run->count && at < half; at += 2 * LANES) {
        int words = half - at < 2 * LANES ? half - at : 2 * LANES;
        weigh_pairs(out + at, scores, run->values + at, value_stride, run->count, half, words);
    }
}

void avx512_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                          int value_stride, int head_size, float *scores)
{
    const __m512 root = _mm512_set1_ps(sqrtf((float)head_size));
    int n = 0;
    for (int r = 0; r < ATTEND_RUNS; n += runs[r++].count)
        score_run(scores + n, q, &runs[r], key_stride, head_size, root);
    avx512_softmax(scores, n);
    memset(out, 0, (size_t)head_size * sizeof *out);
    for (int r = 0; r < ATTEND_RUNS; scores += runs[r++].count)
        sum_pair_run(out, scores, &runs[r], value_stride, head_size);
}

/* Queries that share each load and each widening of the past. */
enum { SHARING = 4 };

/* score_pairs of four queries, 16 words of the keys at a time, for a block of `count` timesteps. */
static inline void score_pairs_shared(const PairQuery *queries, int t, const uint32_t *keys,
                                      int count, int head_size, __m512 root)
{
    for (int at = 0; at < KEY_BLOCK && at < count; at += LANES) {
        __m512 low[SHARING], high[SHARING];
        for (int p = 0; p < SHARING; p++)
            low[p] = high[p] = _mm512_setzero_ps();
        for (int i = 0; i < head_size; i++) {
            __m512i words = _mm512_loadu_si512(keys + i * KEY_BLOCK + at);
            __m512 a = low_halves(words), b = high_halves(words);
            for (int p = 0; p < SHARING; p++) {
                __m512 q = _mm512_set1_ps(queries[p].q[i]);
                low[p] = _mm512_add_ps(low[p], _mm512_mul_ps(q, a));
                high[p] = _mm512_add_ps(high[p], _mm512_mul_ps(q, b));
            }
        }
        for (int p = 0; p < SHARING; p++) {
            float *scores = queries[p].scores + t + at;
            _mm512_storeu_ps(scores, _mm512_div_ps(low[p], root));
            _mm512_storeu_ps(scores + KEY_BLOCK, _mm512_div_ps(high[p], root));
        }
    }
}

/* weigh_pairs of four queries over the past, up to 16 words of the values. */
static inline void weigh_pairs_shared(const PairQuery *queries, const PairRun *past,
                                      int value_stride, int at, int half)
{
    const int words = half - at;
    const __mmask16 mask = words >= LANES ? 0xffff : (__mmask16)((1u << words) - 1);
    const uint32_t *values = past->values + at;
    __m512 low[SHARING], high[SHARING];
    for (int p = 0; p < SHARING; p++)
        low[p] = high[p] = _mm512_setzero_ps();
    for (int t = 0; t < past->count; t++, values += value_stride) {
        fetch_ahead(values, value_stride);
        __m512i pair = _mm512_maskz_loadu_epi32(mask, values);
        __m512 a = low_halves(pair), b = high_halves(pair);
        for (int p = 0; p < SHARING; p++) {
            __m512 score = _mm512_set1_ps(queries[p].scores[t]);
            low[p] = _mm512_add_ps(low[p], _mm512_mul_ps(score, a));
            high[p] = _mm512_add_ps(high[p], _mm512_mul_ps(score, b));
        }
    }
    for (int p = 0; p < SHARING; p++) {
        _mm512_mask_storeu_ps(queries[p].out + at, mask, low[p]);
        _mm512_mask_storeu_ps(queries[p].out + half + at, mask, high[p]);
    }
}

static void attend_shared(const PairQuery *queries, const PairRun *past, int key_stride,
                          int value_stride, int head_size)
{
    const __m512 root = _mm512_set1_ps(sqrtf((float)head_size));
    int half = head_size / 2;
    for (int t = 0; t < past->count; t += 2 * KEY_BLOCK)
        score_pairs_shared(queries, t,
                           past->keys + (size_t)(t / (2 * KEY_BLOCK)) * (size_t)key_stride,
                           past->count - t, head_size, root);
    for (int p = 0; p < SHARING; p++) {
        const PairQuery *query = &queries[p];
        score_run(query->scores + past->count, query->q, &query->own, key_stride, head_size, root);
        avx512_softmax(query->scores, past->count + query->own.count);
    }
    for (int at = 0; at < half; at += LANES)
        weigh_pairs_shared(queries, past, value_stride, at, half);
    for (int p = 0; p < SHARING; p++)
        sum_pair_run(queries[p].out, queries[p].scores + past->count, &queries[p].own,
                     value_stride, head_size);
}

void avx512_attend_halves_together(const PairQuery *queries, int n, PairRun past, int key_stride,
                                   int value_stride, int head_size)
{
    int i = 0;
    for (; past.count && i + SHARING <= n; i += SHARING)
        attend_shared(queries + i, &past, key_stride, value_stride, head_size);
    attend_each(avx512_attend_halves, queries + i, n - i, past, key_stride, value_stride,
                head_size);
}
