/* Tells one story: prompt in, text out token by token. */
#ifndef STORYTELLER_CLI_GENERATE_H
#define STORYTELLER_CLI_GENERATE_H

#include <stdio.h>

#include "infer/transformer.h"
#include "sample/sampler.h"
#include "screen/screen.h"
#include "tokenizer/tokenizer.h"

typedef struct Story {
    const uint8_t *prompt;
    size_t prompt_size; /* bytes */
    int steps;          /* positions, at most transformer.positions */
} Story;

typedef struct Pace {
    int tokens;     /* after the first */
    double seconds; /* that they took */
    int length;     /* tokens told, those of the prompt included */
    bool ended;     /* by the model, not by the steps */
} Pace;

/*
 * Writes the story to `out`, flushed after each token, and a newline at the end. A reader that
 * closed `out` ends the story quietly. `screen` may be NULL. `pace` is filled in any case.
 */
bool tell(Transformer *transformer, const Tokenizer *tokenizer, Screen *screen, Sampler *sampler,
          const Story *story, FILE *out, Pace *pace, Fault *fault);

#endif
