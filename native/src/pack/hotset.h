/* The tokens that stories use, most frequent first, counted in a corpus of children's stories. */
#ifndef STORYTELLER_PACK_HOTSET_H
#define STORYTELLER_PACK_HOTSET_H

#include <stdint.h>

#include "tokenizer/tokenizer.h"

/*
 * Fills `tokens` (room for the vocabulary) with the tokens of this tokenizer whose pieces occur in
 * the corpus, most frequent first, each once. Returns how many.
 */
int hotset_tokens(const Tokenizer *tokenizer, uint32_t *tokens);

#endif
