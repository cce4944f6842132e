/*
 * What drafts must compute, in the plainest way: the whole story with every tag inside it goes
 * through the layers token by token, and each token has a list of those that it attends to.
 */
#ifndef STORYTELLER_DRAFT_REFERENCE_H
#define STORYTELLER_DRAFT_REFERENCE_H

#include <math.h>

#include "infer/forward.h"
#include "kernels/arithmetic.h"
#include "kernels/scalar.h"
#include "model/embedding.h"
#include "small_model.h"

enum { REFERENCE_TOKENS = 400 };

typedef struct Reference {
    int count;
    int token[REFERENCE_TOKENS];
    int position[REFERENCE_TOKENS];
    int sentence[REFERENCE_TOKENS]; /* its number; tags and text of one sentence have the same */
    bool is_tag[REFERENCE_TOKENS];
} Reference;

static inline void reference_add(Reference *r, int token, int position, int sentence, bool is_tag)
{
    int i = r->count++;
    r->token[i] = token;
    r->position[i] = position;
    r->sentence[i] = sentence;
    r->is_tag[i] = is_tag;
}

/* The mask: text sees the text before and its own sentence's tag, a tag likewise. */
static inline bool reference_sees(const Reference *r, int i, int j)
{
    return j <= i && (!r->is_tag[j] || r->sentence[j] == r->sentence[i]);
}

static inline float reference_stored(const Model *model, float x)
{
    return model->group ? bf16_to_f32((uint16_t)nearest_bf16(x)) : x;
}

/* keys and values of all tokens in one layer, (REFERENCE_TOKENS, kv_dim) */
typedef struct ReferenceCache {
    float k[REFERENCE_TOKENS][SMALL_KV_DIM];
    float v[REFERENCE_TOKENS][SMALL_KV_DIM];
} ReferenceCache;

static inline void reference_attend(const Reference *r, const ReferenceCache *cache, int i,
                                    const float *q, float *out)
{
    enum { HEAD = SMALL_DIM / SMALL_HEADS };
    for (int h = 0; h < SMALL_HEADS; h++) {
        int kv = h / (SMALL_HEADS / SMALL_KV_HEADS) * HEAD, n = 0;
        float scores[REFERENCE_TOKENS];
        for (int j = 0; j <= i; j++) {
            float score = 0.0f;
            if (!reference_sees(r, i, j))
                continue;
            for (int d = 0; d < HEAD; d++)
                score += q[h * HEAD + d] * cache->k[j][kv + d];
            scores[n++] = score / sqrtf((float)HEAD);
        }
        scalar_softmax(scores, n);
        for (int d = 0; d < HEAD; d++)
            out[h * HEAD + d] = 0.0f;
        n = 0;
        for (int j = 0; j <= i; j++) {
            if (!reference_sees(r, i, j))
                continue;
            for (int d = 0; d < HEAD; d++)
                out[h * HEAD + d] += scores[n] * cache->v[j][kv + d];
            n++;
        }
    }
}

/* One position through a matrix, in the transformer's own buffers. */
static inline void reference_multiply(Transformer *t, Activations *input, const Matrix *matrix,
                                      float *out)
{
    MatmulJob job = {0};
    forward_add(&job, matrix, out, 0);
    forward_multiply(t, &job, input, 1);
}

/* Logits after token `last`, by row of the classifier (vocab padded). */
static inline void reference_logits(Transformer *t, const Reference *r, int last, float *logits)
{
    static ReferenceCache cache[SMALL_LAYERS];
    static float x[512], q[512], k[512], v[512], up[512], delta[512];
    const Model *model = t->model;
    const Shape *s = &model->shape;
    for (int i = 0; i <= last; i++) {
        float rotation[SMALL_DIM];
        embed(model, r->token[i], x);
        for (int pair = 0; pair < s->head_size / 2; pair++)
            cos_sin((float)r->position[i] * t->frequency[pair], &rotation[2 * pair],
                    &rotation[2 * pair + 1]);
        for (int l = 0; l < s->layers; l++) {
            const Layer *layer = &model->layers[l];
            forward_normalise(t, x, layer->attention_norm, 1);
            reference_multiply(t, &t->normed, &layer->wq, q);
            reference_multiply(t, &t->normed, &layer->wk, k);
            reference_multiply(t, &t->normed, &layer->wv, v);
            scalar_rotate(q, rotation, s->heads, s->head_size);
            scalar_rotate(k, rotation, s->kv_heads, s->head_size);
            for (int d = 0; d < s->kv_dim; d++) {
                cache[l].k[i][d] = reference_stored(model, k[d]);
                cache[l].v[i][d] = reference_stored(model, v[d]);
            }
            reference_attend(r, &cache[l], i, q, t->attended.f);
            forward_quantise(t, &t->attended, 1);
            reference_multiply(t, &t->attended, &layer->wo, delta);
            scalar_add(x, delta, s->dim);
            forward_normalise(t, x, layer->ffn_norm, 1);
            reference_multiply(t, &t->normed, &layer->w1, t->gated.f);
            reference_multiply(t, &t->normed, &layer->w3, up);
            scalar_swiglu(t->gated.f, up, s->hidden);
            forward_quantise(t, &t->gated, 1);
            reference_multiply(t, &t->gated, &layer->w2, delta);
            scalar_add(x, delta, s->dim);
        }
    }
    forward_normalise(t, x, model->final_norm, 1);
    reference_multiply(t, &t->normed, &model->classifier, logits);
}

#endif
