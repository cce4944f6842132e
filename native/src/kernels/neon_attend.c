/* Attention with NEON: timesteps in the lanes for the scores, the head's width for the sum. */
#include <arm_neon.h>
#include <math.h>

#include "kernels/arithmetic.h"
#include "kernels/attend_each.h"
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

/* Scores of a block of 32 timesteps. */
static void score_block(float *scores, const float *q, const float *keys, int head_size,
                        float root)
{
    float32x4_t acc[REGISTERS];
    for (int j = 0; j < REGISTERS; j++)
        acc[j] = vdupq_n_f32(0.0f);
    for (int i = 0; i < head_size; i++)
        for (int j = 0; j < REGISTERS; j++)
            acc[j] = accumulate(acc[j], vdupq_n_f32(q[i]),
                                vld1q_f32(keys + i * KEY_BLOCK + j * LANES));
    store_scores(scores, acc, root);
}

void neon_attend(float *out, const float *q, const FloatRun *runs, int key_stride,
                 int value_stride, int head_size, float *scores)
{
    float root = sqrtf((float)head_size);
    int n = 0;
    for (int r = 0; r < ATTEND_RUNS; n += runs[r++].count)
        for (int t = 0; t < runs[r].count; t += KEY_BLOCK)
            score_block(scores + n + t, q,
                        runs[r].keys + (size_t)(t / KEY_BLOCK) * (size_t)key_stride, head_size,
                        root);
    scalar_softmax(scores, n);
    for (int i = 0; i < head_size; i++)
        out[i] = 0.0f;
    for (int r = 0; r < ATTEND_RUNS; r++) {
        const float *values = runs[r].values;
        for (int t = 0; t < runs[r].count; t++, values += value_stride, scores++)
            for (int i = 0; i < head_size; i++)
                out[i] += *scores * values[i];
    }
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

/* Scores of a short run, in blocks of 16 timesteps. */
static void score_short(float *scores, const float *q, const PairRun *run, int key_stride,
                        int head_size, float root)
{
    enum { SHORT_REGISTERS = SHORT_BLOCK / LANES };
    const uint32_t *keys = run->keys;
    for (int t = 0; t < run->count; t += 2 * SHORT_BLOCK, keys += key_stride)
        for (int j = 0; j < SHORT_REGISTERS; j++) {
            float32x4_t low = vdupq_n_f32(0.0f), high = low;
            for (int i = 0; i < head_size; i++) {
                uint32x4_t words = vld1q_u32(keys + i * SHORT_BLOCK + j * LANES);
                low = accumulate(low, vdupq_n_f32(q[i]), low_halves(words));
                high = accumulate(high, vdupq_n_f32(q[i]), high_halves(words));
            }
            float *out = scores + t + j * LANES;
            vst1q_f32(out, vdivq_f32(low, vdupq_n_f32(root)));
            vst1q_f32(out + SHORT_BLOCK, vdivq_f32(high, vdupq_n_f32(root)));
        }
}

static void score_run(float *scores, const float *q, const PairRun *run, int key_stride,
                      int head_size, float root)
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

/* Adds four words of the values, and so eight dimensions, over the timesteps of a run. */
static void sum_pairs(float *low_out, float *high_out, const float *scores, const uint32_t *values,
                      int value_stride, int count)
{
    float32x4_t low = vld1q_f32(low_out), high = vld1q_f32(high_out);
    for (int t = 0; t < count; t++, values += value_stride) {
        uint32x4_t words = vld1q_u32(values);
        low = accumulate(low, vdupq_n_f32(scores[t]), low_halves(words));
        high = accumulate(high, vdupq_n_f32(scores[t]), high_halves(words));
    }
    vst1q_f32(low_out, low);
    vst1q_f32(high_out, high);
}

static void sum_run(float *out, const float *scores, const PairRun *run, int value_stride, int half)
{
    int at = 0;
    for (; at + LANES <= half; at += LANES)
        sum_pairs(out + at, out + half + at, scores, run->values + at, value_stride, run->count);
    for (; at < half; at++)
        for (int t = 0; t < run->count; t++) {
            uint32_t word = run->values[(size_t)t * (size_t)value_stride + (size_t)at];
            out[at] += scores[t] * float_of(word << 16);
            out[half + at] += scores[t] * float_of(word & 0xffff0000u);
        }
}

void neon_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                        int value_stride, int head_size, float *scores)
{
    float root = sqrtf((float)head_size);
    int n = 0;
    for (int r = 0; r < ATTEND_RUNS; n += runs[r++].count)
        score_run(scores + n, q, &runs[r], key_stride, head_size, root);
    scalar_softmax(scores, n);
    for (int i = 0; i < head_size; i++)
        out[i] = 0.0f;
    for (int r = 0; r < ATTEND_RUNS; scores += runs[r++].count)
        sum_run(out, scores, &runs[r], value_stride, head_size / 2);
}

void neon_attend_halves_together(const PairQuery *queries, int n, PairRun past, int key_stride,
                                 int value_stride, int head_size)
{
    attend_each(neon_attend_halves, queries, n, past, key_stride, value_stride, head_size);
}
