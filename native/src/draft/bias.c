#include "draft/bias.h"

#include <stdlib.h>
#include <string.h>

static bool add_form(const Tokenizer *tokenizer, BiasWord *word, int form, Bytes text, Fault *fault)
{
    int *tokens;
    size_t count;
    if (!tokenizer_encode_more(tokenizer, text.data, text.size, &tokens, &count, fault))
        return false;
    word->count[form] = count <= MAX_WORD_TOKENS ? (int)count : 0;
    memcpy(word->tokens[form], tokens, (size_t)word->count[form] * sizeof *tokens);
    free(tokens);
    return true;
}

/* Adds one word, which has a space in front; false for a fault. */
static bool add_word(Bias *bias, const Tokenizer *tokenizer, Bytes text, Fault *fault)
{
    BiasWord *word = &bias->words[bias->count];
    if (!add_form(tokenizer, word, SPACED, text, fault)
        || !add_form(tokenizer, word, OPENING, (Bytes){ text.data + 1, text.size - 1 }, fault))
        return false;
    bias->count += word->count[SPACED] > 0 && word->count[OPENING] > 0;
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

/* The form of word i that the draft would go on with. */
static int form_of(const BiasProgress *progress, int i, bool opening)
{
    return progress->done[i] ? progress->form[i] : opening ? OPENING : SPACED;
}

void bias_raise(const Bias *bias, const BiasProgress *progress, bool opening, float *logits)
{
    float missing = 0.0f;
    for (int n = 0; n < bias->count; n++) {
        int i = (progress->next + n) % bias->count;
        if (progress->held[i])
            continue;
        int token = bias->words[i].tokens[form_of(progress, i, opening)][progress->done[i]];
        logits[token] += bias->strength / (missing += 1.0f);
    }
}

/* Whether the token goes on with word i, or begins it. */
static bool goes_on(const BiasWord *word, BiasProgress *progress, int i, bool opening, int token)
{
    int form = form_of(progress, i, opening);
    if (token != word->tokens[form][progress->done[i]]) {
        progress->done[i] = 0;
        form = opening ? OPENING : SPACED;
        if (token != word->tokens[form][0])
            return false;
    }
    progress->form[i] = (uint8_t)form;
    progress->held[i] = ++progress->done[i] == word->count[form];
    return true;
}

void bias_advance(const Bias *bias, BiasProgress *progress, bool opening, int token)
{
    bool taken = false; /* a word that is named twice is to stand there twice */
    int from = progress->next;
    for (int n = 0; n < bias->count; n++) {
        int i = (from + n) % bias->count;
        if (progress->held[i])
            continue;
        if (taken) {
            progress->done[i] = 0;
        } else if (goes_on(&bias->words[i], progress, i, opening, token)) {
            taken = true;
            if (progress->held[i])
                progress->next = (uint8_t)((i + 1) % bias->count);
        }
    }
}
