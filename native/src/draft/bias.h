/*
 * Words and marks that drafts are drawn towards: the logit of the next token of each word that a
 * draft does not hold yet is raised (logit bias). ln p of the drafts is that of the logits as they
 * were.
 */
#ifndef STORYTELLER_DRAFT_BIAS_H
#define STORYTELLER_DRAFT_BIAS_H

#include "tokenizer/tokenizer.h"

/* Words and marks, and tokens of one of them. */
enum { MAX_BIASED = 24, MAX_WORD_TOKENS = 8 };
#define MAX_BIAS 20.0f

/*
 * A word's tokens: with a space in front, and as right after the mark that opens a quotation. A
 * mark is what begins with no letter and no digit; it has no space in front in either form.
 */
enum { SPACED, OPENING, BIAS_FORMS };

typedef struct BiasWord {
    int tokens[BIAS_FORMS][MAX_WORD_TOKENS];
    int count[BIAS_FORMS];
    bool mark;
    int first; /* the first word that is the same; itself where none is */
} BiasWord;

typedef struct Bias {
    float strength; /* nats that are added to a logit */
    BiasWord words[MAX_BIASED];
    int count;
} Bias;

/* What a draft holds of the words. */
typedef struct BiasProgress {
    bool held[MAX_BIASED];
    uint8_t done[MAX_BIASED]; /* tokens of a word that the draft ends with; all, if it is held */
    uint8_t form[MAX_BIASED]; /* of which form */
    uint8_t since[MAX_BIASED]; /* tokens after a word that is held, up to MAX_WORD_TOKENS */
    uint8_t ended; /* 1 + the word that the last token ended, or 0 */
    uint8_t next; /* the word after the last one that was held: the first to come */
} BiasProgress;

/* Words and marks between spaces; those of more than MAX_WORD_TOKENS tokens are left out. */
bool bias_set(Bias *bias, const Tokenizer *tokenizer, float strength, Bytes words, Fault *fault);

/*
 * Raises logits (vocab, by token) for the words that the draft does not hold, those after the last
 * one it holds first, then those that it passed over: by the strength for the first of them, by a
 * half, a third ... of it for the others, so that they come in their order. Words that begin with
 * the same tokens go on together until one of them ends; where one is the beginning of another
 * (car, carpet), the draft holds the longer one once it stands there. A mark is raised, and counts
 * as held, only while it is that first one: right after the word before it, though words were
 * passed over, so that a full stop ends the sentence. `opening`: the text ends with the mark that
 * opens a quotation.
 */
void bias_raise(const Bias *bias, const BiasProgress *progress, bool opening, float *logits);

/* The draft goes on with this token. */
void bias_advance(const Bias *bias, BiasProgress *progress, bool opening, int token);

#endif
