#include "pack/hotset.h"

#include <stdlib.h>
#include <string.h>

/* Pieces by falling count, each ended by 0xff, a byte that UTF-8 never has. */
static const char pieces[] =
#include "pack/hotset_pieces.h"
    ;

int hotset_tokens(const Tokenizer *tokenizer, uint32_t *tokens)
{
    uint8_t *taken = calloc((size_t)tokenizer->vocab, 1);
    int count = 0;
    const char *piece = pieces, *last = pieces + sizeof pieces - 1;
    while (taken && piece < last) {
        const char *end = memchr(piece, '\xff', (size_t)(last - piece));
        if (!end)
            break;
        Bytes text = { (const uint8_t *)piece, (size_t)(end - piece) };
        int token = tokenizer_find(tokenizer, text);
        if (token >= 0 && !taken[token]) {
            taken[token] = 1;
            tokens[count++] = (uint32_t)token;
        }
        piece = end + 1;
    }
    free(taken);
    return count;
}
