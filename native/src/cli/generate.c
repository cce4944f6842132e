#include "cli/generate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/clock.h"

/* Result of writing a piece of text. */
typedef enum Written { WRITTEN, READER_GONE, WRITE_FAILED } Written;

static Written write_out(FILE *out, const uint8_t *data, size_t size)
{
    if (size && fwrite(data, 1, size, out) != size)
        return errno == EPIPE ? READER_GONE : WRITE_FAILED;
    if (fflush(out) != 0)
        return errno == EPIPE ? READER_GONE : WRITE_FAILED;
    return WRITTEN;
}

static Written write_token(FILE *out, const Tokenizer *tokenizer, int previous, int token)
{
    uint8_t byte;
    Bytes piece = tokenizer_decode(tokenizer, previous, token, &byte);
    return write_out(out, piece.data, piece.size);
}

/* Writes the prompt's tokens; false when one of them is BOS, which ends the story. */
static bool write_prompt(FILE *out, const Tokenizer *tokenizer, const int *tokens, int count,
                         Written *written)
{
    for (int i = 1; i < count && *written == WRITTEN; i++) {
        if (tokens[i] == TOKEN_BOS)
            return false;
        *written = write_token(out, tokenizer, tokens[i - 1], tokens[i]);
    }
    return true;
}

/* Fills the KV cache with all but the last of the prompt's tokens, several at a time. */
static void read_prompt(Transformer *transformer, const int *tokens, int count)
{
    for (int pos = 0; pos < count - 1; pos += MAX_BATCH) {
        int n = count - 1 - pos < MAX_BATCH ? count - 1 - pos : MAX_BATCH;
        transformer_forward(transformer, tokens + pos, n, pos);
    }
}

/* Generates from the last token of the prompt on. */
static Written generate_tokens(Transformer *transformer, const Tokenizer *tokenizer, Screen *screen,
                               Sampler *sampler, int token, int pos, int steps, FILE *out,
                               GenerateStats *stats)
{
    double start = 0.0;
    Written written = WRITTEN;
    for (int first = pos; pos < steps && written == WRITTEN; pos++) {
        transformer_forward(transformer, &token, 1, pos);
        int next = screen_pick(screen, transformer, sampler);
        if (next == TOKEN_BOS) {
            stats->ended = true;
            break;
        }
        written = write_token(out, tokenizer, token, next);
        token = next;
        if (pos == first)
            start = clock_seconds();
        stats->tokens = pos - first;
        stats->seconds = clock_seconds() - start;
        stats->length = pos + 1;
    }
    return written;
}

bool generate(Transformer *transformer, const Tokenizer *tokenizer, Screen *screen,
              Sampler *sampler, const GenerateRequest *request, FILE *out, GenerateStats *stats,
              Fault *fault)
{
    *stats = (GenerateStats){0};
    int *tokens;
    size_t all;
    if (!tokenizer_encode(tokenizer, request->prompt, request->prompt_size, &tokens, &all, fault))
        return false;
    /* run.c prints one token per step: with as many steps as tokens the last one comes out too */
    int count = all <= (size_t)request->steps ? (int)all : request->steps + 1;
    stats->length = count - 1; /* without BOS */
    Written written = WRITTEN;
    bool goes_on = write_prompt(out, tokenizer, tokens, count, &written);
    if (goes_on && written == WRITTEN && count <= request->steps) {
        read_prompt(transformer, tokens, count);
        written = generate_tokens(transformer, tokenizer, screen, sampler, tokens[count - 1],
                                  count - 1, request->steps, out, stats);
    }
    free(tokens);
    if (written == WRITTEN)
        written = write_out(out, (const uint8_t *)"\n", 1);
    if (written == WRITE_FAILED)
        return fault_set(fault, FAULT_FILE, "cannot write the story: %s", strerror(errno));
    return true;
}
