#include "model/embedding.h"

#include <string.h>

static void row_of_q80(const Matrix *m, size_t row, float *out)
{
    size_t cols = (size_t)m->cols, group = (size_t)m->group;
    const int8_t *w = (const int8_t *)m->data + row * cols;
    const float *scales = m->scales + row * (cols / group);
    for (size_t k = 0; k < cols; k++)
        out[k] = (float)w[k] * scales[k / group];
}

/* The integer weight of row r, column k of a record. */
static int packed_weight(Coding coding, const uint8_t *tiles, size_t k, size_t r)
{
    if (coding == CODING_INT8)
        return (int8_t)tiles[k * BLOCK_ROWS + r];
    uint8_t pair = tiles[k / 8 * TILE_BYTES + k % 4 * BLOCK_ROWS + r];
    return (k % 8 < 4 ? pair & 15 : pair >> 4) - 8;
}

static void row_of_packed(const Matrix *m, size_t row, float *out)
{
    size_t r = row % BLOCK_ROWS, group = (size_t)m->group;
    size_t groups = (size_t)padded_cols(m->cols, m->group) / group;
    size_t per_block = block_bytes(m->coding, m->cols, m->group), record = per_block / groups;
    const uint8_t *block = (const uint8_t *)m->data + row / BLOCK_ROWS * per_block;
    for (size_t k = 0; k < (size_t)m->cols; k++) {
        const uint8_t *tiles = block + k / group * record;
        uint16_t scale;
        memcpy(&scale, tiles + record - (BLOCK_ROWS - r) * sizeof scale, sizeof scale);
        out[k] = (float)packed_weight(m->coding, tiles, k % group, r) * bf16_to_f32(scale);
    }
}

void matrix_row(const Matrix *m, int row, float *out)
{
    size_t cols = (size_t)m->cols, at = (size_t)row;
    switch (m->coding) {
    case CODING_F32_ROWS:
        memcpy(out, (const float *)m->data + at * cols, cols * sizeof(float));
        break;
    case CODING_F32: {
        const float *block = (const float *)m->data + at / BLOCK_ROWS * cols * BLOCK_ROWS;
        for (size_t k = 0; k < cols; k++)
            out[k] = block[k * BLOCK_ROWS + at % BLOCK_ROWS];
        break;
    }
    case CODING_Q80_ROWS:
        row_of_q80(m, at, out);
        break;
    default:
        row_of_packed(m, at, out);
    }
}

void embed(const Model *model, int token, float *out)
{
    int row = model->row_of_token ? (int)model->row_of_token[token] : token;
    matrix_row(&model->embedding, row, out);
}
