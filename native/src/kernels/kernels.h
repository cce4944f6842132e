/*
 * The arithmetic, one table of functions per kind of CPU.
 *
 * kernels/scalar.c is the specification: every other table returns the same bits for every input
 * of finite floats and int8 weights in -127..127 (as the packer writes; story_verify checks).
 * That holds because integer dot products are exact, because each float sum runs in the order
 * written here, and because multiplication and addition are rounded apart (no fused multiply-add
 * anywhere, -ffp-contract=off).
 */
#ifndef STORYTELLER_KERNELS_H
#define STORYTELLER_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"

/* Most positions that one matmul call takes; prompts are read in batches of this many. */
enum { MAX_BATCH = 8 };

/* Timesteps per block of the key cache. */
enum { KEY_BLOCK = 32 };

/* Words of keys side by side in a short run: its blocks hold twice as many timesteps. */
enum { SHORT_BLOCK = 8 };

/* Inputs of a matmul for n positions; buffers are 64-byte aligned. */
typedef struct Activations {
    int cols;       /* used columns, without padding */
    int stride;     /* columns of q between positions, padded_cols(cols, group) */
    int f_stride;   /* columns of f between positions */
    int group;      /* columns per scale; 0 when only `f` is filled */
    float *f;       /* (n, f_stride) */
    int8_t *q;      /* (n, stride), -127..127, zero from cols on */
    float *scale;   /* (n, stride / group): f is about q * scale */
    int32_t *sum;   /* (n, stride / group): sum of q over the group */
} Activations;

/*
 * y[i * y_stride + 32 * (b - block0) + r] = row 32 * b + r of `matrix` times position i of `x`, for
 * blocks b in [block0, block1), positions i in [0, n), n <= MAX_BATCH. Packed codings write all 32
 * rows of every block (rows past the matrix hold zeros), row-major codings only rows that exist.
 *
 * Order of the sums, fp32: acc = acc + w[k] * x[k], k ascending from acc = 0.
 * int8, int4: per group the exact integer dot product d, then
 *     acc = acc + ((float)d * weight_scale) * activation_scale, groups ascending from acc = 0.
 */
typedef void MatmulKernel(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                          const Activations *x, int n);

/* Timesteps 0..count-1 that one layer and kv head of a cache hold; count may be 0. */
typedef struct FloatRun {
    const float *keys;
    const float *values;
    int count;
} FloatRun;

/* The same of a cache of bfloat16 pairs. */
typedef struct PairRun {
    const uint32_t *keys;
    const uint32_t *values;
    int count;
    bool is_short; /* blocks of SHORT_BLOCK words, else of KEY_BLOCK */
} PairRun;

/* One of several queries that share a past. */
typedef struct PairQuery {
    float *out;     /* (head_size) */
    const float *q; /* (head_size) */
    PairRun own;    /* follows the past */
    float *scores;  /* scratch, as for attend */
} PairQuery;

/* What is attended lies in so many runs: a past that drafts share, and what is one's own. */
enum { ATTEND_RUNS = 2 };

typedef struct Kernels {
    const char *name;
    bool (*runs_here)(void); /* does this CPU have the instructions? */

    MatmulKernel *matmul[CODING_COUNT];

    /*
     * Symmetric int8 per group: m = max |x|, scale = m / 127, q = x * (127 / m) rounded to nearest,
     * ties to even; all zero when m is 0. Reads cols floats, writes stride int8 (zero padded),
     * stride / group scales and sums.
     */
    void (*quantise)(const float *x, int cols, int stride, int group, int8_t *q, float *scale,
                     int32_t *sum);

    /*
     * out = weight * (x / sqrt(mean(x^2) + 1e-5)), the squares summed in ascending order:
     * s = 1 / sqrt(ss / n + 1e-5); out[j] = weight[j] * (s * x[j]).
     */
    void (*rmsnorm)(float *out, const float *x, const float *weight, int n);

    /*
     * RoPE of one position: `rotation` (head_size) holds the cosine and sine of each pair of a
     * head; in each of the heads of x (heads, head_size) the pair (a, b) becomes
     * (a * cosine - b * sine, a * sine + b * cosine).
     */
    void (*rotate)(float *x, const float *rotation, int heads, int head_size);

    /* x[j] = x[j] + y[j] */
    void (*add)(float *x, const float *y, int n);

    /* gate[j] = (gate[j] * (1 / (1 + exp(-gate[j])))) * up[j] */
    void (*swiglu)(float *gate, const float *up, int n);

    /*
     * x = exp(x - max) / sum, in place; the sum runs in ascending order. `exp` is exp_f32 of
     * arithmetic.h.
     */
    void (*softmax)(float *x, int n);

    /*
     * weights[j] = exp(x[j] / temperature - shift): softmax without the division by the sum, where
     * `shift` is the largest x[j] / temperature.
     */
    void (*exp_weights)(float *weights, const float *x, int n, float temperature, float shift);

    /*
     * Rounds n weights in [0, 1], at most 2^18 of them, to multiples of 2^-34 (nearest, ties to
     * even) and returns their sum, which is exact and so the same in any order of additions.
     */
    double (*round_weights)(float *weights, int n);

    /*
     * Attention of one query head over the timesteps of all runs, one after the other.
     *   q       (head_size), already rotated
     *   runs    (ATTEND_RUNS), at least one timestep in all
     *   keys    of a run: block t / 32 at keys + (t / 32) * key_stride holds
     *           float (head_size, 32): [i][t % 32]
     *   values  of a run: float (head_size) of its timestep t at values + t * value_stride
     *   scores  scratch, room for all timesteps and 64 floats more
     *   out     (head_size)
     * score[t] = (sum over i ascending of q[i] * k[t][i]) / sqrt(head_size), then softmax,
     * then out[i] = sum over t ascending of score[t] * v[t][i]: what one run of all timesteps gives.
     */
    void (*attend)(float *out, const float *q, const FloatRun *runs, int key_stride,
                   int value_stride, int head_size, float *scores);

    /*
     * The same over bfloat16 pairs, which widen by a shift or a mask to the floats that `attend`
     * would read.
     *   keys    block t / 64 at keys + (t / 64) * key_stride holds words (head_size, 32): word
     *           [i][r] has timestep 64 * (t / 64) + r in its low half, 32 steps later in its high.
     *           In a short run 8 takes the place of 32, 16 of 64, a quarter of key_stride of it.
     *   values  words (head_size / 2) of timestep t at values + t * value_stride: word j has
     *           dimension j in its low half and j + head_size / 2 in its high half
     */
    void (*attend_halves)(float *out, const float *q, const PairRun *runs, int key_stride,
                          int value_stride, int head_size, float *scores);

    /* attend_halves of n queries, each with the run `past`, not short, and its own; n <= MAX_BATCH. */
    void (*attend_halves_together)(const PairQuery *queries, int n, PairRun past, int key_stride,
                                   int value_stride, int head_size);

    /* Indices j with p[j] >= least, ascending; returns how many. `indices` has room for n. */
    int (*collect)(int *indices, const float *p, int n, float least);

    /* Index of the largest value, the lowest index on a tie. */
    int (*argmax)(const float *x, int n);
} Kernels;

/* Every table compiled into this program, best first, scalar last; ends with NULL. */
extern const Kernels *const all_kernels[];

/* The best table that runs on this CPU, or the one of that name; NULL when it cannot run here. */
const Kernels *kernels_choose(const char *name);

#endif
