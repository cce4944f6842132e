#include "cli/generate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/clock.h"
#include "cli/text_out.h"

/*
 * As run.c: one token after the other, where a step each allows; false when one of them is BOS,
 * which ends the story.
 */
static bool write_tokens(TextOut *out, const int *tokens, int count, Written *written)
{
    for (int i = 1; i < count && *written == WRITTEN; i++) {
        if (tokens[i] == TOKEN_BOS)
            return false;
        *written = text_out_token(out, tokens[i - 1], tokens[i]);
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
static Written generate_tokens(Transformer *transformer, Screen *screen, Sampler *sampler,
                               int token, int pos, int steps, TextOut *out, GenerateStats *stats)
{
    double start = 0.0;
    Written written = WRITTEN;
    for (int first = pos; pos < steps && written == WRITTEN; pos++) {
        transformer_forward(transformer, &token, 1, pos);
        int next = screen_pick(screen, transformer, sampler);
        if (tokenizer_ends_story(out->tokenizer, next)) {
            stats->ended = true;
            break;
        }
        written = text_out_token(out, token, next);
        token = next;
        if (pos == first)
            start = clock_seconds();
        stats->tokens = pos - first;
        stats->seconds = clock_seconds() - start;
        stats->length = pos + 1;
    }
    return written;
}

/* At least one token of the story must fit behind the prompt. */
static bool check_room(size_t count, int steps, int context, Fault *fault)
{
    if (count <= (size_t)steps)
        return true;
    if (steps == context)
        return fault_set(fault, FAULT_PROMPT, "the prompt has %zu tokens and the model's context "
                         "holds %d: nothing of a story fits behind it; shorten it", count - 1,
                         context);
    return fault_set(fault, FAULT_PROMPT, "the prompt has %zu tokens and the story may have %d: "
                     "nothing of it fits behind the prompt; shorten it or ask for more with -n",
                     count - 1, steps);
}

bool generate(Transformer *transformer, const Tokenizer *tokenizer, Screen *screen,
              Sampler *sampler, const GenerateRequest *request, FILE *file, GenerateStats *stats,
              Fault *fault)
{
    *stats = (GenerateStats){0};
    int *tokens, context = transformer->model->shape.context;
    size_t all;
    if (!tokenizer_encode(tokenizer, request->prompt, request->prompt_size, &tokens, &all, fault))
        return false;
    if (!tokenizer->as_run_c && !check_room(all, request->steps, context, fault)) {
        free(tokens);
        return false;
    }
    /* run.c prints one token per step: with as many steps as tokens the last one comes out too */
    int count = all <= (size_t)request->steps ? (int)all : request->steps + 1;
    stats->length = count - 1; /* without BOS */
    TextOut out = { .file = file, .tokenizer = tokenizer };
    Written written = WRITTEN;
    bool goes_on = true;
    if (tokenizer->as_run_c)
        goes_on = write_tokens(&out, tokens, count, &written);
    else
        written = text_out_bytes(&out, (Bytes){ request->prompt, request->prompt_size });
    if (goes_on && written == WRITTEN && count <= request->steps) {
        read_prompt(transformer, tokens, count);
        written = generate_tokens(transformer, screen, sampler, tokens[count - 1], count - 1,
                                  request->steps, &out, stats);
    }
    free(tokens);
    if (written == WRITTEN)
        written = text_out_bytes(&out, (Bytes){ (const uint8_t *)"\n", 1 });
    if (written == WRITE_FAILED)
        return fault_set(fault, FAULT_FILE, "cannot write the story: %s", strerror(errno));
    return true;
}
