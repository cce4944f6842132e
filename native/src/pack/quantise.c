#include "pack/quantise.h"

#include <math.h>
#include <string.h>

#include "kernels/arithmetic.h"

/* The integers that a weight may take. */
typedef struct Range {
    float least;
    float most;
} Range;

static const Range range_of_int8 = { -127.0f, 127.0f };
static const Range range_of_int4 = { -8.0f, 7.0f };

static float nearest_weight(float w, float scale, Range range)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    float q = scale != 0.0f ? w / scale : 0.0f;
    q = q < range.least ? range.least : q > range.most ? range.most : q;
    return (q + magic) - magic;
}

/* Squared error of a group with this scale; `refit` is the least-squares scale of its integers. */
static float error_of(const float *w, int n, float scale, Range range, float *refit)
{
    float error = 0.0f, wq = 0.0f, qq = 0.0f;
    for (int k = 0; k < n; k++) {
        float q = nearest_weight(w[k], scale, range), e = w[k] - q * scale;
        error += e * e;
        wq += w[k] * q;
        qq += q * q;
    }
    *refit = qq > 0.0f ? wq / qq : 0.0f;
    return error;
}

typedef struct Choice {
    uint16_t scale;
    float error;
} Choice;

/* Tries the bfloat16 next to `scale`, then the least-squares scale of its integers. */
static void try_scale(const float *w, int n, float scale, Range range, Choice *best)
{
    for (int round = 0; round < 2; round++) {
        uint16_t candidate = (uint16_t)nearest_bf16(scale);
        float refit, error = error_of(w, n, bf16_to_f32(candidate), range, &refit);
        if (error < best->error)
            *best = (Choice){ candidate, error };
        scale = refit;
    }
}

/*
 * Searches around the scale that maps the largest magnitude to the end of the range: larger scales
 * use fewer integers, smaller ones clip. int4 tries both signs, since its range is asymmetric.
 */
static uint16_t search_scale(const float *w, int n, Range range)
{
    float most = 0.0f;
    for (int k = 0; k < n; k++)
        most = fabsf(w[k]) > most ? fabsf(w[k]) : most;
    if (!(most > 0.0f) || most > 1e30f)
        return 0;
    Choice best = { 0, INFINITY };
    bool int8 = range.most > 8.0f;
    float first = int8 ? 126.0f : 5.0f, last = int8 ? 127.5f : 9.0f, step = int8 ? 0.25f : 0.125f;
    for (float steps = first; steps <= last; steps += step) {
        try_scale(w, n, most / steps, range, &best);
        if (!int8)
            try_scale(w, n, -most / steps, range, &best);
    }
    return best.scale;
}

static void put_weight(uint8_t *tiles, Coding coding, int k, int r, int q)
{
    if (coding == CODING_INT8) {
        tiles[k * BLOCK_ROWS + r] = (uint8_t)(int8_t)q;
        return;
    }
    uint8_t *pair = &tiles[k / 8 * TILE_BYTES + k % 4 * BLOCK_ROWS + r];
    *pair |= (uint8_t)((q + 8) << (k % 8 < 4 ? 0 : 4));
}

/* One row of one record: n columns of meaning out of `group`. */
static void quantise_row(const float *w, int n, int group, Coding coding, int r, uint8_t *record,
                         size_t scales_at)
{
    Range range = coding == CODING_INT4 ? range_of_int4 : range_of_int8;
    uint16_t scale = search_scale(w, n, range);
    memcpy(record + scales_at + (size_t)r * sizeof scale, &scale, sizeof scale);
    float value = bf16_to_f32(scale);
    for (int k = 0; k < group; k++)
        put_weight(record, coding, k, r, k < n ? (int)nearest_weight(w[k], value, range) : 0);
}

void quantise_block(const float *rows, int cols, int group, Coding coding, uint8_t *out)
{
    size_t bytes = block_bytes(coding, cols, group);
    int groups = padded_cols(cols, group) / group;
    size_t record = bytes / (size_t)groups, scales_at = record - BLOCK_ROWS * sizeof(uint16_t);
    memset(out, 0, bytes);
    for (int g = 0; g < groups; g++) {
        int start = g * group, n = cols - start < group ? cols - start : group;
        for (int r = 0; r < BLOCK_ROWS; r++)
            quantise_row(rows + (size_t)r * (size_t)cols + start, n, group, coding, r,
                         out + (size_t)g * record, scales_at);
    }
}
