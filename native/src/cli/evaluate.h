/* How well a model predicts text, and how closely it follows another. */
#ifndef STORYTELLER_CLI_EVALUATE_H
#define STORYTELLER_CLI_EVALUATE_H

#include "cli/engine.h"

/* Sums over all scored tokens; a token is scored by what the model expected before reading it. */
typedef struct Score {
    double nats;    /* of the first model */
    double nats_of_other;
    long tokens;
    long characters; /* code points that these tokens spell */
    long same_top;  /* tokens for which both models expect the same token most */
    int stories;
} Score;

/*
 * Scores each story of `text` (stories end with a line <|endoftext|>) from BOS, cut at the steps
 * of the engine. `other` may be NULL; it must have the same vocabulary.
 */
bool evaluate(Engine *engine, Engine *other, const uint8_t *text, size_t size, Score *score,
              Fault *fault);

#endif
