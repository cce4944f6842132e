#include "cli/generate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/clock.h"

/* What became of a piece of text handed to the reader. */
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

/* Prints the prompt's tokens that fall within the steps; false when BOS ends the story there. */
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
static Written generate(Transformer *transformer, const Tokenizer *tokenizer, Screen *screen,
                        Sampler *sampler, int token, int pos, int steps, FILE *out, Pace *pace)
{
    double start = 0.0;
    Written written = WRITTEN;
    for (int first = pos; pos < steps && written == WRITTEN; pos++) {
        transformer_forward(transformer, &token, 1, pos);
        int next = screen_pick(screen, transformer, sampler);
        if (next == TOKEN_BOS) {
            pace->ended = true;
            break;
        }
        written = write_token(out, tokenizer, token, next);
        token = next;
        if (pos == first)
            start = clock_seconds();
        pace->tokens = pos - first;
        pace->seconds = clock_seconds() - start;
        pace->length = pos + 1;
    }
    return written;
}

bool tell(Transformer *transformer, const Tokenizer *tokenizer, Screen *screen, Sampler *sampler,
          const Story *story, FILE *out, Pace *pace, Fault *fault)
{
    *pace = (Pace){0};
    int *tokens;
    size_t all;
    if (!tokenizer_encode(tokenizer, story->prompt, story->prompt_size, &tokens, &all, fault))
        return false;
    /* run.c prints one token per step: with as many steps as tokens the last one comes out too */
    int count = all <= (size_t)story->steps ? (int)all : story->steps + 1;
    pace->length = count - 1; /* BOS is not told */
    Written written = WRITTEN;
    bool goes_on = write_prompt(out, tokenizer, tokens, count, &written);
    if (goes_on && written == WRITTEN && count <= story->steps) {
        read_prompt(transformer, tokens, count);
        written = generate(transformer, tokenizer, screen, sampler, tokens[count - 1],
                           count - 1, story->steps, out, pace);
    }
    free(tokens);
    if (written == WRITTEN)
        written = write_out(out, (const uint8_t *)"\n", 1);
    if (written == WRITE_FAILED)
        return fault_set(fault, FAULT_FILE, "cannot write the story: %s", strerror(errno));
    return true;
}
