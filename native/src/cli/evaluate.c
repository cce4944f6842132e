#include "cli/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A model and the logits of its last batch, by row of the classifier. */
typedef struct Scorer {
    Engine *engine;
    float *row_logits; /* (MAX_BATCH, vocab padded) */
} Scorer;

static size_t logits_stride(const Scorer *scorer)
{
    return (size_t)padded_cols(scorer->engine->model.shape.vocab, 0);
}

static bool scorer_open(Scorer *scorer, Engine *engine, Fault *fault)
{
    *scorer = (Scorer){ .engine = engine };
    if (!engine)
        return true;
    scorer->row_logits = malloc(MAX_BATCH * logits_stride(scorer) * sizeof(float));
    return scorer->row_logits || fault_set(fault, FAULT_MEMORY, "not enough memory for the logits");
}

static void score_batch(Scorer *scorer, const int *tokens, int n, int pos)
{
    transformer_forward(&scorer->engine->transformer, tokens, n, pos);
    transformer_score(&scorer->engine->transformer, n, scorer->row_logits);
}

/*
 * -ln p of `token` after position i of the batch, whose logits become probabilities in place. Their
 * float sum is not exactly 1, so they are divided by their sum in double.
 */
static double nats_of(const Scorer *scorer, int i, int token)
{
    const Model *model = &scorer->engine->model;
    float *logits = scorer->row_logits + (size_t)i * logits_stride(scorer);
    scorer->engine->kernels->softmax(logits, model->shape.vocab);
    double sum = 0.0;
    for (int r = 0; r < model->shape.vocab; r++)
        sum += (double)logits[r];
    uint32_t row = model->row_of_token ? model->row_of_token[token] : (uint32_t)token;
    return log(sum) - log((double)logits[row]);
}

static int top_token(const Scorer *scorer, int i)
{
    const Model *model = &scorer->engine->model;
    const float *logits = scorer->row_logits + (size_t)i * logits_stride(scorer);
    int row = scorer->engine->kernels->argmax(logits, model->shape.vocab);
    return model->token_of_row ? (int)model->token_of_row[row] : row;
}

static long count_characters(Bytes piece)
{
    long count = 0;
    for (size_t i = 0; i < piece.size; i++)
        count += (piece.data[i] & 0xC0) != 0x80;
    return count;
}

/* Scores tokens[1 .. count) given those before them. */
static void score_story(Scorer *scorer, Scorer *other, const int *tokens, int count, Score *score)
{
    for (int pos = 0; pos < count - 1; pos += MAX_BATCH) {
        int n = count - 1 - pos < MAX_BATCH ? count - 1 - pos : MAX_BATCH;
        score_batch(scorer, tokens + pos, n, pos);
        if (other->engine)
            score_batch(other, tokens + pos, n, pos);
        for (int i = 0; i < n; i++) {
            int previous = tokens[pos + i], token = tokens[pos + i + 1];
            uint8_t byte;
            if (other->engine)
                score->same_top += top_token(scorer, i) == top_token(other, i);
            score->nats += nats_of(scorer, i, token);
            score->characters += count_characters(
                tokenizer_decode(&scorer->engine->tokenizer, previous, token, &byte));
            score->tokens++;
            if (other->engine)
                score->nats_of_other += nats_of(other, i, token);
        }
    }
    score->stories++;
}

/* The end of the story that starts at `at`, and where the next one starts. */
static size_t find_end(const uint8_t *text, size_t size, size_t at, size_t *next)
{
    static const char separator[] = "<|endoftext|>";
    const size_t length = sizeof separator - 1;
    for (size_t line = at; line < size;) {
        const uint8_t *newline = memchr(text + line, '\n', size - line);
        size_t end = newline ? (size_t)(newline - text) : size;
        if (end - line == length && memcmp(text + line, separator, length) == 0) {
            *next = newline ? end + 1 : size;
            return line;
        }
        line = newline ? end + 1 : size;
    }
    *next = size;
    return size;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool evaluate_stories(Scorer *scorer, Scorer *other, const uint8_t *text, size_t size,
                             Score *score, Fault *fault)
{
    for (size_t at = 0, next; at < size; at = next) {
        size_t end = find_end(text, size, at, &next);
        while (at < end && is_blank(text[at]))
            at++;
        while (end > at && is_blank(text[end - 1]))
            end--;
        if (at == end)
            continue;
        int *tokens;
        size_t count;
        if (!tokenizer_encode(&scorer->engine->tokenizer, text + at, end - at, &tokens, &count,
                              fault))
            return false;
        size_t most = (size_t)scorer->engine->steps; /* what both KV caches hold */
        if (other->engine && (size_t)other->engine->steps < most)
            most = (size_t)other->engine->steps;
        score_story(scorer, other, tokens, (int)(count < most ? count : most), score);
        free(tokens);
    }
    return true;
}

bool evaluate(Engine *engine, Engine *other, const uint8_t *text, size_t size, Score *score,
              Fault *fault)
{
    *score = (Score){0};
    Scorer scorer = {0}, second = {0};
    bool done = scorer_open(&scorer, engine, fault) && scorer_open(&second, other, fault)
        && evaluate_stories(&scorer, &second, text, size, score, fault);
    free(scorer.row_logits);
    free(second.row_logits);
    return done;
}
