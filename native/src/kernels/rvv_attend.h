/* Attention of one head for VLEN 128: positions in the lanes for scores, dimensions for values. */
#ifndef STORYTELLER_KERNELS_RVV_ATTEND_H
#define STORYTELLER_KERNELS_RVV_ATTEND_H

#include <math.h>

#include "kernels/kernels.h"
#include "kernels/rvv_instructions.h"
#include "kernels/rvv_vectors.h"

/* out[0..length) = sum over t ascending of scores[t] * values[t * value_stride + 0..length). */
#define WEIGHTED_SUM(length, vtype) \
    do { \
        const float *value = values + i; \
        VSETVL(length, vtype); \
        VMV_ZERO(0); \
        for (int t = 0; t <= pos; t++, value += value_stride) { \
            VLE32(8, value); \
            VFMUL_F(8, 8, scores[t]); \
            VFADD_V(0, 0, 8); \
        } \
        VSE32(0, out + i); \
    } while (0)

static void rvv_attend(float *out, const float *q, const float *keys, int key_stride,
                       const float *values, int value_stride, int head_size, int pos,
                       float *scores)
{
    float root = sqrtf((float)head_size);
    VSETVL(KEY_BLOCK, E32M8);
    for (int t = 0; t <= pos; t += KEY_BLOCK, keys += key_stride) {
        const float *key = keys;
        VMV_ZERO(0);
        for (int i = 0; i < head_size; i++, key += KEY_BLOCK) {
            VLE32(8, key);
            VFMUL_F(8, 8, q[i]);
            VFADD_V(0, 0, 8);
        }
        VFDIV_F(0, 0, root);
        VSE32(0, scores + t);
    }
    rvv_softmax(scores, pos + 1);
    for (int i = 0; i < head_size; i += 32) {
        if (head_size - i > 16)
            WEIGHTED_SUM(head_size - i < 32 ? head_size - i : 32, E32M8);
        else
            WEIGHTED_SUM(head_size - i, E32M4);
    }
}

/* Words of two bfloat16 in v0: the low halves as floats to v8, the high halves as floats in v0. */
#define SPLIT_HALVES() \
    do { \
        VSLL_I(8, 0, 16); \
        VAND_X(0, 0, 0xffff0000u); \
    } while (0)

/* WEIGHTED_SUM for words: the low halves to out + i, the high ones to out + half + i. */
#define WEIGHTED_SUM_HALVES(length, vtype) \
    do { \
        const uint32_t *value = values + i; \
        VSETVL(length, vtype); \
        VMV_ZERO(16); \
        VMV_ZERO(24); \
        for (int t = 0; t <= pos; t++, value += value_stride) { \
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

static void rvv_attend_halves(float *out, const float *q, const uint32_t *keys, int key_stride,
                              const uint32_t *values, int value_stride, int head_size, int pos,
                              float *scores)
{
    float root = sqrtf((float)head_size);
    VSETVL(KEY_BLOCK, E32M8);
    for (int t = 0; t <= pos; t += 2 * KEY_BLOCK, keys += key_stride) {
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
        if (t + KEY_BLOCK <= pos) {
            VFDIV_F(24, 24, root);
            VSE32(24, scores + t + KEY_BLOCK);
        }
    }
    rvv_softmax(scores, pos + 1);
    int half = head_size / 2;
    for (int i = 0; i < half;) {
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

#endif
