/* Norms, quantisation, activation and softmax with AVX2; sums run in the scalar order. */
#include <math.h>

#include "kernels/avx2.h"
#include "kernels/round_weights.h"

enum { LANES = AVX2_LANES };

static inline __m256 multiply_add(__m256 a, __m256 b, float c)
{
    return _mm256_add_ps(_mm256_mul_ps(a, b), _mm256_set1_ps(c));
}

/* exp_f32 of arithmetic.h, operation by operation the same. */
static inline __m256 exp_256(__m256 x)
{
    __m256 vanishes = _mm256_cmp_ps(x, _mm256_set1_ps(EXP_MIN), _CMP_LT_OQ);
    x = _mm256_min_ps(_mm256_set1_ps(EXP_MAX), x); /* in this order a NaN stays */
    __m256 shifted = multiply_add(x, _mm256_set1_ps(EXP_LOG2E), EXP_MAGIC);
    __m256 n = _mm256_sub_ps(shifted, _mm256_set1_ps(EXP_MAGIC));
    __m256 r = _mm256_sub_ps(x, _mm256_mul_ps(n, _mm256_set1_ps(EXP_LN2_HI)));
    r = _mm256_sub_ps(r, _mm256_mul_ps(n, _mm256_set1_ps(EXP_LN2_LO)));
    __m256 p = _mm256_set1_ps(EXP_C6);
    p = multiply_add(p, r, EXP_C5);
    p = multiply_add(p, r, EXP_C4);
    p = multiply_add(p, r, EXP_C3);
    p = multiply_add(p, r, EXP_C2);
    p = multiply_add(p, r, EXP_C1);
    p = _mm256_add_ps(_mm256_mul_ps(p, _mm256_mul_ps(r, r)), r);
    p = _mm256_add_ps(p, _mm256_set1_ps(1.0f));
    __m256i power = _mm256_slli_epi32(_mm256_castps_si256(shifted), 23);
    __m256i bits = _mm256_add_epi32(_mm256_castps_si256(p), power);
    return _mm256_andnot_ps(vanishes, _mm256_castsi256_ps(bits));
}

static inline float highest_lane(__m256 x)
{
    float lanes[LANES];
    _mm256_storeu_ps(lanes, x);
    float most = lanes[0];
    for (int i = 1; i < LANES; i++)
        most = lanes[i] > most ? lanes[i] : most;
    return most;
}

void avx2_quantise(const float *x, int cols, int stride, int group, int8_t *q, float *scale,
                   int32_t *sum)
{
    const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
    const __m256 magic = _mm256_set1_ps(EXP_MAGIC);
    for (int g = 0; g < stride / group; g++) {
        int start = g * group;
        __m256 most = _mm256_setzero_ps();
        for (int k = start; k < start + group && k < cols; k += LANES)
            most = _mm256_max_ps(_mm256_and_ps(avx2_load_below(x, k, cols), magnitude), most);
        float m = highest_lane(most);
        __m256 inverse = _mm256_set1_ps(m > 0.0f ? 127.0f / m : 0.0f);
        __m256i total = _mm256_setzero_si256();
        for (int k = start; k < start + group; k += LANES) {
            __m256 value = k < cols ? avx2_load_below(x, k, cols) : _mm256_setzero_ps();
            __m256 shifted = _mm256_add_ps(_mm256_mul_ps(value, inverse), magic);
            /* the low byte is the integer */
            __m256i whole = _mm256_srai_epi32(
                _mm256_slli_epi32(_mm256_castps_si256(shifted), 24), 24);
            total = _mm256_add_epi32(total, whole);
            __m128i halves = _mm_packs_epi32(_mm256_castsi256_si128(whole),
                                             _mm256_extracti128_si256(whole, 1));
            _mm_storel_epi64((__m128i *)(void *)(q + k), _mm_packs_epi16(halves, halves));
        }
        int32_t totals[LANES];
        _mm256_storeu_si256((__m256i *)(void *)totals, total);
        scale[g] = m / 127.0f;
        sum[g] = 0;
        for (int i = 0; i < LANES; i++)
            sum[g] += totals[i];
    }
}

void avx2_rmsnorm(float *out, const float *x, const float *weight, int n)
{
    float sum = 0.0f;
    for (int j = 0; j < n; j++)
        sum += x[j] * x[j];
    __m256 s = _mm256_set1_ps(1.0f / sqrtf(sum / (float)n + 1e-5f));
    for (int j = 0; j < n; j += LANES)
        avx2_store_below(out, j, n, _mm256_mul_ps(avx2_load_below(weight, j, n),
                                                  _mm256_mul_ps(s, avx2_load_below(x, j, n))));
}

void avx2_swiglu(float *gate, const float *up, int n)
{
    const __m256 one = _mm256_set1_ps(1.0f), sign = _mm256_set1_ps(-0.0f);
    for (int j = 0; j < n; j += LANES) {
        __m256 g = avx2_load_below(gate, j, n);
        __m256 e = exp_256(_mm256_xor_ps(g, sign));
        __m256 sigmoid = _mm256_div_ps(one, _mm256_add_ps(one, e));
        avx2_store_below(gate, j, n, _mm256_mul_ps(_mm256_mul_ps(g, sigmoid),
                                                   avx2_load_below(up, j, n)));
    }
}

/* The largest of n values; one that is not a number counts only in the first place. */
static float largest(const float *x, int n)
{
    enum { CHAINS = 4 }; /* a maximum takes four cycles, and two of them start in each */
    __m256 highest[CHAINS];
    for (int c = 0; c < CHAINS; c++)
        highest[c] = _mm256_set1_ps(x[0]);
    int i = 0;
    for (; i + CHAINS * LANES <= n; i += CHAINS * LANES)
        for (int c = 0; c < CHAINS; c++)
            highest[c] = _mm256_max_ps(_mm256_loadu_ps(x + i + c * LANES), highest[c]);
    for (; i + LANES <= n; i += LANES)
        highest[0] = _mm256_max_ps(_mm256_loadu_ps(x + i), highest[0]);
    __m256 low = _mm256_max_ps(highest[1], highest[0]), high = _mm256_max_ps(highest[3], highest[2]);
    float most = highest_lane(_mm256_max_ps(high, low));
    for (; i < n; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

/* x = exp(x - the largest) */
static void exp_below_largest(float *x, int n)
{
    __m256 most = _mm256_set1_ps(largest(x, n));
    for (int i = 0; i < n; i += LANES)
        avx2_store_below(x, i, n, exp_256(_mm256_sub_ps(avx2_load_below(x, i, n), most)));
}

static void divide(float *x, int n, float sum)
{
    for (int i = 0; i < n; i += LANES)
        avx2_store_below(x, i, n, _mm256_div_ps(avx2_load_below(x, i, n), _mm256_set1_ps(sum)));
}

void avx2_softmax_four(float *const x[4], const int n[4])
{
    float sums[4] = {0};
    int least = n[0];
    for (int p = 0; p < 4; p++) {
        exp_below_largest(x[p], n[p]);
        least = n[p] < least ? n[p] : least;
    }
    for (int i = 0; i < least; i++) /* each addition waits for the one before: four go at once */
        for (int p = 0; p < 4; p++)
            sums[p] += x[p][i];
    for (int p = 0; p < 4; p++) {
        for (int i = least; i < n[p]; i++)
            sums[p] += x[p][i];
        divide(x[p], n[p], sums[p]);
    }
}

void avx2_softmax(float *x, int n)
{
    const __m256 most = _mm256_set1_ps(largest(x, n));
    float sum = 0.0f;
    for (int i = 0; i < n; i += LANES) {
        __m256 shifted = _mm256_sub_ps(avx2_load_below(x, i, n), most);
        avx2_store_below(x, i, n, exp_256(shifted));
        for (int j = i; j < n && j < i + LANES; j++)
            sum += x[j];
    }
    divide(x, n, sum);
}

void avx2_exp_weights(float *weights, const float *x, int n, float temperature, float shift)
{
    const __m256 divisor = _mm256_set1_ps(temperature), most = _mm256_set1_ps(shift);
    for (int j = 0; j < n; j += LANES) {
        __m256 quotient = _mm256_div_ps(avx2_load_below(x, j, n), divisor);
        avx2_store_below(weights, j, n, exp_256(_mm256_sub_ps(quotient, most)));
    }
}

static inline __m256d widened(__m256 x, int half)
{
    return _mm256_cvtps_pd(half ? _mm256_extractf128_ps(x, 1) : _mm256_castps256_ps128(x));
}

/* round_weights_lanes, its sums in registers. */
double avx2_round_weights(float *weights, int n)
{
    const __m256 coarse = _mm256_set1_ps(ROUND_COARSE), fine = _mm256_set1_ps(ROUND_FINE);
    __m256d sums[4] = { _mm256_setzero_pd(), _mm256_setzero_pd(), _mm256_setzero_pd(),
                        _mm256_setzero_pd() };
    int i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES)
        for (int part = 0; part < 2; part++) {
            __m256 w = _mm256_loadu_ps(weights + i + part * LANES);
            __m256 top = _mm256_sub_ps(_mm256_add_ps(w, coarse), coarse);
            __m256 rest = _mm256_sub_ps(_mm256_add_ps(_mm256_sub_ps(w, top), fine), fine);
            w = _mm256_add_ps(top, rest);
            _mm256_storeu_ps(weights + i + part * LANES, w);
            sums[2 * part] = _mm256_add_pd(sums[2 * part], widened(w, 0));
            sums[2 * part + 1] = _mm256_add_pd(sums[2 * part + 1], widened(w, 1));
        }
    double lanes[4], sum = round_weights_lanes(weights + i, n - i);
    _mm256_storeu_pd(lanes, _mm256_add_pd(_mm256_add_pd(sums[0], sums[1]),
                                          _mm256_add_pd(sums[2], sums[3])));
    return sum + ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]));
}

int avx2_collect(int *indices, const float *p, int n, float least)
{
    int count = 0, j = 0;
    for (; j + LANES <= n; j += LANES) {
        __m256 taken = _mm256_cmp_ps(_mm256_loadu_ps(p + j), _mm256_set1_ps(least), _CMP_GE_OQ);
        unsigned lanes = (unsigned)_mm256_movemask_ps(taken);
        for (; lanes; lanes &= lanes - 1)
            indices[count++] = j + __builtin_ctz(lanes);
    }
    for (; j < n; j++)
        if (p[j] >= least)
            indices[count++] = j;
    return count;
}

int avx2_argmax(const float *x, int n)
{
    float most = largest(x, n);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        __m256 found = _mm256_cmp_ps(_mm256_loadu_ps(x + i), _mm256_set1_ps(most), _CMP_EQ_OQ);
        int lanes = _mm256_movemask_ps(found);
        if (lanes)
            return i + __builtin_ctz((unsigned)lanes);
    }
    for (; i < n; i++)
        if (x[i] == most)
            return i;
    return 0; /* only where the first value is not a number */
}
