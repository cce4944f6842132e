#include "draft/context.h"

#include <stdlib.h>
#include <string.h>

#include "infer/forward.h"

bool context_open(Context *c, Transformer *transformer, const Tokenizer *tokenizer, int room,
                  Fault *fault)
{
    *c = (Context){
        .transformer = transformer, .tokenizer = tokenizer, .room = room, .count = 1,
        .tokens = malloc((size_t)room * sizeof *c->tokens),
        .last = malloc((size_t)transformer->model->shape.dim * sizeof *c->last),
    };
    if (!c->tokens || !c->last) {
        context_close(c);
        return fault_set(fault, FAULT_MEMORY, "not enough memory for a story of %d tokens", room);
    }
    c->tokens[0] = TOKEN_BOS;
    return true;
}

void context_close(Context *c)
{
    free(c->tokens);
    free(c->last);
    *c = (Context){0};
}

/* The piece of a token that text may merge with; empty for BOS and byte tokens. */
static Bytes mergeable(const Tokenizer *tokenizer, int token)
{
    if (token >= TOKEN_FIRST_BYTE && token < TOKEN_FIRST_BYTE + 256)
        return (Bytes){0};
    return token <= TOKEN_EOS ? (Bytes){0} : tokenizer_piece(tokenizer, token);
}

/* Encodes the last token's piece and the text in one; false if the last token would fall apart. */
static bool encode_joined(const Context *c, Bytes last, Bytes text, int *head, int **rest,
                          size_t *count, Fault *fault, bool *failed)
{
    uint8_t *joined = malloc(last.size + text.size);
    *failed = !joined;
    if (!joined)
        return fault_set(fault, FAULT_MEMORY, "not enough memory for a text of %zu bytes",
                         text.size);
    memcpy(joined, last.data, last.size);
    memcpy(joined + last.size, text.data, text.size);
    *failed = !tokenizer_encode_more(c->tokenizer, joined, last.size + text.size, rest, count,
                                     fault);
    free(joined);
    if (*failed)
        return false;
    *head = (*rest)[0];
    if (tokenizer_piece(c->tokenizer, *head).size < last.size) {
        free(*rest);
        *rest = NULL;
        return false;
    }
    memmove(*rest, *rest + 1, --*count * sizeof **rest);
    return true;
}

bool context_encode(const Context *c, Bytes text, int *head, int **rest, size_t *count,
                    Fault *fault)
{
    int last = c->tokens[c->count - 1];
    *head = last;
    *rest = NULL;
    *count = 0;
    if (!text.size)
        return true;
    if (c->count == 1) {
        if (!tokenizer_encode(c->tokenizer, text.data, text.size, rest, count, fault))
            return false;
        memmove(*rest, *rest + 1, --*count * sizeof **rest); /* BOS is there */
        return true;
    }
    Bytes piece = mergeable(c->tokenizer, last);
    bool failed = false;
    if (piece.size && encode_joined(c, piece, text, head, rest, count, fault, &failed))
        return true;
    *head = last;
    return !failed && tokenizer_encode_more(c->tokenizer, text.data, text.size, rest, count, fault);
}

void context_replace_last(Context *c, int token)
{
    int last = c->count - 1;
    if (c->tokens[last] == token)
        return;
    c->tokens[last] = token;
    if (c->computed == c->count) /* with its tag, if it had one */
        c->computed = c->tag.count ? c->tag_at : last;
}

void context_append(Context *c, const int *tokens, int count)
{
    if (!count)
        return;
    context_settle(c);
    c->tag.count = 0;
    memcpy(c->tokens + c->count, tokens, (size_t)count * sizeof *tokens);
    c->count += count;
}

void context_run(Transformer *t, KvCache *cache, const int *tokens, int count, int slot,
                 int position)
{
    for (int done = 0, n; done < count; done += n) {
        n = count - done < MAX_BATCH ? count - done : MAX_BATCH;
        Row rows[MAX_BATCH];
        for (int i = 0; i < n; i++)
            rows[i] = (Row){ .token = tokens[done + i], .position = position + done + i,
                             .own = cache, .slot = slot + done + i };
        transformer_forward_rows(t, rows, n);
        int dim = t->model->shape.dim;
        memmove(t->x, t->x + (size_t)(n - 1) * (size_t)stride_of(dim), (size_t)dim * sizeof *t->x);
    }
}

void context_settle(Context *c)
{
    Transformer *t = c->transformer;
    if (c->computed == c->count)
        return;
    if (c->tag.count && !c->tag_slots) { /* the sentence is computed anew */
        context_run(t, &t->cache, c->tag.tokens, c->tag.count, c->tag_at,
                    c->tag_at - c->tag.count);
        c->tag_slots = c->tag.count;
    }
    context_run(t, &t->cache, c->tokens + c->computed, c->count - c->computed,
                c->computed + c->tag_slots, c->computed);
    memcpy(c->last, t->x, (size_t)t->model->shape.dim * sizeof *c->last);
    if (c->tag_slots)
        kvcache_copy(&t->cache, c->tag_at, &t->cache, c->tag_at + c->tag_slots,
                     c->count - c->tag_at);
    c->tag_slots = 0;
    c->computed = c->count;
}
