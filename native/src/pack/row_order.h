/* The order of the classifier's rows: hot, warm, cold. */
#ifndef STORYTELLER_PACK_ROW_ORDER_H
#define STORYTELLER_PACK_ROW_ORDER_H

#include "model/model.h"
#include "tokenizer/tokenizer.h"

typedef struct RowOrder {
    uint32_t *token_of_row; /* (vocab) */
    int hot_rows;           /* always scored; a multiple of 32 */
    int cold_row;           /* the first row of the heap that training left; a multiple of 32 */
    float heap_radius;      /* median distance of the heap's rows from their centroid */
    float heap_norm;        /* of the centroid */
    int twin_row;           /* rows after this one are stored as copies of it; or vocab */
} RowOrder;

/*
 * Orders the classifier's rows of a model: the tokens that stories use, most used first; then
 * other rows that training moved; then the heap of rows it never told apart, nearest to their
 * centroid first. Fills `order`, whose token_of_row the caller allocates.
 */
bool screen_order(RowOrder *order, const Model *model, const Tokenizer *tokenizer, int hot_rows,
                  Fault *fault);

/* Row of the classifier of a token, as floats (dim). */
void classifier_row(const Model *model, int token, float *row);

#endif
