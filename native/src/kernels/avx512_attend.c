/* Attention with AVX-512: timesteps in the lanes for the scores, the head's width for the sum. */
#include <immintrin.h>
#include <math.h>

#include "avx512.h"

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

/* out[at .. at + 16 * registers) = sum over t of scores[t] * values[t]; `mask` for the last 16. */
static inline __attribute__((always_inline)) void
weigh(float *out, const float *scores, const float *values, int value_stride, int pos,
      int registers, __mmask16 mask)
{
    __m512 acc[4];
    for (int r = 0; r < registers; r++)
        acc[r] = _mm512_setzero_ps();
    for (int t = 0; t <= pos; t++, values += value_stride) {
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

void avx512_attend(float *out, const float *q, const float *keys, int key_stride,
                   const float *values, int value_stride, int head_size, int pos, float *scores)
{
    const __m512 root = _mm512_set1_ps(sqrtf((float)head_size));
    for (int t = 0; t <= pos; t += KEY_BLOCK)
        score_block(scores + t, q, keys + (size_t)(t / KEY_BLOCK) * (size_t)key_stride, head_size,
                    root);
    avx512_softmax(scores, pos + 1);
    for (int at = 0; at < head_size; at += 4 * LANES) {
        int left = head_size - at < 4 * LANES ? head_size - at : 4 * LANES;
        int registers = (left + LANES - 1) / LANES;
        __mmask16 mask = (__mmask16)(0xffffu >> (registers * LANES - left));
        switch (registers) {
        case 1: weigh(out + at, scores, values + at, value_stride, pos, 1, mask); break;
        case 2: weigh(out + at, scores, values + at, value_stride, pos, 2, mask); break;
        case 3: weigh(out + at, scores, values + at, value_stride, pos, 3, mask); break;
        default: weigh(out + at, scores, values + at, value_stride, pos, 4, mask); break;
        }
    }
}
