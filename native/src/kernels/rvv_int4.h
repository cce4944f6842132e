/*
 * int4 x int8: a byte holds two columns of a row, each as weight + 8.
 *
 * A nibble is never negative, so it multiplies as an int8; the 8 added to each weight is subtracted
 * by starting the 16-bit sums at -8 * (sum of the activations), modulo 2^16. The sums are exact
 * while 8 * (sum of the absolute activations) is within 32767: always for 32 columns, nearly always
 * for a group of 96. Groups that exceed it are cut into segments, whose sums are added in 32 bits.
 */
#ifndef STORYTELLER_KERNELS_RVV_INT4_H
#define STORYTELLER_KERNELS_RVV_INT4_H

#include "kernels/kernels.h"
#include "kernels/rvv_instructions.h"

enum {
    INT4_TILE_COLS = 8,
    INT4_STRETCH_COLS = 32, /* 8 * 127 * 32 = 32512; groups are multiples of it */
    INT4_SAFE_SUM = 4095,
    INT4_MAX_SEGMENTS = (MAX_HIDDEN + MAX_GROUP) / INT4_STRETCH_COLS,
};

/* Columns that 16 bits can sum up. */
typedef struct Int4Segment {
    int16_t cols;
    int16_t start; /* -8 * sum of the activations, modulo 2^16 */
    bool ends_group;
} Int4Segment;

/* Sum of the absolute values of n <= 256 activations. */
static int absolute_sum(const int8_t *q, int n)
{
    VSETVL(1, E32M1);
    VMV_ZERO(0);
    for (int k = 0; k < n; k += 128) {
        VSETVL(n - k < 128 ? n - k : 128, E8M8);
        VLE8(8, q + k);
        VRSUB_X(16, 8, 0);
        VMAX_V(8, 8, 16);
        VWREDSUMU(0, 8, 0);
    }
    VSETVL(1, E32M1);
    return vmv_x_s_v0();
}

static int plain_sum(const int8_t *q, int n)
{
    int sum = 0;
    for (int k = 0; k < n; k++)
        sum += q[k];
    return sum;
}

/* Cuts one group into as few segments as the activations allow. */
static Int4Segment *plan_group(Int4Segment *segment, const int8_t *q, int group, int sum)
{
    if (group <= INT4_STRETCH_COLS || absolute_sum(q, group) <= INT4_SAFE_SUM) {
        *segment = (Int4Segment){ (int16_t)group, (int16_t)(-8 * sum), true };
        return segment + 1;
    }
    int start = 0, running = 0;
    for (int k = 0; k < group; k += INT4_STRETCH_COLS) {
        int here = absolute_sum(q + k, INT4_STRETCH_COLS);
        if (running + here > INT4_SAFE_SUM) {
            int so_far = plain_sum(q + start, k - start);
            *segment++ = (Int4Segment){ (int16_t)(k - start), (int16_t)(-8 * so_far), false };
            sum -= so_far;
            start = k;
            running = 0;
        }
        running += here;
    }
    *segment = (Int4Segment){ (int16_t)(group - start), (int16_t)(-8 * sum), true };
    return segment + 1;
}

/* 8 columns into the sums `acc`. */
#define ADD_COLUMNS(acc) \
    do { \
        VWMACC_X(acc, COLUMN_0, x0); \
        VWMACC_X(acc, COLUMN_1, x1); \
        VWMACC_X(acc, COLUMN_2, x2); \
        VWMACC_X(acc, COLUMN_3, x3); \
        VWMACC_X(acc, COLUMN_4, x4); \
        VWMACC_X(acc, COLUMN_5, x5); \
        VWMACC_X(acc, COLUMN_6, x6); \
        VWMACC_X(acc, COLUMN_7, x7); \
    } while (0)
#define ADD_TILE(acc, tile) \
    do { \
        LOAD_NIBBLES(tile); \
        ADD_COLUMNS(acc); \
    } while (0)
#define LOAD_ACTIVATIONS(x) \
    int x0 = (x)[0], x1 = (x)[1], x2 = (x)[2], x3 = (x)[3]; \
    int x4 = (x)[4], x5 = (x)[5], x6 = (x)[6], x7 = (x)[7]

/* A segment's sums join those of the group's segments before it, in memory. */
#define SET_ASIDE(acc, aside) \
    do { \
        VSETVL(32, E32M8); \
        if (is_first) \
            VMV_ZERO(24); \
        else \
            VLE32(24, aside); \
        VSETVL(32, E16M4); \
        VWADD_W(24, 24, acc); \
        VSETVL(32, E32M8); \
        VSE32(24, aside); \
    } while (0)

/* y (+)= sums * weight scales * activation scale for 32 rows; the first group starts from 0. */
#define FINISH_INT4(acc, aside, scales, y) \
    do { \
        if (is_first) { \
            VSETVL(32, E16M4); \
            VFWCVT_F_X(0, acc); \
            VSETVL(32, E32M8); \
        } else { \
            SET_ASIDE(acc, aside); \
            VFCVT_F_X(0, 24); \
        } \
        LOAD_BF16(8, 12, scales); \
        VFMUL_V(0, 0, 8); \
        VFMUL_F(0, 0, scale[g]); \
        if (g == 0) { \
            VFADD_F(0, 0, 0.0f); \
        } else { \
            VLE32(8, y); \
            VFADD_V(0, 8, 0); \
        } \
        VSE32(0, y); \
    } while (0)

/* One block of rows, or two neighbouring ones: `pair` is a constant at every call. */
static inline __attribute__((always_inline)) void
int4_rows_times(bool pair, float *y, const uint8_t *a, size_t block, const Int4Segment *segment,
                const int8_t *q, const float *scale, int groups)
{
    const uint8_t *b = a + block;
    int32_t aside[2 * BLOCK_ROWS];
    bool is_first = true; /* of the group's segments */
    for (int g = 0; g < groups; segment++) {
        VSETVL(32, E16M4);
        VMV_X(16, segment->start);
        if (pair)
            VMV_X(20, segment->start);
        for (const int8_t *end = q + segment->cols; q < end; q += INT4_STRETCH_COLS) {
#pragma GCC unroll 4
            for (int k = 0; k < INT4_STRETCH_COLS; k += INT4_TILE_COLS) {
                LOAD_ACTIVATIONS(q + k);
                ADD_TILE(16, a);
                a += TILE_BYTES;
                if (pair) {
                    ADD_TILE(20, b);
                    b += TILE_BYTES;
                }
            }
        }
        if (segment->ends_group) {
            FINISH_INT4(16, aside, a, y);
            a += BLOCK_ROWS * sizeof(uint16_t);
            if (pair) {
                FINISH_INT4(20, aside + BLOCK_ROWS, b, y + BLOCK_ROWS);
                b += BLOCK_ROWS * sizeof(uint16_t);
            }
            g++;
        } else {
            SET_ASIDE(16, aside);
            if (pair)
                SET_ASIDE(20, aside + BLOCK_ROWS);
        }
        is_first = segment->ends_group;
    }
}

/* A position of a product, with its segments. */
typedef struct Int4Position {
    float *y;           /* the block's 32 rows */
    const int8_t *q;
    const float *scale; /* (groups) */
    const Int4Segment *segment;
    int left;           /* columns of the segment that are not summed yet */
    bool is_first;      /* of the group's segments */
    int32_t aside[BLOCK_ROWS];
} Int4Position;

#define START_SEGMENT(position, acc) \
    do { \
        VSETVL(32, E16M4); \
        VMV_X(acc, (position).segment->start); \
        (position).left = (position).segment->cols; \
    } while (0)

/* After a stretch: a segment that ends within the group is set aside. */
#define END_STRETCH(position, acc) \
    do { \
        (position).left -= INT4_STRETCH_COLS; \
        if (!(position).left && !(position).segment->ends_group) { \
            const bool is_first = (position).is_first; \
            SET_ASIDE(acc, (position).aside); \
            (position).is_first = false; \
            (position).segment++; \
            START_SEGMENT(position, acc); \
        } \
    } while (0)

#define END_GROUP(position, acc, scales) \
    do { \
        const bool is_first = (position).is_first; \
        const float *scale = (position).scale; \
        FINISH_INT4(acc, (position).aside, scales, (position).y); \
        (position).is_first = true; \
        (position).segment++; \
    } while (0)

/* One block of rows for two positions, which share each load of a tile and its nibbles. */
static void int4_rows_times_two(Int4Position *one, Int4Position *two, const uint8_t *a, int groups,
                                int group)
{
    for (int g = 0; g < groups; g++, a += BLOCK_ROWS * sizeof(uint16_t)) {
        START_SEGMENT(*one, 16);
        START_SEGMENT(*two, 20);
        for (const int8_t *end = one->q + group; one->q < end;) {
#pragma GCC unroll 4
            for (int k = 0; k < INT4_STRETCH_COLS; k += INT4_TILE_COLS, a += TILE_BYTES) {
                LOAD_NIBBLES(a);
                {
                    LOAD_ACTIVATIONS(one->q + k);
                    ADD_COLUMNS(16);
                }
                {
                    LOAD_ACTIVATIONS(two->q + k);
                    ADD_COLUMNS(20);
                }
            }
            one->q += INT4_STRETCH_COLS;
            two->q += INT4_STRETCH_COLS;
            END_STRETCH(*one, 16);
            END_STRETCH(*two, 20);
        }
        END_GROUP(*one, 16, a);
        END_GROUP(*two, 20, a);
    }
}

/* Cuts all groups of position i into segments. */
static void plan_position(Int4Segment *segment, const Activations *x, int i, int groups, int group)
{
    size_t first_group = (size_t)i * (size_t)(x->stride / group);
    const int8_t *q = x->q + (size_t)i * (size_t)x->stride;
    for (int g = 0; g < groups; g++)
        segment = plan_group(segment, q + g * group, group, x->sum[first_group + (size_t)g]);
}

static Int4Position int4_position(float *y, int y_stride, int block, const Int4Segment *segments,
                                  const Activations *x, int i)
{
    return (Int4Position){
        .y = y + (size_t)i * (size_t)y_stride + (size_t)block * BLOCK_ROWS,
        .q = x->q + (size_t)i * (size_t)x->stride,
        .scale = x->scale + (size_t)i * (size_t)(x->stride / x->group), .segment = segments,
        .is_first = true,
    };
}

static void rvv_matmul_int4(float *y, int y_stride, const Matrix *matrix, int block0, int block1,
                            const Activations *x, int n)
{
    static _Thread_local Int4Segment segments[INT4_MAX_SEGMENTS], others[INT4_MAX_SEGMENTS];
    int group = matrix->group, groups = padded_cols(matrix->cols, group) / group;
    size_t block = block_bytes(CODING_INT4, matrix->cols, group);
    int i = 0;
    for (; i + 1 < n; i += 2) {
        plan_position(segments, x, i, groups, group);
        plan_position(others, x, i + 1, groups, group);
        for (int b = block0; b < block1; b++) {
            Int4Position one = int4_position(y, y_stride, b - block0, segments, x, i);
            Int4Position two = int4_position(y, y_stride, b - block0, others, x, i + 1);
            int4_rows_times_two(&one, &two, (const uint8_t *)matrix->data + (size_t)b * block,
                                groups, group);
        }
    }
    for (; i < n; i++) {
        const int8_t *q = x->q + (size_t)i * (size_t)x->stride;
        const float *scale = x->scale + (size_t)i * (size_t)(x->stride / group);
        plan_position(segments, x, i, groups, group);
        for (int b = block0; b < block1; b += 2) {
            const uint8_t *weights = (const uint8_t *)matrix->data + (size_t)b * block;
            float *out = y + (size_t)i * (size_t)y_stride + (size_t)(b - block0) * BLOCK_ROWS;
            if (b + 1 < block1)
                int4_rows_times(true, out, weights, block, segments, q, scale, groups);
            else
                int4_rows_times(false, out, weights, block, segments, q, scale, groups);
        }
    }
}

#endif
