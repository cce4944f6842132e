/* The order of the classifier's rows: hot, warm, cold. */
#ifndef STORYTELLER_PACK_ROW_ORDER_H
#define STORYTELLER_PACK_ROW_ORDER_H

#include "model/model.h"
#include "tokenizer/tokenizer.h"

typedef struct RowOrder {
    uint32_t *token_of_row; /* (vocab) */
    int hot_rows;           /* always scored; a multiple of 32 */
    int cold_row;           /* first untrained row; a multiple of 32 */
    float untrained_radius; /* median distance of the untrained rows from their centroid */
    float untrained_norm;   /* of the centroid */
    int duplicate_row;      /* rows after this one are stored as copies of it; vocab: none are */
} RowOrder;

/*
 * Orders the classifier's rows of a model: the tokens that stories use, most used first; then
 * other rows that training moved; then the untrained rows, which all lie near one centroid, nearest
 * first. Fills `order`, whose token_of_row the caller allocates.
 */
bool row_order_compute(RowOrder *order, const Model *model, const Tokenizer *tokenizer,
                       int hot_rows, Fault *fault);

/* Row of the classifier of a token, as floats (dim). */
void classifier_row(const Model *model, int token, float *row);

#endif
