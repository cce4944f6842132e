/* Attention of one head for VLEN 128: positions in the lanes for scores, dimensions for values. */
#ifndef STORYTELLER_KERNELS_RVV_ATTEND_H
#define STORYTELLER_KERNELS_RVV_ATTEND_H

#include <math.h>
#include <string.h>

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

/* Scores of the timesteps of a run. */
static void rvv_score_pairs(float *scores, const float *q, const PairRun *run, int key_stride,
                            int head_size, float root)
{
    const uint32_t *keys = run->keys;
    VSETVL(KEY_BLOCK, E32M8);
    for (int t = 0; t < run->count; t += 2 * KEY_BLOCK, keys += key_stride) {
        const uint32_t *key = keys;
        VMV_ZERO(16);
        VMV_ZERO(24);
        for (int i = 0; i < head_size; i++, key += KEY_BLOCK) {
            VLE32(0, key);
            SPLIT_HALVES();
            VFMUL_F(8, 8, q[i]);
            VFMUL_F(0, 0, q[i]);
            VFADD_V(16, 16, 8);
            VFADD_V(24, 24, 0);
        }
        VFDIV_F(16, 16, root);
        VSE32(16, scores + t);
        if (t + KEY_BLOCK < run->count) {
            VFDIV_F(24, 24, root);
            VSE32(24, scores + t + KEY_BLOCK);
        }
    }
}

static void rvv_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                              int value_stride, int head_size, float *scores)
{
    float root = sqrtf((float)head_size);
    int n = 0, half = head_size / 2;
    for (int r = 0; r < ATTEND_RUNS; n += runs[r++].count)
        rvv_score_pairs(scores + n, q, &runs[r], key_stride, head_size, root);
    rvv_softmax(scores, n);
    memset(out, 0, (size_t)head_size * sizeof *out);
    for (int r = 0; r < ATTEND_RUNS; scores += runs[r++].count) {
        const uint32_t *values = runs[r].values;
        const int count = runs[r].count;
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
}

static void rvv_attend_halves_together(const PairQuery *queries, int n, PairRun past,
                                       int key_stride, int value_stride, int head_size)
{
    for (int i = 0; i < n; i++) {
        const PairRun runs[ATTEND_RUNS] = { past, queries[i].own };
        rvv_attend_halves(queries[i].out, queries[i].q, runs, key_stride, value_stride, head_size,
                          queries[i].scores);
    }
}

#endif
