#include "draft/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double score_log_sum(const Kernels *kernels, const float *logits, int vocab, float *weights)
{
    float most = logits[kernels->argmax(logits, vocab)];
    kernels->exp_weights(weights, logits, vocab, 1.0f, most);
    return (double)most + log(kernels->round_weights(weights, vocab));
}

float score_logit(const Model *model, const float *row_logits, int token)
{
    return row_logits[model->row_of_token ? model->row_of_token[token] : (uint32_t)token];
}

/* The token with a space in front of its piece, as at a text's start; itself where there is none. */
static int as_first(const Tokenizer *tokenizer, int token)
{
    uint8_t spaced[MAX_PIECE + 1] = { ' ' };
    Bytes piece = tokenizer_piece(tokenizer, token);
    if (!piece.size || piece.data[0] == ' ')
        return token;
    memcpy(spaced + 1, piece.data, piece.size);
    int found = tokenizer_find(tokenizer, (Bytes){ spaced, piece.size + 1 });
    return found >= 0 ? found : token;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n';
}

/* BOS and the beginning, without white space in front of it. The caller frees `*tokens`. */
static bool encode_beginning(const Drafts *d, Goal goal, int **tokens, int *count, Fault *fault)
{
    const uint8_t *text = d->begin.data;
    size_t size = goal == GOAL_QUOTATION ? 0 : d->begin.size, all;
    for (; size && is_space(*text); size--)
        text++;
    if (!tokenizer_encode(d->context.tokenizer, text, size, tokens, &all, fault))
        return false;
    *count = (int)all;
    return true;
}

static double ln_p(const Drafts *d, const float *row_logits, int token)
{
    const Transformer *t = d->context.transformer;
    return (double)score_logit(t->model, row_logits, token)
         - score_log_sum(t->kernels, row_logits, t->model->shape.vocab, d->weights);
}

/* What was read last: its keys and values are still in the cache. */
typedef struct LastRead {
    int tokens[MAX_DRAFT_TOKENS];
    double ln[MAX_DRAFT_TOKENS]; /* ln p of each */
    int count;
} LastRead;

/* The draft's tokens as they are read alone. */
static void tokens_alone(const Drafts *d, const Draft *draft, int beginning, int *tokens)
{
    memcpy(tokens, draft->tokens, (size_t)draft->count * sizeof *tokens);
    if (beginning == 1)
        tokens[0] = as_first(d->context.tokenizer, tokens[0]);
}

/*
 * Reads a draft's tokens after the beginning, several positions at a time, from where it parts from
 * the one that was read last.
 */
static void read_draft(Drafts *d, Draft *draft, int beginning, LastRead *last)
{
    Transformer *t = d->context.transformer;
    int stride = padded_cols(t->model->shape.vocab, 0), same = 0, tokens[MAX_DRAFT_TOKENS];
    tokens_alone(d, draft, beginning, tokens);
    while (same < draft->count && same < last->count && tokens[same] == last->tokens[same])
        same++;
    memcpy(last->tokens, tokens, (size_t)draft->count * sizeof *tokens);
    last->count = draft->count;
    if (same == 0)
        last->ln[0] = ln_p(d, d->alone_first, tokens[0]);
    /* the logits for the token where they part come from the one before it */
    for (int done = same ? same - 1 : 0, n; same < draft->count && done < draft->count - 1;
         done += n) {
        n = draft->count - 1 - done < MAX_BATCH ? draft->count - 1 - done : MAX_BATCH;
        Row rows[MAX_BATCH];
        for (int i = 0; i < n; i++)
            rows[i] = (Row){ .token = tokens[done + i], .position = beginning + done + i,
                             .own = &d->alone, .slot = beginning + done + i };
        transformer_forward_rows(t, rows, n);
        transformer_score(t, n, d->rows);
        for (int i = 0; i < n; i++)
            last->ln[done + i + 1] = ln_p(d, d->rows + (size_t)i * (size_t)stride,
                                          tokens[done + i + 1]);
    }
    for (int i = 0; i < draft->count; i++)
        draft->ln_alone += last->ln[i];
}

/* By their tokens, so that drafts with the same first words follow each other. */
static int by_tokens(const void *a, const void *b)
{
    const Draft *one = *(Draft *const *)a, *other = *(Draft *const *)b;
    int count = one->count < other->count ? one->count : other->count;
    for (int i = 0; i < count; i++)
        if (one->tokens[i] != other->tokens[i])
            return one->tokens[i] < other->tokens[i] ? -1 : 1;
    return (one->count > other->count) - (one->count < other->count);
}

static void read_all(Drafts *d, int beginning)
{
    Draft *order[MAX_DRAFTS];
    LastRead last = { .count = 0 };
    for (int k = 0; k < d->count; k++)
        order[k] = &d->drafts[k];
    qsort(order, (size_t)d->count, sizeof *order, by_tokens);
    for (int k = 0; k < d->count; k++) {
        order[k]->ln_alone = 0.0;
        if (order[k]->count)
            read_draft(d, order[k], beginning, &last);
    }
}

/* Room for the beginning and the longest draft. */
static bool make_room(Drafts *d, int beginning, Fault *fault)
{
    int longest = 0;
    for (int k = 0; k < d->count; k++)
        longest = d->drafts[k].count > longest ? d->drafts[k].count : longest;
    int slots = beginning + longest;
    Transformer *t = d->context.transformer;
    if (slots > t->cache.positions)
        return fault_set(fault, FAULT_USAGE, "the beginning is too long to be read alone (%d tokens "
                         "with the draft, at most %d); begin with less", slots,
                         t->cache.positions);
    if (slots <= d->alone.positions)
        return true;
    kvcache_close(&d->alone);
    return kvcache_open(&d->alone, t->model, slots, fault);
}

bool score_alone(Drafts *d, Goal goal, Fault *fault)
{
    Transformer *t = d->context.transformer;
    int *tokens, beginning;
    if (!encode_beginning(d, goal, &tokens, &beginning, fault))
        return false;
    bool fits = make_room(d, beginning, fault);
    if (fits) {
        context_run(t, &d->alone, tokens, beginning, 0, 0);
        transformer_score(t, 1, d->alone_first);
        read_all(d, beginning);
    }
    free(tokens);
    return fits;
}
