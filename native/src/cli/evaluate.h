/* How well a model predicts a text (cross-entropy), and how often it agrees with another model. */
#ifndef STORYTELLER_CLI_EVALUATE_H
#define STORYTELLER_CLI_EVALUATE_H

#include "cli/engine.h"

/* Sums over all scored tokens. A token's score is -ln of the probability that the model gave it. */
typedef struct Score {
    double nats;    /* of the first model */
    double nats_of_other;
    long tokens;
    long characters; /* code points of these tokens' text */
    long same_top;  /* tokens for which both models have the same most likely token */
    int stories;
} Score;

/*
 * Scores each story of `text` (stories end with a line <|endoftext|>) from BOS, cut at the steps
 * of the engine. `other` may be NULL; it must have the same vocabulary.
 */
bool evaluate(Engine *engine, Engine *other, const uint8_t *text, size_t size, Score *score,
              Fault *fault);

#endif
