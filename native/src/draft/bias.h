/*
 * Words that drafts are drawn towards: the logit of the next token of each word that a draft does
 * not hold yet is raised (logit bias). ln p of the drafts is that of the logits as they were.
 */
#ifndef STORYTELLER_DRAFT_BIAS_H
#define STORYTELLER_DRAFT_BIAS_H

#include "tokenizer/tokenizer.h"

/* Words, and tokens of one of them. */
enum { MAX_BIASED = 16, MAX_WORD_TOKENS = 8 };
#define MAX_BIAS 20.0f

typedef struct BiasWord {
    int tokens[MAX_WORD_TOKENS]; /* with a space in front */
    int count;
    int opening; /* the word as one token without that space, as after a quotation mark; or -1 */
} BiasWord;

typedef struct Bias {
    float strength; /* nats that are added to a logit */
    BiasWord words[MAX_BIASED];
    int count;
} Bias;

/* How many tokens of each word a draft has written last; all of them: it holds the word. */
typedef struct BiasProgress {
    uint8_t done[MAX_BIASED];
} BiasProgress;

/* Words between spaces; those of more than MAX_WORD_TOKENS tokens are left out. */
bool bias_set(Bias *bias, const Tokenizer *tokenizer, float strength, Bytes words, Fault *fault);

/*
 * Raises logits (vocab, by token): by the strength for the first word that the draft does not hold,
 * by a half, a third ... of it for those after it, so that they come in their order. `opening`: the
 * text ends with the mark that opens a quotation.
 */
void bias_raise(const Bias *bias, const BiasProgress *progress, bool opening, float *logits);

/* The draft goes on with this token. */
void bias_advance(const Bias *bias, BiasProgress *progress, bool opening, int token);

#endif
