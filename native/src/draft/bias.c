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

static bool begins_with_mark(Bytes text)
{
    uint8_t c = text.data[0];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
    return !letter && !(c >= '0' && c <= '9');
}

/* The tokens of one word or mark, which has a space in front; false for a fault. */
static bool read_word(BiasWord *word, const Tokenizer *tokenizer, Bytes text, Fault *fault)
{
    Bytes bare = { text.data + 1, text.size - 1 };
    word->mark = begins_with_mark(bare);
    return add_form(tokenizer, word, SPACED, word->mark ? bare : text, fault)
        && add_form(tokenizer, word, OPENING, bare, fault);
}

static bool add_word(Bias *bias, BiasWord word, Fault *fault)
{
    if (!word.count[SPACED] || !word.count[OPENING])
        return true; /* too long */
    if (bias->count == MAX_BIASED)
        return fault_set(fault, FAULT_USAGE, "drafts are drawn towards %d words at most; name "
                         "fewer", MAX_BIASED);
    int i = 0;
    while (i < bias->count && memcmp(bias->words[i].tokens, word.tokens, sizeof word.tokens) != 0)
        i++;
    word.first = i;
    bias->words[bias->count++] = word;
    return true;
}

bool bias_set(Bias *bias, const Tokenizer *tokenizer, float strength, Bytes words, Fault *fault)
{
    uint8_t text[MAX_PIECE + 1] = { ' ' };
    *bias = (Bias){ .strength = strength };
    for (size_t at = 0, end; at < words.size; at = end + 1) {
        const uint8_t *space = memchr(words.data + at, ' ', words.size - at);
        end = space ? (size_t)(space - words.data) : words.size;
        size_t size = end - at;
        if (size == 0 || size > MAX_PIECE)
            continue;
        BiasWord word = {0};
        memcpy(text + 1, words.data + at, size);
        if (!read_word(&word, tokenizer, (Bytes){ text, size + 1 }, fault)
            || !add_word(bias, word, fault))
            return false;
    }
    return true;
}

/* The form of word i that the draft would go on with. */
static int form_of(const BiasProgress *progress, int i, bool opening)
{
    return progress->done[i] ? progress->form[i] : opening ? OPENING : SPACED;
}

/* To go on with word i would take away a word that is named before it and just ended. */
static bool would_take_away(const BiasProgress *progress, int i)
{
    return progress->done[i] && progress->ended && progress->ended <= i;
}

/* The first word or mark to come, those after the last one that is held first; -1 where none is. */
static int first_missing(const Bias *bias, const BiasProgress *progress)
{
    for (int n = 0; n < bias->count; n++) {
        int i = (progress->next + n) % bias->count;
        if (!progress->held[i])
            return i;
    }
    return -1;
}

void bias_raise(const Bias *bias, const BiasProgress *progress, bool opening, float *logits)
{
    float missing = 0.0f;
    int first = first_missing(bias, progress);
    for (int n = 0; n < bias->count; n++) {
        int i = (progress->next + n) % bias->count;
        bool early = bias->words[i].mark && i != first;
        if (progress->held[i] || early || would_take_away(progress, i))
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
    progress->done[i]++;
    return true;
}

/* Word i ended with the last token: no shorter word is held by tokens of it. */
static void hold(BiasProgress *progress, int i, int words)
{
    for (int j = 0; j < words; j++)
        if (progress->held[j] && progress->since[j] + progress->done[j] <= progress->done[i]) {
            progress->held[j] = false;
            progress->done[j] = 0;
        }
    progress->held[i] = true;
    progress->since[i] = 0;
    progress->ended = (uint8_t)(i + 1);
    progress->next = (uint8_t)((i + 1) % words);
}

void bias_advance(const Bias *bias, BiasProgress *progress, bool opening, int token)
{
    bool taken[MAX_BIASED] = { false }; /* a word named twice is to stand there twice */
    int from = progress->next, first = first_missing(bias, progress);
    progress->ended = 0;
    for (int i = 0; i < bias->count; i++)
        progress->since[i] += progress->held[i] && progress->since[i] < MAX_WORD_TOKENS;
    for (int n = 0; n < bias->count; n++) {
        int i = (from + n) % bias->count;
        const BiasWord *word = &bias->words[i];
        if (progress->held[i] || (word->mark && i != first))
            continue;
        if (taken[word->first])
            progress->done[i] = 0;
        else if (goes_on(word, progress, i, opening, token)) {
            taken[word->first] = true;
            if (progress->done[i] == word->count[progress->form[i]])
                hold(progress, i, bias->count);
        }
    }
}
