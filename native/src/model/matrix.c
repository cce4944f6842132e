#include "model/matrix.h"

#include "model/mapping.h"

/* Bytes that the first `blocks` whole blocks take at matrix->data. */
static size_t bytes_of_blocks(const Matrix *m, int blocks)
{
    size_t cells = (size_t)blocks * BLOCK_ROWS * (size_t)m->cols;
    switch (m->coding) {
    case CODING_F32_ROWS: return cells * sizeof(float);
    case CODING_Q80_ROWS: return cells;
    default: return (size_t)blocks * block_bytes(m->coding, m->cols, m->group);
    }
}

size_t matrix_bytes(const Matrix *m)
{
    size_t cells = (size_t)m->rows * (size_t)m->cols;
    switch (m->coding) {
    case CODING_F32_ROWS: return cells * sizeof(float);
    case CODING_Q80_ROWS: return cells;
    default: return bytes_of_blocks(m, blocks_of(m->rows));
    }
}

Matrix matrix_blocks(const Matrix *m, int block0, int blocks)
{
    Matrix part = *m;
    int first = block0 * BLOCK_ROWS, rows = blocks * BLOCK_ROWS;
    part.rows = rows < m->rows - first ? rows : m->rows - first;
    part.data = (const uint8_t *)m->data + bytes_of_blocks(m, block0);
    if (m->coding == CODING_Q80_ROWS)
        part.scales += (size_t)first * (size_t)(m->cols / m->group);
    return part;
}

void matrix_prefetch(const Matrix *m)
{
    mapping_prefetch(m->data, matrix_bytes(m));
}

void matrix_release(const Matrix *m)
{
    mapping_release(m->data, matrix_bytes(m));
}
