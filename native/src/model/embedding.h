/* Rows of a matrix in any coding as floats. */
#ifndef STORYTELLER_MODEL_EMBEDDING_H
#define STORYTELLER_MODEL_EMBEDDING_H

#include "model/model.h"

/* out (cols) = row `row` of the matrix. */
void matrix_row(const Matrix *matrix, int row, float *out);

/* out (dim) = the embedding of a token. */
void embed(const Model *model, int token, float *out);

#endif
