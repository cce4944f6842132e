/* Everything that is not a matrix product: 32 floats at a time. */
#ifndef STORYTELLER_KERNELS_RVV_VECTORS_H
#define STORYTELLER_KERNELS_RVV_VECTORS_H

#include <math.h>
#include <string.h>

#include "kernels/arithmetic.h"

#include "kernels/kernels.h"
#include "kernels/rvv_instructions.h"
#include "kernels/round_weights.h"

enum { LANES = 32 };

/* Loops over n elements, at most 32 at a time: [i, i + length). vl is set by the loop's body. */
#define EACH_STRETCH(n) \
    for (int i = 0, length; length = (n) - i < LANES ? (n) - i : LANES, i < (n); i += LANES)

/*
 * v24 = exp_f32 of v8, 32 floats; v0 to v31 are lost. Lanes below EXP_MIN go on with n = -127 and
 * r = 0, which ends in the bits of +0. n * EXP_LN2_HI is exact, so that one step may be fused.
 */
#define EXP() \
    do { \
        VMFLT_F(0, 8, EXP_MIN); \
        VFMIN_F(8, 8, EXP_MAX); \
        VFMUL_F(16, 8, EXP_LOG2E); \
        VFADD_F(16, 16, EXP_MAGIC); \
        VFSUB_F(24, 16, EXP_MAGIC); \
        VFNMSAC_F(8, EXP_LN2_HI, 24); \
        VFMUL_F(24, 24, EXP_LN2_LO); \
        VFSUB_V(8, 8, 24); \
        VMERGE_ZERO(8, 8); \
        VFMERGE_F(16, 16, EXP_MAGIC - 127.0f); \
        VFMUL_F(24, 8, EXP_C6); \
        VFADD_F(24, 24, EXP_C5); \
        VFMUL_V(24, 24, 8); \
        VFADD_F(24, 24, EXP_C4); \
        VFMUL_V(24, 24, 8); \
        VFADD_F(24, 24, EXP_C3); \
        VFMUL_V(24, 24, 8); \
        VFADD_F(24, 24, EXP_C2); \
        VFMUL_V(24, 24, 8); \
        VFADD_F(24, 24, EXP_C1); \
        VFMUL_V(0, 8, 8); \
        VFMUL_V(24, 24, 0); \
        VFADD_V(24, 24, 8); \
        VFADD_F(24, 24, 1.0f); \
        VSLL_I(16, 16, 23); \
        VADD_V(24, 24, 16); \
    } while (0)

static void rvv_quantise(const float *x, int cols, int stride, int group, int8_t *q, float *scale,
                         int32_t *sum)
{
    for (int g = 0; g * group < stride; g++, x += group, q += group, cols -= group) {
        int here = cols < 0 ? 0 : cols < group ? cols : group;
        VSETVL(1, E32M1);
        VMV_ZERO(0);
        EACH_STRETCH(here) {
            VSETVL(length, E32M8);
            VLE32(8, x + i);
            VFABS(8, 8);
            VFREDMAX(0, 8, 0);
        }
        float most = vfmv_f_s_v0();
        float inverse = most > 0.0f ? 127.0f / most : 0.0f;
        VSETVL(1, E32M1);
        VMV_ZERO(0);
        EACH_STRETCH(here) {
            VSETVL(length, E32M8);
            VLE32(8, x + i);
            VFMUL_F(8, 8, inverse);
            VFADD_F(8, 8, EXP_MAGIC);
            VSUB_X(8, 8, bits_of(EXP_MAGIC)); /* what is left is the rounded integer */
            VREDSUM(0, 8, 0);
            VSETVL(length, E16M4);
            VNSRA_ZERO(16, 8);
            VSETVL(length, E8M2);
            VNSRA_ZERO(24, 16);
            VSE8(24, q + i);
        }
        scale[g] = most / 127.0f;
        VSETVL(1, E32M1);
        sum[g] = vmv_x_s_v0();
        memset(q + here, 0, (size_t)(group - here));
    }
}

static void rvv_rmsnorm(float *out, const float *x, const float *weight, int n)
{
    VSETVL(1, E32M1);
    VMV_ZERO(0);
    EACH_STRETCH(n) {
        VSETVL(length, E32M8);
        VLE32(8, x + i);
        VFMUL_V(8, 8, 8);
        VFREDOSUM(0, 8, 0);
    }
    float s = 1.0f / sqrtf(vfmv_f_s_v0() / (float)n + 1e-5f);
    EACH_STRETCH(n) {
        VSETVL(length, E32M8);
        VLE32(8, x + i);
        VLE32(16, weight + i);
        VFMUL_F(8, 8, s);
        VFMUL_V(8, 8, 16);
        VSE32(8, out + i);
    }
}

static void rvv_add(float *x, const float *y, int n)
{
    EACH_STRETCH(n) {
        VSETVL(length, E32M8);
        VLE32(8, x + i);
        VLE32(16, y + i);
        VFADD_V(8, 8, 16);
        VSE32(8, x + i);
    }
}

static void rvv_swiglu(float *gate, const float *up, int n)
{
    EACH_STRETCH(n) {
        VSETVL(length, E32M8);
        VLE32(8, gate + i);
        VFNEG(8, 8);
        EXP();
        VFADD_F(24, 24, 1.0f);
        VFRDIV_F(24, 24, 1.0f);
        VLE32(8, gate + i);
        VLE32(16, up + i);
        VFMUL_V(8, 8, 24);
        VFMUL_V(8, 8, 16);
        VSE32(8, gate + i);
    }
}

/* `length` floats, in no more registers than they take. */
static inline void set_floats(int length)
{
    if (length > LANES / 2)
        VSETVL(length, E32M8);
    else if (length > LANES / 4)
        VSETVL(length, E32M4);
    else
        VSETVL(length, E32M2);
}

static float largest(const float *x, int n)
{
    VSETVL(1, E32M1);
    VFMV_S_F(0, x[0]);
    EACH_STRETCH(n) {
        set_floats(length);
        VLE32(8, x + i);
        VFREDMAX(0, 8, 0);
    }
    return vfmv_f_s_v0();
}

static void rvv_softmax(float *x, int n)
{
    float most = largest(x, n), sum = 0.0f;
    EACH_STRETCH(n) {
        set_floats(length);
        VLE32(8, x + i);
        VFSUB_F(8, 8, most);
        EXP();
        VSE32(24, x + i);
        VFMV_S_F(0, sum);
        VFREDOSUM(0, 24, 0);
        sum = vfmv_f_s_v0();
    }
    EACH_STRETCH(n) {
        set_floats(length);
        VLE32(8, x + i);
        VFDIV_F(8, 8, sum);
        VSE32(8, x + i);
    }
}

static void rvv_exp_weights(float *weights, const float *x, int n, float temperature, float shift)
{
    EACH_STRETCH(n) {
        VSETVL(length, E32M8);
        VLE32(8, x + i);
        if (temperature != 1.0f) /* a division by 1 changes nothing, and divisions are slow */
            VFDIV_F(8, 8, temperature);
        VFSUB_F(8, 8, shift);
        EXP();
        VSE32(24, weights + i);
    }
}

/*
 * The sum in two parts of 32 lanes: multiples of 2^-11, exact in float for 2^18 / 32 rows of at
 * most 1, and what is left as integers of 2^-34, at most 2^22 each, for 256 vectors at a time.
 */
static double rvv_round_weights(float *weights, int n)
{
    enum { TOGETHER = 256 * LANES };
    double sum = 0.0;
    for (int start = 0; start < n; start += TOGETHER) {
        float *part = weights + start, coarse[LANES];
        int32_t fine[LANES];
        int count = n - start < TOGETHER ? n - start : TOGETHER;
        VSETVL(LANES, E32M8);
        VMV_ZERO(0);
        VMV_ZERO(8);
        EACH_STRETCH(count) {
            if (length < LANES) { /* a shorter vl would zero the other lanes of the sums */
                sum += round_weights_lanes(part + i, length);
                break;
            }
            VLE32(16, part + i);
            VFADD_F(24, 16, ROUND_COARSE);
            VFSUB_F(24, 24, ROUND_COARSE);
            VFADD_V(0, 0, 24);
            VFSUB_V(16, 16, 24);
            VFADD_F(16, 16, ROUND_FINE);
            VFSUB_F(16, 16, ROUND_FINE);
            VFADD_V(24, 24, 16);
            VSE32(24, part + i);
            VFMUL_F(16, 16, 0x1p34f);
            VFCVT_X_F(16, 16);
            VADD_V(8, 8, 16);
        }
        VSE32(0, coarse);
        VSE32(8, fine);
        for (int lane = 0; lane < LANES; lane++)
            sum += coarse[lane] + (double)fine[lane] * 0x1p-34;
    }
    return sum;
}

/* 16 pairs at a time, so that eight groups of registers are at hand. */
static void rvv_rotate(float *x, const float *rotation, int heads, int head_size)
{
    enum { PAIRS = 16 };
    const long stride = 2 * sizeof(float);
    for (int j = 0; j < head_size; j += 2 * PAIRS) {
        int left = (head_size - j) / 2;
        VSETVL(left < PAIRS ? left : PAIRS, E32M4);
        VLSE32(0, rotation + j, stride);
        VLSE32(4, rotation + j + 1, stride);
        for (float *a = x + j; a < x + heads * head_size; a += head_size) {
            VLSE32(8, a, stride);
            VLSE32(12, a + 1, stride);
            VFMUL_V(16, 8, 0);
            VFMUL_V(20, 12, 4);
            VFSUB_V(16, 16, 20);
            VFMUL_V(8, 8, 4);
            VFMUL_V(12, 12, 0);
            VFADD_V(8, 8, 12);
            VSSE32(16, a, stride);
            VSSE32(8, a + 1, stride);
        }
    }
}

static int rvv_collect(int *indices, const float *p, int n, float least)
{
    int count = 0;
    EACH_STRETCH(n) {
        VSETVL(length, E32M8);
        VLE32(8, p + i);
        VMFGE_F(0, 8, least);
        if (vfirst_v0() < 0)
            continue;
        for (int j = i; j < i + length; j++)
            if (p[j] >= least)
                indices[count++] = j;
    }
    return count;
}

static int rvv_argmax(const float *x, int n)
{
    float most = largest(x, n);
    EACH_STRETCH(n) {
        VSETVL(length, E32M8);
        VLE32(8, x + i);
        VMFEQ_F(0, 8, most);
        long first = vfirst_v0();
        if (first >= 0)
            return i + (int)first;
    }
    return 0;
}

#endif
