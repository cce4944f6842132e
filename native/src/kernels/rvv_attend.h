/* Attention of one head: positions in the lanes for scores, dimensions for values. */
#ifndef STORYTELLER_KERNELS_RVV_ATTEND_H
#define STORYTELLER_KERNELS_RVV_ATTEND_H

#include <math.h>
#include <string.h>

#include "kernels/attend_each.h"
#include "kernels/kernels.h"
#include "kernels/rvv_instructions.h"
#include "kernels/rvv_vectors.h"

/* out[i..i + length) += sum over t of score[t] * values[t * value_stride + i..i + length). */
#define WEIGHTED_SUM(length, vtype) \
    do { \
        const float *value = values + i; \
        VSETVL(length, vtype); \
        VLE32(0, out + i); \
        for (int t = 0; t < count; t++, value += value_stride) { \
            VLE32(8, value); \
            VFMUL_F(8, 8, scores[t]); \
            VFADD_V(0, 0, 8); \
        } \
        VSE32(0, out + i); \
    } while (0)

static void rvv_attend(float *out, const float *q, const FloatRun *runs, int key_stride,
                       int value_stride, int head_size, float *scores)
{
    float root = sqrtf((float)head_size);
    int n = 0;
    VSETVL(KEY_BLOCK, E32M8);
    for (int r = 0; r < ATTEND_RUNS; n += runs[r++].count) {
        const float *keys = runs[r].keys;
        for (int t = 0; t < runs[r].count; t += KEY_BLOCK, keys += key_stride) {
            const float *key = keys;
            VMV_ZERO(0);
            for (int i = 0; i < head_size; i++, key += KEY_BLOCK) {
                VLE32(8, key);
                VFMUL_F(8, 8, q[i]);
                VFADD_V(0, 0, 8);
            }
            VFDIV_F(0, 0, root);
            VSE32(0, scores + n + t);
        }
    }
    rvv_softmax(scores, n);
    memset(out, 0, (size_t)head_size * sizeof *out);
    for (int r = 0; r < ATTEND_RUNS; scores += runs[r++].count) {
        const float *values = runs[r].values;
        const int count = runs[r].count;
        for (int i = 0; count && i < head_size; i += 32) {
            if (head_size - i > 16)
                WEIGHTED_SUM(head_size - i < 32 ? head_size - i : 32, E32M8);
            else
                WEIGHTED_SUM(head_size - i, E32M4);
        }
    }
}

/* Words of two bfloat16 in v0: the low halves as floats to v8, the high halves as floats in v0. */
#define SPLIT_HALVES() \
    do { \
        VSLL_I(8, 0, 16); \
        VAND_X(0, 0, 0xffff0000u); \
    } while (0)

/* WEIGHTED_SUM for words: adds the low halves to out + i, the high ones to out + half + i. */
#define WEIGHTED_SUM_HALVES(length, vtype) \
    do { \
        const uint32_t *value = values + i; \
        VSETVL(length, vtype); \
        VLE32(16, out + i); \
        VLE32(24, out + half + i); \
        _Pragma("GCC unroll 4") \
        for (int t = 0; t < count; t++, value += value_stride) { \
            VLE32(0, value); \
            SPLIT_HALVES(); \
            VFMUL_F(8, 8, scores[t]); \
            VFMUL_F(0, 0, scores[t]); \
            VFADD_V(16, 16, 8); \
            VFADD_V(24, 24, 0); \
        } \
        VSE32(16, out + i); \
        VSE32(24, out + half + i); \
        i += length; \
    } while (0)

/* Scores of a short run, in blocks of 16 timesteps. */
static void rvv_score_short(float *scores, const float *q, const PairRun *run, int key_stride,
                            int head_size, float root)
{
    const uint32_t *keys = run->keys;
    VSETVL(SHORT_BLOCK, E32M2);
    for (int t = 0; t < run->count; t += 2 * SHORT_BLOCK, keys += key_stride) {
        const uint32_t *key = keys;
        VMV_ZERO(16);
        VMV_ZERO(24);
        for (int i = 0; i < head_size; i++, key += SHORT_BLOCK) {
            VLE32(0, key);
            SPLIT_HALVES();
            VFMUL_F(8, 8, q[i]);
            VFMUL_F(0, 0, q[i]);
            VFADD_V(16, 16, 8);
            VFADD_V(24, 24, 0);
        }
        VFDIV_F(16, 16, root);
        VSE32(16, scores + t);
        if (t + SHORT_BLOCK < run->count) {
            VFDIV_F(24, 24, root);
            VSE32(24, scores + t + SHORT_BLOCK);
        }
    }
}

/* Adds q[i] times the words of each dimension, `step` apart, to the sums in v16 and v24. */
#define ADD_SCORES(step) \
    do { \
        _Pragma("GCC unroll 4") \
        for (int i = 0; i < head_size; i++, key += (step)) { \
            VLE32(0, key); \
            SPLIT_HALVES(); \
            VFMUL_F(8, 8, q[i]); \
            VFMUL_F(0, 0, q[i]); \
            VFADD_V(16, 16, 8); \
            VFADD_V(24, 24, 0); \
        } \
    } while (0)

/* The same with the low halves alone, which go to v16. */
#define ADD_LOW_SCORES(step) \
    do { \
        _Pragma("GCC unroll 4") \
        for (int i = 0; i < head_size; i++, key += (step)) { \
            VLE32(8, key); \
            VSLL_I(8, 8, 16); \
            VFMUL_F(8, 8, q[i]); \
            VFADD_V(16, 16, 8); \
        } \
    } while (0)

/* Scores of the last `count` timesteps, 48 at most: in as few registers as hold the words. */
static inline __attribute__((always_inline)) void
rvv_score_last(float *scores, const float *q, const uint32_t *keys, int count, int head_size,
               float root)
{
    for (int at = 0; at < KEY_BLOCK && at < count; at += KEY_BLOCK / 2) {
        const uint32_t *key = keys + at;
        if (count - at > KEY_BLOCK / 4)
            VSETVL(KEY_BLOCK / 2, E32M4);
        else
            VSETVL(KEY_BLOCK / 4, E32M2);
        VMV_ZERO(16);
        if (at + KEY_BLOCK < count) {
            VMV_ZERO(24);
            ADD_SCORES(KEY_BLOCK);
            VFDIV_F(24, 24, root);
            VSE32(24, scores + at + KEY_BLOCK);
        } else {
            ADD_LOW_SCORES(KEY_BLOCK);
        }
        VFDIV_F(16, 16, root);
        VSE32(16, scores + at);
    }
}

/* Scores of the timesteps of a run. */
static inline __attribute__((always_inline)) void
rvv_score_pairs(float *scores, const float *q, const PairRun *run, int key_stride, int head_size,
                float root)
{
    enum { WHOLE = KEY_BLOCK + KEY_BLOCK / 2 }; /* more timesteps than this take all words */
    const uint32_t *keys = run->keys;
    if (run->is_short) {
        rvv_score_short(scores, q, run, key_stride / (KEY_BLOCK / SHORT_BLOCK), head_size, root);
        return;
    }
    int t = 0;
    for (; run->count - t > WHOLE; t += 2 * KEY_BLOCK, keys += key_stride) {
        const uint32_t *key = keys;
        VSETVL(KEY_BLOCK, E32M8);
        VMV_ZERO(16);
        VMV_ZERO(24);
        ADD_SCORES(KEY_BLOCK);
        VFDIV_F(16, 16, root);
        VSE32(16, scores + t);
        VFDIV_F(24, 24, root);
        VSE32(24, scores + t + KEY_BLOCK);
    }
    rvv_score_last(scores + t, q, keys, run->count - t, head_size, root);
}

/* Adds what a run gives to an output. */
static inline __attribute__((always_inline)) void
rvv_add_run(float *out, const float *scores, const PairRun *run, int value_stride, int half)
{
    const uint32_t *values = run->values;
    const int count = run->count;
    for (int i = 0; count && i < half;) {
        int left = half - i;
        if (left >= 32)
            WEIGHTED_SUM_HALVES(32, E32M8);
        else if (left >= 16)
            WEIGHTED_SUM_HALVES(16, E32M4);
        else if (left > 8)
            WEIGHTED_SUM_HALVES(left, E32M4);
        else
            WEIGHTED_SUM_HALVES(left, E32M2);
    }
}

static void rvv_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                              int value_stride, int head_size, float *scores)
{
    float root = sqrtf((float)head_size);
    int n = 0;
    for (int r = 0; r < ATTEND_RUNS; n += runs[r++].count)
        rvv_score_pairs(scores + n, q, &runs[r], key_stride, head_size, root);
    rvv_softmax(scores, n);
    memset(out, 0, (size_t)head_size * sizeof *out);
    for (int r = 0; r < ATTEND_RUNS; scores += runs[r++].count)
        rvv_add_run(out, scores, &runs[r], value_stride, head_size / 2);
}

/* Words of two bfloat16 in v0..v3: the low ones as floats to v4, the high ones stay in v0. */
#define SPLIT_QUARTER() \
    do { \
        VSLL_I(4, 0, 16); \
        VAND_X(0, 0, 0xffff0000u); \
    } while (0)

/* Adds factor * the floats of SPLIT_QUARTER to the sums `low` and `high`. */
#define ADD_SCALED(low, high, factor) \
    do { \
        float scalar = (factor); \
        VFMUL_F(8, 4, scalar); \
        VFMUL_F(12, 0, scalar); \
        VFADD_V(low, low, 8); \
        VFADD_V(high, high, 12); \
    } while (0)

/* Scores of the past for two queries, 16 words of the keys at a time. */
static void rvv_score_pairs_two(const PairQuery *queries, const PairRun *past, int key_stride,
                                int head_size, float root)
{
    const float *q0 = queries[0].q, *q1 = queries[1].q;
    const uint32_t *keys = past->keys;
    VSETVL(KEY_BLOCK / 2, E32M4);
    for (int t = 0; t < past->count; t += 2 * KEY_BLOCK, keys += key_stride)
        for (int at = 0; at < KEY_BLOCK && t + at < past->count; at += KEY_BLOCK / 2) {
            const uint32_t *key = keys + at;
            float *scores0 = queries[0].scores + t + at, *scores1 = queries[1].scores + t + at;
            VMV_ZERO(16);
            VMV_ZERO(20);
            VMV_ZERO(24);
            VMV_ZERO(28);
            for (int i = 0; i < head_size; i++, key += KEY_BLOCK) {
                VLE32(0, key);
                SPLIT_QUARTER();
                ADD_SCALED(16, 20, q0[i]);
                ADD_SCALED(24, 28, q1[i]);
            }
            VFDIV_F(16, 16, root);
            VFDIV_F(24, 24, root);
            VSE32(16, scores0);
            VSE32(24, scores1);
            if (t + at + KEY_BLOCK < past->count) {
                VFDIV_F(20, 20, root);
                VFDIV_F(28, 28, root);
                VSE32(20, scores0 + KEY_BLOCK);
                VSE32(28, scores1 + KEY_BLOCK);
            }
        }
}

/* What the past gives to the outputs of two queries, up to 16 words of the values at a time. */
static void rvv_sum_pairs_two(const PairQuery *queries, const PairRun *past, int value_stride,
                              int half)
{
    for (int i = 0; i < half; i += 16) {
        const uint32_t *value = past->values + i;
        const float *scores0 = queries[0].scores, *scores1 = queries[1].scores;
        VSETVL(half - i < 16 ? half - i : 16, E32M4);
        VMV_ZERO(16);
        VMV_ZERO(20);
        VMV_ZERO(24);
        VMV_ZERO(28);
        for (int t = 0; t < past->count; t++, value += value_stride) {
            VLE32(0, value);
            SPLIT_QUARTER();
            ADD_SCALED(16, 20, scores0[t]);
            ADD_SCALED(24, 28, scores1[t]);
        }
        VSE32(16, queries[0].out + i);
        VSE32(20, queries[0].out + half + i);
        VSE32(24, queries[1].out + i);
        VSE32(28, queries[1].out + half + i);
    }
}

static void rvv_attend_two(const PairQuery *queries, const PairRun *past, int key_stride,
                           int value_stride, int head_size)
{
    float root = sqrtf((float)head_size);
    rvv_score_pairs_two(queries, past, key_stride, head_size, root);
    for (int p = 0; p < 2; p++) {
        const PairQuery *query = &queries[p];
        rvv_score_pairs(query->scores + past->count, query->q, &query->own, key_stride, head_size,
                        root);
        rvv_softmax(query->scores, past->count + query->own.count);
    }
    rvv_sum_pairs_two(queries, past, value_stride, head_size / 2);
    for (int p = 0; p < 2; p++)
        rvv_add_run(queries[p].out, queries[p].scores + past->count, &queries[p].own, value_stride,
                    head_size / 2);
}

static void rvv_attend_halves_together(const PairQuery *queries, int n, PairRun past,
                                       int key_stride, int value_stride, int head_size)
{
    int i = 0;
    for (; past.count && i + 2 <= n; i += 2)
        rvv_attend_two(queries + i, &past, key_stride, value_stride, head_size);
    attend_each(rvv_attend_halves, queries + i, n - i, past, key_stride, value_stride, head_size);
}

#endif
