/* Attention of one head for VLEN 128: positions in the lanes for scores, dimensions for values. */
#ifndef STORYTELLER_RVV_ATTEND_H
#define STORYTELLER_RVV_ATTEND_H

#include <math.h>

#include "../kernels.h"
#include "rvv_instructions.h"
#include "rvv_vectors.h"

/* out[0..length) = sum over t ascending of scores[t] * values[t * stride + 0..length). */
#define WEIGH(length, vtype) \
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

static void rvv_attend(float *out, const float *q, const float *keys, int key_stride, const float *values,
                int value_stride, int head_size, int pos, float *scores)
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
            WEIGH(head_size - i < 32 ? head_size - i : 32, E32M8);
        else
            WEIGH(head_size - i, E32M4);
    }
}

#endif
