/* Quantises blocks of 32 rows into the records of docs/format.md. */
#ifndef STORYTELLER_PACK_QUANTISE_H
#define STORYTELLER_PACK_QUANTISE_H

#include "model/model.h"

/*
 * Writes one block: rows (32, cols) floats in, block_bytes(coding, cols, group) bytes out. The
 * scale of each row and group is the bfloat16 that leaves the least squared error, each weight the
 * nearest multiple of it. Columns past `cols` become zero weights.
 */
void quantise_block(const float *rows, int cols, int group, Coding coding, uint8_t *out);

#endif
