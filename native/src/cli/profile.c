#include "cli/profile.h"

#include "cli/clock.h"
#include "model/matrix.h"

const char *const profile_part_names[PART_COUNT] = {
    "matrices of the layers", "attention", "classifier rows", "bounds of skipped rows",
    "sampling", "norms, activation, quantisation",
};

/* What is timed; one model at a time. */
static const Kernels *measured;
static const Model *of_model;
static double seconds[PART_COUNT];

/* Matrices of the screen section lie in the mapped file, but not in the classifier or a layer. */
static ProfilePart part_of(const Matrix *matrix)
{
    const uint8_t *data = matrix->data, *screen = of_model->screen.data;
    const uint8_t *classifier = of_model->classifier.data;
    if (data >= classifier && data < classifier + matrix_bytes(&of_model->classifier))
        return PART_CLASSIFIER;
    if (screen && data >= screen && data < screen + of_model->screen.size)
        return PART_SCREENING;
    return PART_MATRICES;
}

static void add_since(ProfilePart part, double start)
{
    seconds[part] += clock_seconds() - start;
}

static void timed_matmul(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                         const Activations *x, int n)
{
    double start = clock_seconds();
    measured->matmul[matrix->coding](y, y_stride, matrix, block0, block1, x, n);
    add_since(part_of(matrix), start);
}

static void timed_quantise(const float *x, int cols, int stride, int group, int8_t *q,
                           float *scale, int32_t *sum)
{
    double start = clock_seconds();
    measured->quantise(x, cols, stride, group, q, scale, sum);
    add_since(PART_VECTORS, start);
}

static void timed_rmsnorm(float *out, const float *x, const float *weight, int n)
{
    double start = clock_seconds();
    measured->rmsnorm(out, x, weight, n);
    add_since(PART_VECTORS, start);
}

static void timed_rotate(float *x, const float *rotation, int heads, int head_size)
{
    double start = clock_seconds();
    measured->rotate(x, rotation, heads, head_size);
    add_since(PART_VECTORS, start);
}

static void timed_add(float *x, const float *y, int n)
{
    double start = clock_seconds();
    measured->add(x, y, n);
    add_since(PART_VECTORS, start);
}

static void timed_swiglu(float *gate, const float *up, int n)
{
    double start = clock_seconds();
    measured->swiglu(gate, up, n);
    add_since(PART_VECTORS, start);
}

static void timed_softmax(float *x, int n)
{
    double start = clock_seconds();
    measured->softmax(x, n);
    add_since(PART_SAMPLING, start);
}

static void timed_exp_weights(float *weights, const float *x, int n, float temperature, float shift)
{
    double start = clock_seconds();
    measured->exp_weights(weights, x, n, temperature, shift);
    add_since(PART_SAMPLING, start);
}

static double timed_round_weights(float *weights, int n)
{
    double start = clock_seconds(), sum = measured->round_weights(weights, n);
    add_since(PART_SAMPLING, start);
    return sum;
}

static void timed_attend(float *out, const float *q, const FloatRun *runs, int key_stride,
                         int value_stride, int head_size, float *scores)
{
    double start = clock_seconds();
    measured->attend(out, q, runs, key_stride, value_stride, head_size, scores);
    add_since(PART_ATTENTION, start);
}

static void timed_attend_halves(float *out, const float *q, const PairRun *runs, int key_stride,
                                int value_stride, int head_size, float *scores)
{
    double start = clock_seconds();
    measured->attend_halves(out, q, runs, key_stride, value_stride, head_size, scores);
    add_since(PART_ATTENTION, start);
}

static void timed_attend_halves_together(const PairQuery *queries, int n, PairRun past,
                                         int key_stride, int value_stride, int head_size)
{
    double start = clock_seconds();
    measured->attend_halves_together(queries, n, past, key_stride, value_stride, head_size);
    add_since(PART_ATTENTION, start);
}

static int timed_collect(int *indices, const float *p, int n, float least)
{
    double start = clock_seconds();
    int count = measured->collect(indices, p, n, least);
    add_since(PART_SAMPLING, start);
    return count;
}

static int timed_argmax(const float *x, int n)
{
    double start = clock_seconds();
    int at = measured->argmax(x, n);
    add_since(PART_SAMPLING, start);
    return at;
}

static const Kernels timed = {
    .name = "measured",
    .matmul = { timed_matmul, timed_matmul, timed_matmul, timed_matmul, timed_matmul },
    .quantise = timed_quantise,
    .rmsnorm = timed_rmsnorm,
    .rotate = timed_rotate,
    .add = timed_add,
    .swiglu = timed_swiglu,
    .softmax = timed_softmax,
    .exp_weights = timed_exp_weights,
    .round_weights = timed_round_weights,
    .attend = timed_attend,
    .attend_halves = timed_attend_halves,
    .attend_halves_together = timed_attend_halves_together,
    .collect = timed_collect,
    .argmax = timed_argmax,
};

_Static_assert(CODING_COUNT == 5, "a coding without a measured product");

const Kernels *profile_start(const Kernels *kernels, const Model *model)
{
    measured = kernels;
    of_model = model;
    for (int part = 0; part < PART_COUNT; part++)
        seconds[part] = 0.0;
    return &timed;
}

double profile_seconds(ProfilePart part)
{
    return seconds[part];
}
