/* Generates one story: prompt in, text out token by token. */
#ifndef STORYTELLER_CLI_GENERATE_H
#define STORYTELLER_CLI_GENERATE_H

#include <stdio.h>

#include "infer/transformer.h"
#include "sample/sampler.h"
#include "screen/screen.h"
#include "tokenizer/tokenizer.h"

typedef struct GenerateRequest {
    const uint8_t *prompt;
    size_t prompt_size; /* bytes */
    int steps;          /* positions, at most transformer.positions */
} GenerateRequest;

typedef struct GenerateStats {
    int tokens;     /* generated after the first one */
    double seconds; /* that these took */
    int length;     /* tokens written, those of the prompt included */
    bool ended;     /* by the model with BOS or EOS, not by `steps` */
} GenerateStats;

/*
 * Writes the story to `file`, flushed after each token, and a newline at the end. The prompt comes
 * out as it was given; one that leaves no room for a token of the story is FAULT_PROMPT. With a
 * tokenizer that works as run.c, the text is run.c's: a long prompt is cut. A reader that closes
 * `file` ends the story without a fault. `screen` may be NULL. `stats` is always filled.
 */
bool generate(Transformer *transformer, const Tokenizer *tokenizer, Screen *screen,
              Sampler *sampler, const GenerateRequest *request, FILE *file, GenerateStats *stats,
              Fault *fault);

#endif
