/* What the fuzz targets share: files in memory, and a few steps of generation. */
#ifndef STORYTELLER_FUZZ_SUPPORT_H
#define STORYTELLER_FUZZ_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "tokenizer/tokenizer.h"

/* A file that lives in memory, under a path that can be opened until the next call. */
const char *file_of(const uint8_t *data, size_t size);

/* Recomputes the checksums of a .story's header and table, or no input would get past them. */
void mend_checksums(uint8_t *data, size_t size);

/* Runs a prompt and a few picks with an opened model. */
void use_model(const Model *model);

/* Encodes text and decodes what came out. */
void use_tokenizer(const Tokenizer *tokenizer, const uint8_t *text, size_t size);

#endif
