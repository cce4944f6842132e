/* The Llama-2 transformer: tokens in, hidden states out, logits for the rows asked for. */
#ifndef STORYTELLER_INFER_TRANSFORMER_H
#define STORYTELLER_INFER_TRANSFORMER_H

#include <stdbool.h>
#include <stddef.h>

#include "infer/kvcache.h"
#include "infer/thread_pool.h"
#include "kernels/kernels.h"
#include "model/fault.h"
#include "model/model.h"

typedef struct Transformer {
    const Model *model;
    const Kernels *kernels;
    ThreadPool *pool;
    bool stream;     /* release pages of all weights after use */
    int hot_blocks;  /* classifier blocks whose pages stay in memory; -1: all */
    int cold_scored; /* scored blocks whose pages are not released yet */

    /* Activations of up to MAX_BATCH positions, (MAX_BATCH, stride of each). */
    float *x;             /* residual stream, (MAX_BATCH, dim padded) */
    Activations normed;   /* input of wq, wk, wv, w1, w3 and of the classifier */
    Activations attended; /* input of wo */
    Activations gated;    /* input of w2, hidden columns */
    float *q;             /* queries, (MAX_BATCH, dim padded) */
    float *k;             /* keys, (MAX_BATCH, kv_dim padded) */
    float *v;             /* values, (MAX_BATCH, kv_dim padded) */
    float *up;            /* w3's output, (MAX_BATCH, hidden padded) */
    float *delta;         /* output of wo and w2, (MAX_BATCH, dim padded) */
    float *scores;        /* (heads, MAX_BATCH, score_stride), scratch of attention */
    int score_stride;
    float *rotation;      /* cosine and sine of each pair of a head, (MAX_BATCH, head_size) */
    float *frequency;     /* RoPE, radians per position, (head_size / 2) */

    KvCache cache;

    float *row_logits; /* scores of all rows in the classifier's row order, (vocab padded) */
    float *logits;     /* the same by token, (vocab); row_logits itself when row = token */
    void *memory;      /* the one mapping behind all of the above */
    size_t memory_size;
} Transformer;

/*
 * A token to run through the layers. It attends to slots 0..past_count - 1 of `past`, then to 0..slot
 * of `own`, where its own keys and values go into `slot`.
 */
typedef struct Row {
    int token;
    int position;        /* within the text: what keys and queries are rotated by */
    const KvCache *past; /* NULL where past_count is 0 */
    int past_count;
    KvCache *own;
    int slot;
} Row;

/*
 * Allocates the state for sequences of up to `positions` tokens (at most the model's context).
 * `model`, `kernels` and `pool` must outlive it.
 */
bool transformer_open(Transformer *t, const Model *model, const Kernels *kernels, ThreadPool *pool,
                      int positions, Fault *fault);

void transformer_close(Transformer *t);

/*
 * Runs n tokens at positions pos .. pos + n - 1 (n <= MAX_BATCH, pos + n <= positions) through all
 * layers and fills the KV cache. Afterwards `t->normed` holds the final norm of the last of them in
 * position 0, quantised if the classifier needs it: ready for transformer_classify.
 */
void transformer_forward(Transformer *t, const int *tokens, int n, int pos);

/*
 * Runs n rows (n <= MAX_BATCH) through all layers together; a row may attend to those before it. A
 * row attends to at most as many slots as transformer_open gave positions.
 * Every row gets the bits that it would get alone. Leaves t->x (n rows) ready for transformer_score.
 */
void transformer_forward_rows(Transformer *t, const Row *rows, int n);

/*
 * Scores the classifier's rows of blocks [block0, block1) with the current hidden state:
 * y[32 * (b - block0) + r] is the logit of row 32 * b + r. Rows past the vocabulary hold zeros.
 */
void transformer_classify(Transformer *t, int block0, int block1, float *y);

/*
 * All rows of the classifier for each of the first n rows of t->x:
 * row_logits (n, vocab padded to 32), in row order.
 */
void transformer_score(Transformer *t, int n, float *row_logits);

/* All rows, by token: fills and returns t->logits (vocab). */
float *transformer_logits(Transformer *t);

#endif
