/*
 * Drafts of the next sentence of a story: drawn side by side from one cached past, scored in the
 * story and alone; one of them may join the story.
 */
#ifndef STORYTELLER_DRAFT_DRAFTS_H
#define STORYTELLER_DRAFT_DRAFTS_H

#include "draft/bias.h"
#include "draft/context.h"
#include "draft/ending.h"
#include "sample/sampler.h"

enum { MAX_DRAFTS = 32, MAX_DRAFT_TOKENS = 256 };

typedef struct Draft {
    KvCache cache;    /* keys and values of the drawn tokens */
    int tokens[MAX_DRAFT_TOKENS];
    int count;        /* tokens drawn that belong to the text */
    int computed;     /* of them have keys and values */
    size_t cut;       /* bytes at the end of the last token's piece that do not belong to the text */
    bool newline;     /* the model went on with a new line, which is not part of the text */
    Ending ending;
    double ln_in_story; /* sum of ln p of the tokens after the story, its tag and the beginning */
    double ln_alone;    /* the same after nothing but the beginning, see docs/drafts.md */
    uint64_t random;  /* state of the random numbers */
    EndingReader reader;
    BiasProgress biased;
} Draft;

/* Text that is the owner's to free. */
typedef struct Words {
    uint8_t *data;
    size_t size;
} Words;

typedef struct Drafts {
    Context context;
    Sampler sampler;
    int together;    /* drafts that share a pass, 1 to MAX_BATCH */
    Words plan;      /* the next sentence's tag, without brackets */
    Words begin;     /* how it begins */
    Bias bias;       /* words that its drafts are drawn towards */

    bool prepared;   /* tag and beginning stand in the cache behind the settled story: */
    int original;    /* the story's last token, before the beginning merged into it */
    Tag tag;
    int *given;      /* (given_count) tokens of the beginning */
    int given_count;
    int shared;      /* slots of the cache that all drafts attend to */

    int count;       /* drafts waiting to be kept or dropped */
    Draft drafts[MAX_DRAFTS];
    KvCache alone;   /* scratch of scoring alone */
    float *alone_first; /* (vocab padded) logits after the beginning alone, by row */
    float *first;    /* (vocab padded) logits of the first token to draw, by row of the classifier */
    float *rows;     /* (MAX_BATCH, vocab padded) logits of a pass, by row */
    float *logits;   /* (vocab padded) of one draft, by token */
    float *weights;  /* (vocab padded) scratch */
} Drafts;

typedef struct DraftRequest {
    int count;     /* 1 to MAX_DRAFTS */
    int64_t seed;
    Goal goal;
    int most;      /* tokens of a draft, 1 to MAX_DRAFT_TOKENS */
} DraftRequest;

/* `transformer` has room for the context and MAX_TAG more; `tokenizer` must outlive the drafts. */
bool drafts_open(Drafts *drafts, Transformer *transformer, const Tokenizer *tokenizer,
                 float temperature, float topp, Fault *fault);

/* Safe on zeroed drafts. */
void drafts_close(Drafts *drafts);

/* Adds given text to the story. Waiting drafts must be kept or dropped first. */
bool drafts_tell(Drafts *drafts, Bytes text, Fault *fault);

/* Keywords of the next sentence, and its beginning; empty for none. */
bool drafts_plan(Drafts *drafts, Bytes text, Fault *fault);
bool drafts_begin(Drafts *drafts, Bytes text, Fault *fault);

/* Words that its drafts are drawn towards, by `strength` nats (see bias.h); empty for none. */
bool drafts_bias(Drafts *drafts, float strength, Bytes words, Fault *fault);

/* Draws drafts in place of those that wait. Draft k depends on the seed and k, not on the others. */
bool drafts_draw(Drafts *drafts, const DraftRequest *request, Fault *fault);

/* Draft k, with the beginning, joins the story; or none does. Plan, beginning and bias are used up. */
bool drafts_keep(Drafts *drafts, int k, Fault *fault);
void drafts_drop(Drafts *drafts);

/* Bytes of text of token i of a draft; `byte` may hold them. */
Bytes drafts_piece(const Drafts *drafts, const Draft *draft, int i, uint8_t *byte);

#endif
