/*
 * Every kernel of a table must return scalar.c's bits, for shapes with and without padding and for
 * inputs that reach each path of the integer kernels. In an emulator
 * for RISC-V: `make test-duo`; for 64-bit ARM: `make test-neon`. usage: kernels_agree TABLE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/arithmetic.h"
#include "kernels/kernels.h"
#include "kernels/scalar.h"
#include "kernels/tables.h"

static const Kernels *table;
static int differences;
static uint64_t state = 88172645463325252u;

static uint32_t random_bits(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

/* -1 to 1 */
static float random_float(void)
{
    return (float)(random_bits() % 20001) * 1e-4f - 1.0f;
}

/* Never freed. Filled with a pattern, so that unwritten elements differ. */
static void *room(size_t bytes)
{
    size_t rounded = (bytes + 191) / 64 * 64;
    void *memory = aligned_alloc(64, rounded);
    if (!memory)
        exit(2);
    return memset(memory, 0x5a, rounded);
}

static float *random_floats(int n, float magnitude)
{
    float *x = room((size_t)n * sizeof(float));
    for (int i = 0; i < n; i++)
        x[i] = random_float() * magnitude;
    return x;
}

static float *copy_of(const float *x, int n)
{
    return memcpy(room((size_t)n * sizeof(float)), x, (size_t)n * sizeof(float));
}

static void expect_equal(const char *what, const void *expected, const void *got, size_t bytes)
{
    if (memcmp(expected, got, bytes) == 0)
        return;
    differences++;
    printf("%s differs\n", what);
}

/* Kinds of input: even; a few large among small; extremes, which fill the 16-bit sums; zeros. */
enum { EVEN, SPIKES, EXTREMES, ZEROS, KINDS };

static float random_input(int kind)
{
    float x = random_float();
    switch (kind) {
    case SPIKES: return random_bits() % 40 ? x * 0.05f : x;
    case EXTREMES: return x < 0.0f ? -1.0f : 1.0f;
    case ZEROS: return 0.0f;
    default: return x;
    }
}

static void fill_weights(Matrix *m, int kind)
{
    size_t cells = (size_t)m->rows * (size_t)m->cols, blocks = (size_t)blocks_of(m->rows);
    if (m->coding == CODING_F32_ROWS || m->coding == CODING_F32) {
        m->group = 0;
        m->data = random_floats((int)(blocks * BLOCK_ROWS) * m->cols, 1.0f);
        return;
    }
    bool rows = m->coding == CODING_Q80_ROWS;
    size_t block = rows ? 0 : block_bytes(m->coding, m->cols, m->group);
    size_t bytes = rows ? cells : blocks * block;
    uint8_t *w = room(bytes);
    for (size_t i = 0; i < bytes; i++) {
        int extreme = random_bits() & 1 ? 127 : -127, even = (int)(random_bits() % 255) - 127;
        w[i] = (uint8_t)(m->coding == CODING_INT4 ? (int)random_bits()
                                                  : kind == EXTREMES ? extreme : even);
    }
    m->data = w;
    if (rows) {
        m->scales = random_floats((int)cells / m->group, 0.01f);
        return;
    }
    size_t records = blocks * (size_t)(padded_cols(m->cols, m->group) / m->group);
    size_t record = bytes / records;
    for (size_t i = 0; i < records; i++) {
        uint16_t scales[BLOCK_ROWS];
        for (int r = 0; r < BLOCK_ROWS; r++)
            scales[r] = (uint16_t)(bits_of(random_float() * 0.01f) >> 16);
        memcpy(w + (i + 1) * record - sizeof scales, scales, sizeof scales);
    }
}

static Activations quantised(int cols, int group, int n, int kind)
{
    int stride = padded_cols(cols, group), groups = stride / group, all = n * groups;
    Activations x = { .cols = cols, .stride = stride, .f_stride = padded_cols(cols, 0),
                      .group = group, .q = room((size_t)(n * stride)) };
    x.f = room((size_t)(n * x.f_stride) * sizeof(float));
    x.scale = room((size_t)all * sizeof(float));
    x.sum = room((size_t)all * sizeof(int32_t));
    int8_t *q = room((size_t)(n * stride));
    float *scale = room((size_t)all * sizeof(float));
    int32_t *sum = room((size_t)all * sizeof(int32_t));
    for (int i = 0; i < n; i++) {
        float *f = x.f + i * x.f_stride;
        for (int k = 0; k < cols; k++)
            f[k] = random_input(kind);
        scalar_quantise(f, cols, stride, group, x.q + i * stride, x.scale + i * groups,
                        x.sum + i * groups);
        table->quantise(f, cols, stride, group, q + i * stride, scale + i * groups,
                        sum + i * groups);
    }
    expect_equal("quantise: q", x.q, q, (size_t)(n * stride));
    expect_equal("quantise: scale", x.scale, scale, (size_t)all * sizeof(float));
    expect_equal("quantise: sum", x.sum, sum, (size_t)all * sizeof(int32_t));
    return x;
}

static void check_matmuls(int rows, int cols, int group, int n, int kind)
{
    Activations x = quantised(cols, group, n, kind);
    for (int coding = 0; coding < CODING_COUNT; coding++) {
        if (coding == CODING_Q80_ROWS && cols % group != 0)
            continue;
        Matrix m = { .coding = (Coding)coding, .rows = rows, .cols = cols, .group = group };
        fill_weights(&m, kind);
        int blocks = blocks_of(rows), first = blocks > 3 ? 1 : 0, stride = blocks * BLOCK_ROWS;
        size_t bytes = (size_t)(n * stride) * sizeof(float);
        float *expected = room(bytes), *got = room(bytes);
        scalar_kernels.matmul[coding](expected, stride, &m, first, blocks, &x, n);
        table->matmul[coding](got, stride, &m, first, blocks, &x, n);
        char what[96];
        snprintf(what, sizeof what, "matmul: coding %d, %d x %d, group %d, n %d, input %d", coding,
                 rows, cols, group, n, kind);
        expect_equal(what, expected, got, bytes);
    }
}

static void check_vectors(int n, float magnitude)
{
    size_t bytes = (size_t)n * sizeof(float);
    float *x = random_floats(n, magnitude), *y = random_floats(n, 1.0f);
    float *expected = room(bytes), *got = room(bytes);
    scalar_rmsnorm(expected, x, y, n);
    table->rmsnorm(got, x, y, n);
    expect_equal("rmsnorm", expected, got, bytes);

    expected = copy_of(x, n);
    got = copy_of(x, n);
    scalar_swiglu(expected, y, n);
    table->swiglu(got, y, n);
    expect_equal("swiglu", expected, got, bytes);

    scalar_add(expected, y, n);
    table->add(got, y, n);
    expect_equal("add", expected, got, bytes);

    x[n / 2] = x[n - 1] = x[n / 3]; /* a tie, perhaps at the top */
    int best = scalar_argmax(x, n), found = table->argmax(x, n);
    expect_equal("argmax", &best, &found, sizeof best);

    expected = copy_of(x, n);
    got = copy_of(x, n);
    scalar_softmax(expected, n);
    table->softmax(got, n);
    expect_equal("softmax", expected, got, bytes);

    scalar_exp_weights(expected, x, n, 0.7f, x[best] / 0.7f);
    table->exp_weights(got, x, n, 0.7f, x[best] / 0.7f);
    expect_equal("exp_weights", expected, got, bytes);

    double sum = scalar_kernels.round_weights(expected, n);
    double other = table->round_weights(got, n);
    expect_equal("round_weights: weights", expected, got, bytes);
    expect_equal("round_weights: sum", &sum, &other, sizeof sum);
}

static void check_rotation(int heads, int head_size)
{
    int n = heads * head_size;
    float *rotation = random_floats(head_size, 1.0f), *expected = random_floats(n, 3.0f);
    float *got = copy_of(expected, n);
    scalar_rotate(expected, rotation, heads, head_size);
    table->rotate(got, rotation, heads, head_size);
    expect_equal("rotate", expected, got, (size_t)n * sizeof(float));
}

static void check_collecting(int n, float least)
{
    float *x = random_floats(n, 1.0f);
    size_t bytes = (size_t)n * sizeof(int);
    int *expected = room(bytes), *got = room(bytes);
    int count = scalar_collect(expected, x, n, least), found = table->collect(got, x, n, least);
    expect_equal("collect: count", &count, &found, sizeof count);
    expect_equal("collect: indices", expected, got, bytes);
}

/* Timesteps padded to whole blocks. */
static int padded_run(int count)
{
    return padded_cols(count, 2 * KEY_BLOCK);
}

static void check_attention(int head_size, int past, int own)
{
    size_t out_bytes = (size_t)head_size * sizeof(float);
    float *q = random_floats(head_size, 1.0f);
    FloatRun runs[ATTEND_RUNS];
    const int counts[ATTEND_RUNS] = { past, own };
    for (int r = 0; r < ATTEND_RUNS; r++) {
        int cells = padded_run(counts[r]) * head_size;
        runs[r] = (FloatRun){ random_floats(cells, 0.3f), random_floats(cells, 1.0f), counts[r] };
    }
    float *expected = room(out_bytes), *got = room(out_bytes);
    float *scores = room((size_t)(past + own + 2 * KEY_BLOCK) * sizeof(float));
    scalar_attend(expected, q, runs, head_size * KEY_BLOCK, head_size, head_size, scores);
    table->attend(got, q, runs, head_size * KEY_BLOCK, head_size, head_size, scores);
    expect_equal("attend", expected, got, out_bytes);
}

static uint32_t *random_halves(int words, float magnitude)
{
    uint32_t *pairs = room((size_t)words * sizeof *pairs);
    for (int i = 0; i < words; i++)
        pairs[i] = (bits_of(random_float() * magnitude) & 0xffff0000u)
                 | bits_of(random_float() * magnitude) >> 16;
    return pairs;
}

static void check_attention_to_halves(int head_size, int past, int own, bool is_short)
{
    size_t out_bytes = (size_t)head_size * sizeof(float);
    float *q = random_floats(head_size, 1.0f);
    PairRun runs[ATTEND_RUNS];
    const int counts[ATTEND_RUNS] = { past, own };
    for (int r = 0; r < ATTEND_RUNS; r++) {
        int words = padded_run(counts[r]) * head_size / 2;
        runs[r] = (PairRun){ random_halves(words, 0.3f), random_halves(words, 1.0f), counts[r],
                             is_short && r == 1 };
    }
    float *expected = room(out_bytes), *got = room(out_bytes);
    float *scores = room((size_t)(past + own + 2 * KEY_BLOCK) * sizeof(float));
    scalar_attend_halves(expected, q, runs, head_size * KEY_BLOCK, head_size / 2, head_size,
                         scores);
    table->attend_halves(got, q, runs, head_size * KEY_BLOCK, head_size / 2, head_size, scores);
    expect_equal("attend_halves", expected, got, out_bytes);
}

static void check_attention_together(int head_size, int past_count, int n, bool is_short)
{
    size_t out_bytes = (size_t)head_size * sizeof(float);
    int words = padded_run(past_count) * head_size / 2, own = padded_run(60) * head_size / 2;
    PairRun past = { random_halves(words, 0.3f), random_halves(words, 1.0f), past_count, false };
    PairQuery expected[MAX_BATCH], got[MAX_BATCH];
    for (int i = 0; i < n; i++) {
        expected[i] = (PairQuery){
            room(out_bytes), random_floats(head_size, 1.0f),
            { random_halves(own, 0.3f), random_halves(own, 1.0f), 1 + i * 7, is_short },
            room((size_t)(past_count + 60 + 2 * KEY_BLOCK) * sizeof(float)),
        };
        got[i] = expected[i];
        got[i].out = room(out_bytes);
    }
    scalar_attend_halves_together(expected, n, past, head_size * KEY_BLOCK, head_size / 2,
                                  head_size);
    table->attend_halves_together(got, n, past, head_size * KEY_BLOCK, head_size / 2, head_size);
    for (int i = 0; i < n; i++)
        expect_equal("attend_halves_together", expected[i].out, got[i].out, out_bytes);
}

int main(int argc, char **argv)
{
    table = argc == 2 ? kernels_choose(argv[1]) : NULL;
    if (!table) {
        printf("usage: kernels_agree TABLE, a table that this CPU runs\n");
        return 2;
    }
    static const int shapes[][3] = { /* rows, columns, group */
        {288, 288, 32}, {64, 64, 32}, {172, 64, 32}, {64, 172, 32},
        {100, 288, 96}, {768, 288, 96}, {288, 768, 256}, {96, 768, 64},
    };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int kind = 0; kind < KINDS; kind++)
            for (int n = 1; n <= MAX_BATCH; n++)
                check_matmuls(shapes[s][0], shapes[s][1], shapes[s][2], n, kind);
    for (int i = 0; i < 60; i++)
        check_vectors(i < 40 ? 1 + i : (int)(random_bits() % 400) + 1, i % 3 ? 3.0f : 120.0f);
    for (int i = 0; i < 20; i++)
        check_collecting(1 + i * 17, i % 2 ? 0.97f : 0.2f);
    static const int head_sizes[] = {48, 8, 16, 64, 40};
    for (size_t h = 0; h < sizeof head_sizes / sizeof *head_sizes; h++)
        for (int i = 0; i < 8; i++) {
            check_rotation(i + 1, head_sizes[h]);
            int past = i < 2 ? 0 : (int)(random_bits() % 250);
            int own = i < 2 ? i + 1 : 1 + (int)(random_bits() % 90);
            check_attention(head_sizes[h], past, own);
            for (int is_short = 0; is_short < 2; is_short++) {
                check_attention_to_halves(head_sizes[h], past, own, is_short);
                check_attention_together(head_sizes[h], past, i + 1, is_short);
            }
        }
    printf("table %s: %d differences to scalar.c\n", table->name, differences);
    return differences != 0;
}
