/* Where a matrix lies: its bytes, and stretches of its rows as matrices of their own. */
#ifndef STORYTELLER_MODEL_MATRIX_H
#define STORYTELLER_MODEL_MATRIX_H

#include "model/model.h"

/* Bytes at matrix->data. */
size_t matrix_bytes(const Matrix *matrix);

/* Rows of blocks [block0, block0 + blocks) as a matrix, cut at the last row. */
Matrix matrix_blocks(const Matrix *matrix, int block0, int blocks);

/* Starts reading a matrix, or lets its pages go; see mapping.h. */
void matrix_will_need(const Matrix *matrix);
void matrix_done_with(const Matrix *matrix);

#endif
