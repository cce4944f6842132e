/* The specification of everything that is not a matrix product. */
#include <math.h>

#include "kernels/arithmetic.h"
#include "kernels/attend_each.h"
#include "kernels/scalar.h"

void scalar_quantise(const float *x, int cols, int stride, int group, int8_t *q, float *scale,
                     int32_t *sum)
{
    for (int g = 0; g < stride / group; g++) {
        int start = g * group, end = start + group < cols ? start + group : cols;
        float most = 0.0f;
        for (int k = start; k < end; k++)
            most = fabsf(x[k]) > most ? fabsf(x[k]) : most;
        float inverse = most > 0.0f ? 127.0f / most : 0.0f;
        int32_t total = 0;
        for (int k = start; k < start + group; k++) {
            /* the low byte of the sum is the rounded integer in two's complement */
            uint32_t bits = bits_of((k < end ? x[k] * inverse : 0.0f) + EXP_MAGIC);
            q[k] = (int8_t)(uint8_t)bits;
            total += q[k];
        }
        scale[g] = most / 127.0f;
        sum[g] = total;
    }
}

void scalar_quantise_q80(const float *x, int cols, int group, int8_t *q, float *scale,
                         int32_t *sum)
{
    for (int g = 0; g < cols / group; g++) {
        float most = 0.0f;
        for (int k = g * group; k < (g + 1) * group; k++)
            most = fabsf(x[k]) > most ? fabsf(x[k]) : most;
        scale[g] = most / 127.0f;
        sum[g] = 0;
        for (int k = g * group; k < (g + 1) * group; k++) {
            float quotient = most > 0.0f ? x[k] / scale[g] : 0.0f;
            /* a subnormal scale may leave more than 127; NaN fails both comparisons */
            quotient = quotient > -127.5f && quotient < 127.5f ? quotient : 0.0f;
            q[k] = (int8_t)roundf(quotient);
            sum[g] += q[k];
        }
    }
}

void scalar_rmsnorm(float *out, const float *x, const float *weight, int n)
{
    float sum = 0.0f;
    for (int j = 0; j < n; j++)
        sum += x[j] * x[j];
    float s = 1.0f / sqrtf(sum / (float)n + 1e-5f);
    for (int j = 0; j < n; j++)
        out[j] = weight[j] * (s * x[j]);
}

void scalar_rotate(float *x, const float *rotation, int heads, int head_size)
{
    for (int i = 0; i < heads * head_size; i += head_size)
        for (int j = 0; j < head_size; j += 2) {
            float cosine = rotation[j], sine = rotation[j + 1], a = x[i + j], b = x[i + j + 1];
            x[i + j] = a * cosine - b * sine;
            x[i + j + 1] = a * sine + b * cosine;
        }
}

void scalar_add(float *x, const float *y, int n)
{
    for (int j = 0; j < n; j++)
        x[j] += y[j];
}

void scalar_swiglu(float *gate, const float *up, int n)
{
    for (int j = 0; j < n; j++)
        gate[j] = (gate[j] * (1.0f / (1.0f + exp_f32(-gate[j])))) * up[j];
}

void scalar_softmax(float *x, int n)
{
    float most = x[0];
    for (int i = 1; i < n; i++)
        most = x[i] > most ? x[i] : most;
    float sum = 0.0f;
    for (int i = 0; i < n; i++) {
        x[i] = exp_f32(x[i] - most);
        sum += x[i];
    }
    for (int i = 0; i < n; i++)
        x[i] /= sum;
}

void scalar_exp_weights(float *weights, const float *x, int n, float temperature, float shift)
{
    for (int j = 0; j < n; j++)
        weights[j] = exp_f32(x[j] / temperature - shift);
}

void scalar_attend(float *out, const float *q, const FloatRun *runs, int key_stride,
                   int value_stride, int head_size, float *scores)
{
    float root = sqrtf((float)head_size);
    int n = 0;
    for (int run = 0; run < ATTEND_RUNS; run++)
        for (int t = 0; t < runs[run].count; t++) {
            const float *key = runs[run].keys + (size_t)(t / KEY_BLOCK) * (size_t)key_stride
                             + t % KEY_BLOCK;
            float score = 0.0f;
            for (int i = 0; i < head_size; i++)
                score += q[i] * key[(size_t)i * KEY_BLOCK];
            scores[n++] = score / root;
        }
    scalar_softmax(scores, n);
    for (int i = 0; i < head_size; i++)
        out[i] = 0.0f;
    for (int run = 0; run < ATTEND_RUNS; run++)
        for (int t = 0; t < runs[run].count; t++) {
            const float *value = runs[run].values + (size_t)t * (size_t)value_stride;
            float score = *scores++;
            for (int i = 0; i < head_size; i++)
                out[i] += score * value[i];
        }
}

static float half_of(uint32_t word, bool high)
{
    return float_of(high ? word & 0xffff0000u : word << 16);
}

void scalar_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                          int value_stride, int head_size, float *scores)
{
    float root = sqrtf((float)head_size);
    int n = 0;
    for (int run = 0; run < ATTEND_RUNS; run++)
        for (int t = 0; t < runs[run].count; t++) {
            int width = runs[run].is_short ? SHORT_BLOCK : KEY_BLOCK, block = t / (2 * width);
            int stride = key_stride / KEY_BLOCK * width;
            const uint32_t *key = runs[run].keys + (size_t)block * (size_t)stride + t % width;
            bool high = t / width % 2;
            float score = 0.0f;
            for (int i = 0; i < head_size; i++)
                score += q[i] * half_of(key[(size_t)i * (size_t)width], high);
            scores[n++] = score / root;
        }
    scalar_softmax(scores, n);
    int half = head_size / 2;
    for (int i = 0; i < head_size; i++)
        out[i] = 0.0f;
    for (int run = 0; run < ATTEND_RUNS; run++)
        for (int t = 0; t < runs[run].count; t++) {
            const uint32_t *value = runs[run].values + (size_t)t * (size_t)value_stride;
            float score = *scores++;
            for (int i = 0; i < head_size; i++)
                out[i] += score * half_of(value[i % half], i >= half);
        }
}

void scalar_attend_halves_together(const PairQuery *queries, int n, PairRun past, int key_stride,
                                   int value_stride, int head_size)
{
    attend_each(scalar_attend_halves, queries, n, past, key_stride, value_stride, head_size);
}

int scalar_collect(int *indices, const float *p, int n, float least)
{
    int count = 0;
    for (int j = 0; j < n; j++)
        if (p[j] >= least)
            indices[count++] = j;
    return count;
}

int scalar_argmax(const float *x, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        if (x[i] > x[best])
            best = i;
    return best;
}
