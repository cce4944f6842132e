/* What the packer's two fuzz targets share. */
#ifndef STORYTELLER_FUZZ_PACKING_H
#define STORYTELLER_FUZZ_PACKING_H

#include <stddef.h>
#include <stdint.h>

enum { EVERY_CODING = -1, CODINGS = 3 };

/*
 * Packs the checkpoint in `data` in every coding, or in the one of this number. What can be opened
 * must pack, and the pack must open, verify and generate.
 */
void pack_and_tell(const uint8_t *data, size_t size, int coding);

#endif
