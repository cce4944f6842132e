/* Attention with NEON: timesteps in the lanes for the scores, the head's width for the sum. */
#include <arm_neon.h>
#include <math.h>

#include "kernels/arithmetic.h"
#include "kernels/neon.h"
#include "kernels/scalar.h"

enum { LANES = 4, REGISTERS = KEY_BLOCK / LANES };

static inline float32x4_t accumulate(float32x4_t acc, float32x4_t a, float32x4_t b)
{
    return vaddq_f32(acc, vmulq_f32(a, b)); /* rounded twice */
}

static inline float32x4_t low_halves(uint32x4_t words)
{
    return vreinterpretq_f32_u32(vshlq_n_u32(words, 16));
}

static inline float32x4_t high_halves(uint32x4_t words)
{
    return vreinterpretq_f32_u32(vandq_u32(words, vdupq_n_u32(0xffff0000u)));
}

static inline void store_scores(float *scores, const float32x4_t acc[REGISTERS], float root)
{
    for (int j = 0; j < REGISTERS; j++)
        vst1q_f32(scores + j * LANES, vdivq_f32(acc[j], vdupq_n_f32(root)));
}

void neon_attend(float *out, const float *q, const float *keys, int key_stride,
                 const float *values, int value_stride, int head_size, int pos, float *scores)
{
    float root = sqrtf((float)head_size);
    for (int t = 0; t <= pos; t += KEY_BLOCK, keys += key_stride) {
        float32x4_t acc[REGISTERS];
        for (int j = 0; j < REGISTERS; j++)
            acc[j] = vdupq_n_f32(0.0f);
        for (int i = 0; i < head_size; i++)
            for (int j = 0; j < REGISTERS; j++)
                acc[j] = accumulate(acc[j], vdupq_n_f32(q[i]),
                                    vld1q_f32(keys + i * KEY_BLOCK + j * LANES));
        store_scores(scores + t, acc, root);
    }
    scalar_softmax(scores, pos + 1);
    for (int i = 0; i < head_size; i++)
        out[i] = 0.0f;
    for (int t = 0; t <= pos; t++, values += value_stride)
        for (int i = 0; i < head_size; i++)
            out[i] += scores[t] * values[i];
}

/* Scores of a block of 64 timesteps. */
static void score_pairs(float *scores, const float *q, const uint32_t *keys, int head_size,
                        float root)
{
    float32x4_t low[REGISTERS], high[REGISTERS];
    for (int j = 0; j < REGISTERS; j++)
        low[j] = high[j] = vdupq_n_f32(0.0f);
    for (int i = 0; i < head_size; i++)
        for (int j = 0; j < REGISTERS; j++) {
            uint32x4_t words = vld1q_u32(keys + i * KEY_BLOCK + j * LANES);
            low[j] = accumulate(low[j], vdupq_n_f32(q[i]), low_halves(words));
            high[j] = accumulate(high[j], vdupq_n_f32(q[i]), high_halves(words));
        }
    store_scores(scores, low, root);
    store_scores(scores + KEY_BLOCK, high, root);
}

/* Four words of the values, and so eight dimensions, over all timesteps. */
static void sum_pairs(float *low_out, float *high_out, const float *scores, const uint32_t *values,
                      int value_stride, int pos)
{
    float32x4_t low = vdupq_n_f32(0.0f), high = low;
    for (int t = 0; t <= pos; t++, values += value_stride) {
        uint32x4_t words = vld1q_u32(values);
        low = accumulate(low, vdupq_n_f32(scores[t]), low_halves(words));
        high = accumulate(high, vdupq_n_f32(scores[t]), high_halves(words));
    }
    vst1q_f32(low_out, low);
    vst1q_f32(high_out, high);
}

void neon_attend_halves(float *out, const float *q, const uint32_t *keys, int key_stride,
                        const uint32_t *values, int value_stride, int head_size, int pos,
                        float *scores)
{
    float root = sqrtf((float)head_size);
    for (int t = 0; t <= pos; t += 2 * KEY_BLOCK, keys += key_stride)
        score_pairs(scores + t, q, keys, head_size, root);
    scalar_softmax(scores, pos + 1);
    int half = head_size / 2, at = 0;
    for (; at + LANES <= half; at += LANES)
        sum_pairs(out + at, out + half + at, scores, values + at, value_stride, pos);
    for (; at < half; at++) {
        float low = 0.0f, high = 0.0f;
        for (int t = 0; t <= pos; t++) {
            uint32_t word = values[(size_t)t * (size_t)value_stride + (size_t)at];
            low += scores[t] * float_of(word << 16);
            high += scores[t] * float_of(word & 0xffff0000u);
        }
        out[at] = low;
        out[half + at] = high;
    }
}
