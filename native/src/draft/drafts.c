#include "draft/drafts.h"

#include <stdlib.h>
#include <string.h>

#include "draft/draw.h"
#include "draft/score.h"
#include "infer/forward.h"

bool drafts_open(Drafts *d, Transformer *t, const Tokenizer *tokenizer, float temperature,
                 float topp, Fault *fault)
{
    *d = (Drafts){ .together = MAX_BATCH };
    size_t stride = (size_t)padded_cols(t->model->shape.vocab, 0) * sizeof(float);
    if (!context_open(&d->context, t, tokenizer, t->model->shape.context, fault)
        || !sampler_open(&d->sampler, t->kernels, t->model, temperature, topp, 1, fault))
        return false;
    d->first = malloc(stride);
    d->alone_first = malloc(stride);
    d->rows = malloc(MAX_BATCH * stride);
    d->logits = malloc(stride);
    d->weights = malloc(stride);
    return (d->first && d->alone_first && d->rows && d->logits && d->weights)
        || fault_set(fault, FAULT_MEMORY, "not enough memory for drafts");
}

static void forget(Words *words)
{
    free(words->data);
    *words = (Words){0};
}

/* What was asked of the next sentence. */
static void forget_wishes(Drafts *d)
{
    forget(&d->plan);
    forget(&d->begin);
    d->bias.count = 0;
}

void drafts_close(Drafts *d)
{
    for (int k = 0; k < MAX_DRAFTS; k++)
        kvcache_close(&d->drafts[k].cache);
    kvcache_close(&d->alone);
    sampler_close(&d->sampler);
    context_close(&d->context);
    forget_wishes(d);
    free(d->given);
    free(d->first);
    free(d->alone_first);
    free(d->rows);
    free(d->logits);
    free(d->weights);
    *d = (Drafts){0};
}

/* What stood behind the story leaves it; its last token is again what it was. */
static void unprepare(Drafts *d)
{
    if (d->prepared)
        context_replace_last(&d->context, d->original);
    d->prepared = false;
    d->count = 0;
    free(d->given);
    d->given = NULL;
    d->given_count = 0;
}

static bool none_waiting(const Drafts *d, Fault *fault)
{
    return !d->count || fault_set(fault, FAULT_USAGE, "%d drafts are waiting; keep one or drop them "
                                  "first", d->count);
}

static bool story_is_full(const Drafts *d, size_t more, Fault *fault)
{
    return fault_set(fault, FAULT_USAGE, "the story is full: %zu tokens more, and %d of %d are told; "
                     "end it", more, d->context.count, d->context.room);
}

bool drafts_tell(Drafts *d, Bytes text, Fault *fault)
{
    Context *c = &d->context;
    int head, *rest;
    size_t count;
    if (!none_waiting(d, fault))
        return false;
    unprepare(d);
    if (!context_encode(c, text, &head, &rest, &count, fault))
        return false;
    bool fits = count <= (size_t)(c->room - c->count);
    if (fits) {
        context_replace_last(c, head);
        context_append(c, rest, (int)count);
    }
    free(rest);
    return fits || story_is_full(d, count, fault);
}

static bool remember(Words *words, Bytes text, Fault *fault)
{
    forget(words);
    if (!text.size)
        return true;
    words->data = malloc(text.size);
    if (!words->data)
        return fault_set(fault, FAULT_MEMORY, "not enough memory for a text of %zu bytes",
                         text.size);
    memcpy(words->data, text.data, text.size);
    words->size = text.size;
    return true;
}

bool drafts_plan(Drafts *d, Bytes text, Fault *fault)
{
    if (!none_waiting(d, fault))
        return false;
    if (text.size && !d->context.transformer->model->knows_keywords)
        return fault_set(fault, FAULT_USAGE, "this model knows no keywords; begin the sentence "
                         "instead");
    unprepare(d);
    return remember(&d->plan, text, fault);
}

bool drafts_begin(Drafts *d, Bytes text, Fault *fault)
{
    if (!none_waiting(d, fault))
        return false;
    unprepare(d);
    return remember(&d->begin, text, fault);
}

bool drafts_bias(Drafts *d, float strength, Bytes words, Fault *fault)
{
    Bias bias;
    if (!none_waiting(d, fault)
        || !bias_set(&bias, d->context.tokenizer, strength, words, fault))
        return false;
    d->bias = bias;
    return true;
}

/* The tag's tokens: its text is encoded as a text of its own, with a space in front. */
static bool encode_tag(Drafts *d, Fault *fault)
{
    const Model *model = d->context.transformer->model;
    const uint8_t *text = d->plan.data;
    size_t size = d->plan.size, count;
    int *tokens;
    d->tag.count = 0;
    for (; size && *text == ' '; size--)
        text++;
    if (!size)
        return true;
    if (!tokenizer_encode(d->context.tokenizer, text, size, &tokens, &count, fault))
        return false;
    bool fits = count - 1 + 2 <= MAX_TAG; /* brackets for BOS */
    if (fits) {
        d->tag.tokens[0] = model->tag_open;
        memcpy(d->tag.tokens + 1, tokens + 1, (count - 1) * sizeof *tokens);
        d->tag.tokens[count] = model->tag_close;
        d->tag.count = (int)count + 1;
    }
    free(tokens);
    return fits || fault_set(fault, FAULT_USAGE, "a plan of %zu tokens is too long, %d fit; plan "
                             "fewer keywords", count - 1, MAX_TAG - 2);
}

static bool has_room(const Drafts *d, size_t given, Fault *fault)
{
    const Context *c = &d->context;
    if (given >= (size_t)(c->room - c->count))
        return story_is_full(d, given + 1, fault);
    if (d->tag.count > c->count)
        return fault_set(fault, FAULT_USAGE, "a plan of %d tokens needs a story of as many, and %d "
                         "are told; tell more first or plan nothing", d->tag.count, c->count);
    return true;
}

/* Puts tag and beginning behind the story and scores what may come next. */
static bool prepare(Drafts *d, Fault *fault)
{
    Context *c = &d->context;
    Transformer *t = c->transformer;
    Bytes begin = { d->begin.data, d->begin.size };
    size_t count;
    int head;
    if (d->prepared)
        return true;
    if (!encode_tag(d, fault) || !context_encode(c, begin, &head, &d->given, &count, fault))
        return false;
    if (!has_room(d, count, fault)) {
        unprepare(d);
        return false;
    }
    d->given_count = (int)count;
    d->original = c->tokens[c->count - 1];
    context_replace_last(c, head);
    context_settle(c);
    d->prepared = true;
    d->shared = c->count + d->tag.count + d->given_count;
    memcpy(t->x, c->last, (size_t)t->model->shape.dim * sizeof *t->x);
    context_run(t, &t->cache, d->tag.tokens, d->tag.count, c->count, c->count - d->tag.count);
    context_run(t, &t->cache, d->given, d->given_count, c->count + d->tag.count, c->count);
    transformer_score(t, 1, d->first);
    return true;
}

bool drafts_draw(Drafts *d, const DraftRequest *request, Fault *fault)
{
    if (request->count < 1 || request->count > MAX_DRAFTS)
        return fault_set(fault, FAULT_USAGE, "1 to %d drafts can be drawn, not %d", MAX_DRAFTS,
                         request->count);
    if (request->most < 1 || request->most > MAX_DRAFT_TOKENS)
        return fault_set(fault, FAULT_USAGE, "a draft takes 1 to %d tokens, not %d",
                         MAX_DRAFT_TOKENS, request->most);
    d->count = 0;
    if (!prepare(d, fault))
        return false;
    int left = d->context.room - d->context.count - d->given_count;
    DraftRequest fitting = *request;
    fitting.most = request->most < left ? request->most : left;
    for (int k = 0; k < request->count; k++)
        if (!draw_start(d, k, &fitting, fault))
            return false;
    draw_all(d, &fitting);
    d->count = fitting.count;
    if (score_alone(d, request->goal, fault))
        return true;
    d->count = 0;
    return false;
}

/* The part of a draft's last piece that is text, as tokens. */
static bool encode_cut(const Drafts *d, const Draft *draft, int **tokens, size_t *count,
                       Fault *fault)
{
    Bytes piece = tokenizer_piece(d->context.tokenizer, draft->tokens[draft->count - 1]);
    return tokenizer_encode_more(d->context.tokenizer, piece.data, piece.size - draft->cut, tokens,
                                 count, fault);
}

static void add(Context *c, const int *tokens, size_t count)
{
    if (count)
        memcpy(c->tokens + c->count, tokens, count * sizeof *tokens);
    c->count += (int)count;
}

/* Moves a draft's text and its keys and values behind the story's. */
static void join(Drafts *d, const Draft *draft, const int *last, size_t last_count)
{
    Context *c = &d->context;
    int whole = draft->count - (draft->cut > 0), at = c->count;
    int computed = draft->computed < whole ? draft->computed : whole;
    kvcache_copy(&c->transformer->cache, d->shared, &draft->cache, 0, computed);
    add(c, d->given, (size_t)d->given_count);
    add(c, draft->tokens, (size_t)whole);
    add(c, last, last_count);
    /* the last token stays open for what is told next */
    c->computed += d->given_count + computed;
    c->computed = c->computed < c->count - 1 ? c->computed : c->count - 1;
    c->tag = d->tag;
    c->tag_at = at;
    c->tag_slots = d->tag.count;
}

bool drafts_keep(Drafts *d, int k, Fault *fault)
{
    if (k < 0 || k >= d->count)
        return d->count ? fault_set(fault, FAULT_USAGE, "there is no draft %d to keep; there are 0 "
                                    "to %d", k, d->count - 1)
                        : fault_set(fault, FAULT_USAGE, "no drafts are waiting; draw some first");
    const Draft *draft = &d->drafts[k];
    int *last = NULL;
    size_t count = 0;
    if (draft->cut && !encode_cut(d, draft, &last, &count, fault))
        return false;
    if (count > 1 && d->context.count + d->given_count + draft->count - 1 + (int)count
            > d->context.room) {
        free(last);
        return story_is_full(d, count, fault);
    }
    if (draft->count + d->given_count > 0)
        join(d, draft, last, count);
    d->prepared = false; /* the beginning stays, even where all of it merged into the last token */
    free(last);
    unprepare(d);
    forget_wishes(d);
    return true;
}

void drafts_drop(Drafts *d)
{
    unprepare(d);
    forget_wishes(d);
}

Bytes drafts_piece(const Drafts *d, const Draft *draft, int i, uint8_t *byte)
{
    const Context *c = &d->context;
    int previous = i ? draft->tokens[i - 1]
                 : d->given_count ? d->given[d->given_count - 1] : c->tokens[c->count - 1];
    Bytes piece = tokenizer_decode(c->tokenizer, previous, draft->tokens[i], byte);
    if (i == draft->count - 1)
        piece.size -= draft->cut;
    return piece;
}
