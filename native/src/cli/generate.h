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
    bool ended;     /* by the model with BOS, not by `steps` */
} GenerateStats;

/*
 * Writes the story to `out`, flushed after each token, and a newline at the end. A reader that
 * closes `out` ends the story without a fault. `screen` may be NULL. `stats` is always filled.
 */
bool generate(Transformer *transformer, const Tokenizer *tokenizer, Screen *screen,
              Sampler *sampler, const GenerateRequest *request, FILE *out, GenerateStats *stats,
              Fault *fault);

#endif
