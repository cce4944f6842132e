/* Computes the screen section for rows as they are stored in a pack. */
#ifndef STORYTELLER_PACK_SCREEN_BUILD_H
#define STORYTELLER_PACK_SCREEN_BUILD_H

#include "model/model.h"
#include "pack/row_order.h"

/* The classifier in the pack's order, with the values that the kernels will multiply. */
typedef struct StoredRows {
    const Model *model;       /* the source, for fp32 */
    const RowOrder *order;
    Matrix packed;            /* int8 and int4: the rows as packed; data NULL for fp32 */
} StoredRows;

void stored_row(const StoredRows *stored, int row, float *out);

/* Allocates and fills the section. */
bool screen_build(const StoredRows *stored, int leading, uint8_t **section, size_t *size,
                  Fault *fault);

#endif
