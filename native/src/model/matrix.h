/* The size of a matrix in memory, and ranges of its rows as matrices. */
#ifndef STORYTELLER_MODEL_MATRIX_H
#define STORYTELLER_MODEL_MATRIX_H

#include "model/model.h"

/* Bytes at matrix->data. */
size_t matrix_bytes(const Matrix *matrix);

/* Rows of blocks [block0, block0 + blocks) as a matrix, cut at the last row. */
Matrix matrix_blocks(const Matrix *matrix, int block0, int blocks);

/* Starts reading a matrix, or releases its pages; see mapping.h. */
void matrix_prefetch(const Matrix *matrix);
void matrix_release(const Matrix *matrix);

#endif
