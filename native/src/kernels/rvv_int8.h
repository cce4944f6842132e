/*
 * int8 x int8: rows in the lanes, the activation as the scalar operand.
 *
 * Products go to 16-bit sums; widening those to 32 bits costs as much as two multiplications, so it
 * waits as long as it is safe: weights are within 127, hence a 16-bit sum cannot overflow while the
 * absolute activations in it add up to 258 or less (127 * 258 = 32766). Activations are known
 * before the weights are read, so it is decided once per tile, for all rows, when to widen; the
 * integer sum is exact in any case.
 */
#ifndef STORYTELLER_KERNELS_RVV_INT8_H
#define STORYTELLER_KERNELS_RVV_INT8_H

#include <string.h>

#include "kernels/kernels.h"
#include "kernels/rvv_instructions.h"

enum {
    INT8_TILE_COLS = 4,
    INT8_SAFE_SUM = 258,
    INT8_MAX_TILES = (MAX_HIDDEN + MAX_GROUP) / INT8_TILE_COLS,
    STRETCH_TILES = 8, /* groups are multiples of 32 columns */
    STRETCH_COLS = STRETCH_TILES * INT8_TILE_COLS,
};

/*
 * What a tile does with its 16-bit sums: start from zero or continue the previous tile's, and widen
 * them afterwards or not. SPLIT starts from zero and widens after two columns and after four.
 */
enum { START_WIDEN = 0, CONTINUE_WIDEN = 1, START_OPEN = 2, CONTINUE_OPEN = 3, SPLIT = 4 };
enum { CLOSE = START_OPEN - START_WIDEN };

/* sums[t] = |q[4 t]| + ... + |q[4 t + 3]| of all tiles, 32 tiles at a time. */
static void tile_sums(uint32_t *sums, const int8_t *q, int tiles)
{
    for (; tiles > 0; tiles -= 32, sums += 32, q += 32 * INT8_TILE_COLS) {
        int here = tiles < 32 ? tiles : 32;
        VSETVL(here * INT8_TILE_COLS, E8M8);
        VLE8(0, q);
        VRSUB_X(8, 0, 0);
        VMAX_V(0, 0, 8);
        VSETVL(here, E32M8);
        VSRL_I(8, 0, 8);
        VAND_X(0, 0, 0x00ff00ff);
        VAND_X(8, 8, 0x00ff00ff);
        VADD_V(0, 0, 8);
        VSRL_I(8, 0, 16);
        VADD_V(0, 0, 8);
        VAND_X(0, 0, 0xffff);
        VSE32(0, sums);
    }
}

static void plan_tiles(uint8_t *plan, const int8_t *q, int groups, int group)
{
    static _Thread_local uint32_t sums[INT8_MAX_TILES];
    const uint32_t *sum = sums;
    int tiles = group / INT8_TILE_COLS;
    tile_sums(sums, q, groups * tiles);
    for (int g = 0; g < groups; g++) {
        uint32_t running = INT8_SAFE_SUM + 1; /* nothing to continue */
        for (const uint8_t *start = plan, *end = plan + tiles; plan < end; plan++) {
            uint32_t here = *sum++;
            running += here;
            if (running <= INT8_SAFE_SUM) {
                *plan = CONTINUE_OPEN;
                continue;
            }
            if (plan > start)
                plan[-1] -= CLOSE;
            running = here <= INT8_SAFE_SUM ? here : INT8_SAFE_SUM + 1;
            *plan = here <= INT8_SAFE_SUM ? START_OPEN : SPLIT + CLOSE;
        }
        plan[-1] -= CLOSE;
    }
}

/* The four columns of a tile into the 16-bit sums `acc` and the 32-bit sums `wide`. */
#define FIRST_HALF(acc) VWMUL_X(acc, COLUMN_0, x0); VWMACC_X(acc, COLUMN_1, x1)
#define START(acc) \
    FIRST_HALF(acc); VWMACC_X(acc, COLUMN_2, x2); VWMACC_X(acc, COLUMN_3, x3)
#define CONTINUE(acc) \
    VWMACC_X(acc, COLUMN_0, x0); VWMACC_X(acc, COLUMN_1, x1); \
    VWMACC_X(acc, COLUMN_2, x2); VWMACC_X(acc, COLUMN_3, x3)
#define HALVES(acc, wide) \
    FIRST_HALF(acc); \
    VSETVL(32, E16M4); VWADD_W(wide, wide, acc); VSETVL(32, E8M2); \
    VWMUL_X(acc, COLUMN_2, x2); VWMACC_X(acc, COLUMN_3, x3)

/* One tile of one block, or of two neighbouring blocks: `pair` is a constant at every call. */
#define EACH_BLOCK(step_a, step_b) \
    do { \
        LOAD_COLUMNS(a); \
        step_a; \
        if (pair) { \
            LOAD_COLUMNS(b); \
            step_b; \
        } \
    } while (0)
#define WIDEN() \
    do { \
        VSETVL(32, E16M4); \
        VWADD_W(16, 16, 8); \
        if (pair) \
            VWADD_W(24, 24, 12); \
    } while (0)

/* y (+)= (float)sums * weight scales * activation scale, for the 32 rows of `wide`. */
#define FINISH_INT8(wide, scales, y) \
    do { \
        VFCVT_F_X(wide, wide); \
        LOAD_BF16(0, 4, scales); \
        VFMUL_V(wide, wide, 0); \
        VFMUL_F(wide, wide, scale); \
        if (g == 0) { \
            VFADD_F(wide, wide, 0.0f); \
        } else { \
            VLE32(8, y); \
            VFADD_V(wide, 8, wide); \
        } \
        VSE32(wide, y); \
    } while (0)

static inline __attribute__((always_inline)) void
rows_times(bool pair, float *y, const int8_t *a, size_t block, const uint8_t *plan, const int8_t *q,
           const float *scale_of_group, int groups, int group)
{
    const int8_t *b = a + block;
    for (int g = 0; g < groups; g++) {
        VSETVL(32, E32M8);
        VMV_ZERO(16);
        if (pair)
            VMV_ZERO(24);
        for (const int8_t *end = q + group; q < end; q += STRETCH_COLS, plan += STRETCH_TILES) {
#pragma GCC unroll 8
            for (int t = 0; t < STRETCH_TILES; t++, a += TILE_BYTES, b += TILE_BYTES) {
                const int8_t *x = q + t * INT8_TILE_COLS;
                int x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3], way = plan[t];
                if (way == START_WIDEN) {
                    EACH_BLOCK(START(8), START(12));
                    WIDEN();
                } else if (way == SPLIT) {
                    EACH_BLOCK(HALVES(8, 16), HALVES(12, 24));
                    WIDEN();
                } else if (way == START_OPEN) {
                    EACH_BLOCK(START(8), START(12));
                } else {
                    EACH_BLOCK(CONTINUE(8), CONTINUE(12));
                    if (way == CONTINUE_WIDEN)
                        WIDEN();
                }
            }
        }
        float scale = scale_of_group[g];
        VSETVL(32, E32M8);
        FINISH_INT8(16, a, y);
        a += BLOCK_ROWS * sizeof(uint16_t);
        if (pair) {
            FINISH_INT8(24, b, y + BLOCK_ROWS);
            b += BLOCK_ROWS * sizeof(uint16_t);
        }
    }
}

/* A position of a product: its activations as integers, and what to do with its sums. */
typedef struct Int8Position {
    float *y;             /* the block's 32 rows */
    const int8_t *q;
    const float *scale;   /* (groups) */
    const uint8_t *way;   /* (tiles) */
} Int8Position;

/* The loaded tile times columns of one position; leaves the vector type as LOAD_COLUMNS does. */
#define ADD_POSITION(position, acc, wide) \
    do { \
        const int8_t *x = (position).q + t * INT8_TILE_COLS; \
        int x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3], way = (position).way[t]; \
        if (way == SPLIT) { \
            HALVES(acc, wide); \
        } else if (way == CONTINUE_OPEN || way == CONTINUE_WIDEN) { \
            CONTINUE(acc); \
        } else { \
            START(acc); \
        } \
        if (way == SPLIT || way == START_WIDEN || way == CONTINUE_WIDEN) { \
            VSETVL(32, E16M4); \
            VWADD_W(wide, wide, acc); \
            VSETVL(32, E8M2); \
        } \
    } while (0)

/* One block of rows for two positions, which share each load of a tile. */
static void rows_times_two(Int8Position one, Int8Position two, const int8_t *a, int groups,
                           int group)
{
    for (int g = 0; g < groups; g++) {
        VSETVL(32, E32M8);
        VMV_ZERO(16);
        VMV_ZERO(24);
        for (const int8_t *end = one.q + group; one.q < end;) {
#pragma GCC unroll 8
            for (int t = 0; t < STRETCH_TILES; t++, a += TILE_BYTES) {
                LOAD_COLUMNS(a);
                ADD_POSITION(one, 8, 16);
                ADD_POSITION(two, 12, 24);
            }
            one.q += STRETCH_COLS;
            two.q += STRETCH_COLS;
            one.way += STRETCH_TILES;
            two.way += STRETCH_TILES;
        }
        VSETVL(32, E32M8);
        float scale = one.scale[g];
        FINISH_INT8(16, a, one.y);
        scale = two.scale[g];
        FINISH_INT8(24, a, two.y);
        a += BLOCK_ROWS * sizeof(uint16_t);
    }
}

/* Are the first n bytes of a and b the same? */
static bool equal_bytes(const int8_t *a, const int8_t *b, int n)
{
    for (int i = 0; i < n; i += 128) {
        VSETVL(n - i < 128 ? n - i : 128, E8M8);
        VLE8(8, a + i);
        VLE8(16, b + i);
        VMSNE_V(0, 8, 16);
        if (vfirst_v0() >= 0)
            return false;
    }
    return true;
}

/*
 * The plans of the last input are kept: wq, wk and wv share theirs, as do all calls for one token's
 * logits. A plan is good for the same activations in groups of the same size.
 */
typedef struct Plans {
    int cols, group, n; /* n 0: none yet */
    int8_t q[MAX_HIDDEN + MAX_GROUP];
    uint8_t way[MAX_BATCH][INT8_MAX_TILES];
} Plans;

static Plans *plans_for(const Activations *x, int cols, int n)
{
    static _Thread_local Plans plans;
    if (n == 1 && plans.n == 1 && plans.cols == cols && plans.group == x->group
        && equal_bytes(plans.q, x->q, cols))
        return &plans;
    for (int i = 0; i < n; i++)
        plan_tiles(plans.way[i], x->q + (size_t)i * (size_t)x->stride, cols / x->group, x->group);
    plans.cols = cols;
    plans.group = x->group;
    plans.n = n;
    if (n == 1)
        memcpy(plans.q, x->q, (size_t)cols);
    return &plans;
}

static Int8Position int8_position(float *y, int y_stride, int block, const Plans *plans,
                                  const Activations *x, int i)
{
    return (Int8Position){
        y + (size_t)i * (size_t)y_stride + (size_t)block * BLOCK_ROWS,
        x->q + (size_t)i * (size_t)x->stride,
        x->scale + (size_t)i * (size_t)(x->stride / x->group), plans->way[i],
    };
}

static void rvv_matmul_int8(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                            const Activations *x, int n)
{
    int group = matrix->group, cols = padded_cols(matrix->cols, group), groups = cols / group;
    size_t block = block_bytes(CODING_INT8, matrix->cols, group);
    const Plans *plans = plans_for(x, cols, n);
    int alone = n / 2 * 2; /* the position, if any, that has none to share with */
    for (int b = block0; b < block1; b++) {
        const int8_t *weights = (const int8_t *)matrix->data + (size_t)b * block;
        for (int i = 0; i < alone; i += 2)
            rows_times_two(int8_position(y, y_stride, b - block0, plans, x, i),
                           int8_position(y, y_stride, b - block0, plans, x, i + 1), weights,
                           groups, group);
    }
    for (int b = block0; b < block1; b += 2) {
        const int8_t *weights = (const int8_t *)matrix->data + (size_t)b * block;
        for (int i = alone; i < n; i++) {
            float *out = y + (size_t)i * (size_t)y_stride + (size_t)(b - block0) * BLOCK_ROWS;
            const int8_t *q = x->q + (size_t)i * (size_t)x->stride;
            const float *scale = x->scale + (size_t)i * (size_t)(x->stride / group);
            if (b + 1 < block1)
                rows_times(true, out, weights, block, plans->way[i], q, scale, groups, group);
            else
                rows_times(false, out, weights, block, plans->way[i], q, scale, groups, group);
        }
    }
}

#endif
