#include "infer/transformer.h"

#include "infer/forward.h"
#include "kernels/arithmetic.h"
#include "model/embedding.h"
#include "model/matrix.h"

static void add_delta(Transformer *t, int n)
{
    int dim = t->model->shape.dim;
    for (int i = 0; i < n; i++) {
        size_t at = (size_t)i * (size_t)stride_of(dim);
        t->kernels->add(t->x + at, t->delta + at, dim);
    }
}

/* Rotates q and k of row i and stores k and v in its cache. */
static void store_row(Transformer *t, int layer, const Row *row, int i)
{
    const Shape *s = &t->model->shape;
    const float *rotation = t->rotation + (size_t)i * (size_t)s->head_size;
    float *k = t->k + (size_t)i * (size_t)stride_of(s->kv_dim);
    t->kernels->rotate(t->q + (size_t)i * (size_t)stride_of(s->dim), rotation, s->heads,
                       s->head_size);
    t->kernels->rotate(k, rotation, s->kv_heads, s->head_size);
    kvcache_store(row->own, layer, row->slot, k, t->v + (size_t)i * (size_t)stride_of(s->kv_dim));
}

typedef struct AttendJob {
    Transformer *t;
    int layer;
    const Row *rows;
    int n;
} AttendJob;

/* The rows from `first` on that share a past; at least one. */
static int rows_of_past(const Row *rows, int first, int n)
{
    int end = first + 1;
    while (end < n && rows[end].past == rows[first].past
           && rows[end].past_count == rows[first].past_count)
        end++;
    return end - first;
}

/* Each part takes some of the heads and runs their rows in order. */
static void attend_part(void *context, int part, int parts)
{
    const AttendJob *job = context;
    Transformer *t = job->t;
    const Shape *s = &t->model->shape;
    int first_head = s->heads * part / parts;
    float *scores = t->scores + (size_t)first_head * MAX_BATCH * (size_t)t->score_stride;
    for (int h = first_head; h < s->heads * (part + 1) / parts; h++) {
        int kv_head = h / (s->heads / s->kv_heads);
        size_t at = (size_t)h * (size_t)s->head_size;
        for (int first = 0, count; first < job->n; first += count) {
            const Row *rows = job->rows + first;
            KvQuery queries[MAX_BATCH];
            count = rows_of_past(job->rows, first, job->n);
            for (int i = 0; i < count; i++) {
                size_t row = (size_t)(first + i);
                queries[i] = (KvQuery){
                    t->attended.f + row * (size_t)t->attended.f_stride + at,
                    t->q + row * (size_t)stride_of(s->dim) + at, rows[i].own, rows[i].slot + 1,
                };
            }
            kvcache_attend(rows->past, rows->past_count, queries, count, t->kernels, job->layer,
                           kv_head, scores, t->score_stride);
        }
    }
}

static void attention_block(Transformer *t, int l, const Row *rows, int n)
{
    const Shape *s = &t->model->shape;
    const Layer *layer = &t->model->layers[l];
    forward_normalise(t, t->x, layer->attention_norm, n);
    MatmulJob qkv = {0};
    forward_add(&qkv, &layer->wq, t->q, stride_of(s->dim));
    forward_add(&qkv, &layer->wk, t->k, stride_of(s->kv_dim));
    forward_add(&qkv, &layer->wv, t->v, stride_of(s->kv_dim));
    forward_multiply(t, &qkv, &t->normed, n);
    for (int i = 0; i < n; i++)
        store_row(t, l, &rows[i], i);
    AttendJob attend = { t, l, rows, n };
    thread_pool_run(t->pool, attend_part, &attend);
    forward_quantise(t, &t->attended, n);
    MatmulJob out = {0};
    forward_add(&out, &layer->wo, t->delta, stride_of(s->dim));
    forward_multiply(t, &out, &t->attended, n);
    add_delta(t, n);
}

static void ffn_block(Transformer *t, int l, int n)
{
    const Shape *s = &t->model->shape;
    const Layer *layer = &t->model->layers[l];
    forward_normalise(t, t->x, layer->ffn_norm, n);
    MatmulJob up = {0};
    forward_add(&up, &layer->w1, t->gated.f, t->gated.f_stride);
    forward_add(&up, &layer->w3, t->up, t->gated.f_stride);
    forward_multiply(t, &up, &t->normed, n);
    for (size_t i = 0; i < (size_t)n; i++)
        t->kernels->swiglu(t->gated.f + i * (size_t)t->gated.f_stride,
                           t->up + i * (size_t)t->gated.f_stride, s->hidden);
    forward_quantise(t, &t->gated, n);
    MatmulJob down = {0};
    forward_add(&down, &layer->w2, t->delta, stride_of(s->dim));
    forward_multiply(t, &down, &t->gated, n);
    add_delta(t, n);
}

/* Every matrix of a layer. */
static void for_layer(const Layer *layer, void (*apply)(const Matrix *matrix))
{
    const Matrix *all[] = { &layer->wq, &layer->wk, &layer->wv, &layer->wo, &layer->w1, &layer->w3,
                            &layer->w2 };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        apply(all[i]);
}

void transformer_forward_rows(Transformer *t, const Row *rows, int n)
{
    const Shape *s = &t->model->shape;
    for (int i = 0; i < n; i++) {
        embed(t->model, rows[i].token, t->x + (size_t)i * (size_t)stride_of(s->dim));
        float *rotation = t->rotation + (size_t)i * (size_t)s->head_size;
        for (int pair = 0; pair < s->head_size / 2; pair++)
            cos_sin((float)rows[i].position * t->frequency[pair], &rotation[2 * pair],
                    &rotation[2 * pair + 1]);
    }
    for (int l = 0; l < s->layers; l++) {
        if (t->stream && l + 1 < s->layers)
            for_layer(&t->model->layers[l + 1], matrix_prefetch);
        attention_block(t, l, rows, n);
        ffn_block(t, l, n);
        if (t->stream)
            for_layer(&t->model->layers[l], matrix_release);
    }
}

void transformer_forward(Transformer *t, const int *tokens, int n, int pos)
{
    Row rows[MAX_BATCH];
    for (int i = 0; i < n; i++)
        rows[i] = (Row){ .token = tokens[i], .position = pos + i, .own = &t->cache,
                         .slot = pos + i };
    transformer_forward_rows(t, rows, n);
    const float *last = t->x + (size_t)(n - 1) * (size_t)stride_of(t->model->shape.dim);
    forward_normalise(t, last, t->model->final_norm, 1);
}
