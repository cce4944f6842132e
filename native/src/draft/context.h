/*
 * A story that is being told: its tokens, their keys and values, the tag of its last sentence.
 *
 * A tag (the keywords of a sentence, see docs/drafts.md) stands before the sentence in the cache
 * while the sentence is computed: slots hold the text before, the tag, the sentence. Then the
 * sentence moves down over it. The last token of the text stays without keys and values until more
 * is asked for, because a newline told next may still merge into it.
 */
#ifndef STORYTELLER_DRAFT_CONTEXT_H
#define STORYTELLER_DRAFT_CONTEXT_H

#include "infer/transformer.h"
#include "tokenizer/tokenizer.h"

/* Tokens that a tag may have, brackets included: slots of the cache beyond the text's. */
enum { MAX_TAG = 64 };

typedef struct Tag {
    int tokens[MAX_TAG];
    int count; /* 0: no tag */
} Tag;

typedef struct Context {
    Transformer *transformer; /* whose cache holds the text: room for `room` + MAX_TAG slots */
    const Tokenizer *tokenizer;
    int room;     /* tokens of text that fit */
    int *tokens;  /* (room), BOS first */
    int count;
    int computed; /* tokens[0 .. computed) have keys and values */
    Tag tag;      /* of the last sentence, as long as its last token may change */
    int tag_at;   /* index of that sentence's first token */
    int tag_slots; /* slots that the tag takes up now, from tag_at on: 0 or tag.count */
    float *last;  /* (dim) the last layer's output for tokens[computed - 1] */
} Context;

/* A story of BOS alone. `transformer` and `tokenizer` must outlive it. */
bool context_open(Context *context, Transformer *transformer, const Tokenizer *tokenizer, int room,
                  Fault *fault);

/* Safe on a zeroed context. */
void context_close(Context *context);

/*
 * The tokens of `text` after the story so far. `*head` is what the story's last token becomes, for
 * text may merge with it; `*rest` (count) follows it and is the caller's to free.
 */
bool context_encode(const Context *context, Bytes text, int *head, int **rest, size_t *count,
                    Fault *fault);

/* Replaces the last token, which is computed anew where it was computed. */
void context_replace_last(Context *context, int token);

/* Appends tokens of a sentence without a tag. They must fit. */
void context_append(Context *context, const int *tokens, int count);

/* Computes what is not computed yet; afterwards text token i is in slot i. */
void context_settle(Context *context);

/*
 * Runs tokens through the layers behind what a cache holds: slots from `slot` on, positions from
 * `position` on. The last one's output is in row 0 of transformer->x afterwards.
 */
void context_run(Transformer *transformer, KvCache *cache, const int *tokens, int count, int slot,
                 int position);

#endif
