#include "draft/bias.h"

#include <stdlib.h>
#include <string.h>

/* Reads one word, which has a space in front; false for a fault. */
static bool add_word(Bias *bias, const Tokenizer *tokenizer, Bytes word, Fault *fault)
{
    int *tokens;
    size_t count;
    if (!tokenizer_encode_more(tokenizer, word.data, word.size, &tokens, &count, fault))
        return false;
    if (count > 0 && count <= MAX_WORD_TOKENS) {
        BiasWord *added = &bias->words[bias->count++];
        memcpy(added->tokens, tokens, count * sizeof *tokens);
        added->count = (int)count;
        added->opening = tokenizer_find(tokenizer, (Bytes){ word.data + 1, word.size - 1 });
    }
    free(tokens);
    return true;
}

bool bias_set(Bias *bias, const Tokenizer *tokenizer, float strength, Bytes words, Fault *fault)
{
    uint8_t word[MAX_PIECE + 1] = { ' ' };
    *bias = (Bias){ .strength = strength };
    for (size_t at = 0, end; at < words.size; at = end + 1) {
        const uint8_t *space = memchr(words.data + at, ' ', words.size - at);
        end = space ? (size_t)(space - words.data) : words.size;
        size_t size = end - at;
        if (size == 0 || size > MAX_PIECE)
            continue;
        if (bias->count == MAX_BIASED)
            return fault_set(fault, FAULT_USAGE, "drafts are drawn towards %d words at most; name "
                             "fewer", MAX_BIASED);
        memcpy(word + 1, words.data + at, size);
        if (!add_word(bias, tokenizer, (Bytes){ word, size + 1 }, fault))
            return false;
    }
    return true;
}

void bias_raise(const Bias *bias, const BiasProgress *progress, bool opening, float *logits)
{
    float missing = 0.0f;
    for (int i = 0; i < bias->count; i++) {
        const BiasWord *word = &bias->words[i];
        if (progress->done[i] == word->count)
            continue;
        float strength = bias->strength / (missing += 1.0f);
        if (!opening)
            logits[word->tokens[progress->done[i]]] += strength;
        else if (word->opening >= 0)
            logits[word->opening] += strength;
    }
}

void bias_advance(const Bias *bias, BiasProgress *progress, bool opening, int token)
{
    for (int i = 0; i < bias->count; i++) {
        const BiasWord *word = &bias->words[i];
        uint8_t *done = &progress->done[i];
        if (*done == word->count)
            continue;
        if (opening && token == word->opening)
            *done = (uint8_t)word->count;
        else if (token == word->tokens[*done])
            ++*done;
        else
            *done = token == word->tokens[0];
    }
}
