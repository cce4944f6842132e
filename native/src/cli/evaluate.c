#include "cli/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Logits of one batch, by row of the classifier. */
typedef struct Judge {
    Engine *engine;
    float *row_logits; /* (MAX_BATCH, vocab padded) */
} Judge;

static size_t logits_stride(const Judge *judge)
{
    return (size_t)padded_cols(judge->engine->model.shape.vocab, 0);
}

static bool judge_open(Judge *judge, Engine *engine, Fault *fault)
{
    *judge = (Judge){ .engine = engine };
    if (!engine)
        return true;
    judge->row_logits = malloc(MAX_BATCH * logits_stride(judge) * sizeof(float));
    return judge->row_logits || fault_set(fault, FAULT_MEMORY, "not enough memory for the logits");
}

static void judge_batch(Judge *judge, const int *tokens, int n, int pos)
{
    transformer_forward(&judge->engine->transformer, tokens, n, pos);
    transformer_score(&judge->engine->transformer, n, judge->row_logits);
}

/*
 * -ln p of `token` after position i of the batch, whose logits become probabilities. Their float
 * sum is not quite 1; a double one of them takes that back.
 */
static double nats_of(const Judge *judge, int i, int token)
{
    const Model *model = &judge->engine->model;
    float *logits = judge->row_logits + (size_t)i * logits_stride(judge);
    judge->engine->kernels->softmax(logits, model->shape.vocab);
    double sum = 0.0;
    for (int r = 0; r < model->shape.vocab; r++)
        sum += (double)logits[r];
    uint32_t row = model->row_of_token ? model->row_of_token[token] : (uint32_t)token;
    return log(sum) - log((double)logits[row]);
}

static int top_token(const Judge *judge, int i)
{
    const Model *model = &judge->engine->model;
    const float *logits = judge->row_logits + (size_t)i * logits_stride(judge);
    int row = judge->engine->kernels->argmax(logits, model->shape.vocab);
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
static void judge_story(Judge *judge, Judge *other, const int *tokens, int count, Score *score)
{
    for (int pos = 0; pos < count - 1; pos += MAX_BATCH) {
        int n = count - 1 - pos < MAX_BATCH ? count - 1 - pos : MAX_BATCH;
        judge_batch(judge, tokens + pos, n, pos);
        if (other->engine)
            judge_batch(other, tokens + pos, n, pos);
        for (int i = 0; i < n; i++) {
            int previous = tokens[pos + i], token = tokens[pos + i + 1];
            uint8_t byte;
            if (other->engine)
                score->same_top += top_token(judge, i) == top_token(other, i);
            score->nats += nats_of(judge, i, token);
            score->characters += count_characters(
                tokenizer_decode(&judge->engine->tokenizer, previous, token, &byte));
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

static bool evaluate_stories(Judge *judge, Judge *other, const uint8_t *text, size_t size,
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
        if (!tokenizer_encode(&judge->engine->tokenizer, text + at, end - at, &tokens, &count,
                              fault))
            return false;
        size_t most = (size_t)judge->engine->steps; /* what both caches hold */
        if (other->engine && (size_t)other->engine->steps < most)
            most = (size_t)other->engine->steps;
        judge_story(judge, other, tokens, (int)(count < most ? count : most), score);
        free(tokens);
    }
    return true;
}

bool evaluate(Engine *engine, Engine *other, const uint8_t *text, size_t size, Score *score,
              Fault *fault)
{
    *score = (Score){0};
    Judge judge = {0}, second = {0};
    bool done = judge_open(&judge, engine, fault) && judge_open(&second, other, fault)
        && evaluate_stories(&judge, &second, text, size, score, fault);
    free(judge.row_logits);
    free(second.row_logits);
    return done;
}
