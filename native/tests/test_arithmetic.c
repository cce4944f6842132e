/* Our own exp, cos, sin and RoPE frequencies against libm's in double. */
#include <math.h>

#include "check.h"
#include "kernels/arithmetic.h"

/* Distance in units of the last place of a float near `exact`. */
static double ulps(float got, double exact)
{
    double unit = ldexp(1.0, ilogb(exact) - 23);
    return fabs((double)got - exact) / unit;
}

static void test_exp(void)
{
    double worst = 0.0;
    for (float x = -86.9f; x < 87.9f; x += 0.0037f) {
        double distance = ulps(exp_f32(x), exp((double)x));
        worst = distance > worst ? distance : worst;
    }
    printf("exp: worst %.2f ulp\n", worst);
    CHECK(worst < 2.0);
    CHECK(exp_f32(0.0f) == 1.0f);
    CHECK(exp_f32(-87.5f) == 0.0f);
    CHECK(exp_f32(-INFINITY) == 0.0f);
    CHECK(exp_f32(1000.0f) == exp_f32(EXP_MAX) && isfinite(exp_f32(INFINITY)));
    CHECK(isnan(exp_f32(NAN)));
}

static void test_cos_sin(void)
{
    double worst = 0.0;
    for (float angle = 0.0f; angle < 65536.0f; angle = angle * 1.0003f + 0.001f) {
        float cosine, sine;
        cos_sin(angle, &cosine, &sine);
        double of_cosine = fabs((double)cosine - cos((double)angle));
        double of_sine = fabs((double)sine - sin((double)angle));
        worst = fmax(worst, fmax(of_cosine, of_sine));
    }
    printf("cos, sin: worst error %.2e\n", worst);
    CHECK(worst < 4e-8);
}

static void test_rope_frequency(void)
{
    CHECK(rope_frequency(0, 48) == 1.0f);
    for (int size = 2; size <= 256; size += 2)
        for (int i = 0; i < size; i += 2) {
            float exact = 1.0f / powf(10000.0f, (float)i / (float)size);
            CHECK(ulps(rope_frequency(i, size), (double)exact) <= 2.0);
        }
}

int main(void)
{
    test_exp();
    test_cos_sin();
    test_rope_frequency();
    return check_report();
}
