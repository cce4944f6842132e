#include "transformer.h"

#include "arithmetic.h"
#include "embedding.h"
#include "kernels/scalar.h"
#include "matrix.h"

/* Matrices that take the same input and are multiplied in one go: wq wk wv, or w1 w3. */
enum { MOST_TOGETHER = 3 };

typedef struct MatmulJob {
    const Kernels *kernels;
    const Matrix *matrices[MOST_TOGETHER];
    float *outputs[MOST_TOGETHER];
    int strides[MOST_TOGETHER];
    int count;
    const Activations *input;
    int n;
} MatmulJob;

/* Each part takes its share of the blocks of all matrices laid end to end. */
static void matmul_part(void *context, int part, int parts)
{
    const MatmulJob *job = context;
    int all = 0, before = 0;
    for (int m = 0; m < job->count; m++)
        all += blocks_of(job->matrices[m]->rows);
    int first = (int)((long)all * part / parts), last = (int)((long)all * (part + 1) / parts);
    for (int m = 0; m < job->count; m++) {
        const Matrix *matrix = job->matrices[m];
        int blocks = blocks_of(matrix->rows);
        int from = first - before < 0 ? 0 : first - before;
        int to = last - before > blocks ? blocks : last - before;
        if (from < to)
            job->kernels->matmul[matrix->coding](job->outputs[m] + (size_t)from * BLOCK_ROWS,
                                                 job->strides[m], matrix, from, to, job->input,
                                                 job->n);
        before += blocks;
    }
}

static void add_to_job(MatmulJob *job, const Matrix *matrix, float *output, int stride)
{
    job->matrices[job->count] = matrix;
    job->outputs[job->count] = output;
    job->strides[job->count++] = stride;
}

static void run_job(Transformer *t, MatmulJob *job, const Activations *input, int n)
{
    job->kernels = t->kernels;
    job->input = input;
    job->n = n;
    crew_run(t->crew, matmul_part, job);
}

static int stride_of(int cols)
{
    return padded_cols(cols, 0);
}

/* Fills q, scale and sum from f for the first n positions, if the weights are quantised. */
static void quantise(const Transformer *t, Activations *a, int n)
{
    if (!a->group)
        return;
    size_t stride = (size_t)a->stride, groups = stride / (size_t)a->group;
    bool as_runq = t->model->classifier.coding == CODING_Q80_ROWS;
    for (size_t i = 0; i < (size_t)n; i++) {
        const float *f = a->f + i * (size_t)a->f_stride;
        int8_t *q = a->q + i * stride;
        float *scale = a->scale + i * groups;
        int32_t *sum = a->sum + i * groups;
        if (as_runq)
            scalar_quantise_q80(f, a->cols, a->group, q, scale, sum);
        else
            t->kernels->quantise(f, a->cols, a->stride, a->group, q, scale, sum);
    }
}

/* Input of the next matrices: the normed residual stream x of n positions. */
static void normalise(Transformer *t, const float *x, const float *weight, int n)
{
    int dim = t->model->shape.dim;
    for (int i = 0; i < n; i++)
        t->kernels->rmsnorm(t->normed.f + (size_t)i * (size_t)t->normed.f_stride,
                            x + (size_t)i * (size_t)stride_of(dim), weight, dim);
    quantise(t, &t->normed, n);
}

static void add_delta(Transformer *t, int n)
{
    int dim = t->model->shape.dim;
    for (int i = 0; i < n; i++) {
        size_t at = (size_t)i * (size_t)stride_of(dim);
        t->kernels->add(t->x + at, t->delta + at, dim);
    }
}

/* Rotates q and k of position pos + i and stores k and v in the cache. */
static void store_position(Transformer *t, int layer, int pos, int i)
{
    const Shape *s = &t->model->shape;
    const float *rotation = t->rotation + (size_t)i * (size_t)s->head_size;
    float *k = t->k + (size_t)i * (size_t)stride_of(s->kv_dim);
    t->kernels->rotate(t->q + (size_t)i * (size_t)stride_of(s->dim), rotation, s->heads,
                       s->head_size);
    t->kernels->rotate(k, rotation, s->kv_heads, s->head_size);
    kvcache_store(&t->cache, layer, pos + i, k, t->v + (size_t)i * (size_t)stride_of(s->kv_dim));
}

typedef struct AttendJob {
    Transformer *t;
    int layer;
    int pos;
    int n;
} AttendJob;

/* Parts share the heads; within a head positions follow each other. */
static void attend_part(void *context, int part, int parts)
{
    const AttendJob *job = context;
    Transformer *t = job->t;
    const Shape *s = &t->model->shape;
    for (int h = s->heads * part / parts; h < s->heads * (part + 1) / parts; h++) {
        int kv_head = h / (s->heads / s->kv_heads);
        size_t at = (size_t)h * (size_t)s->head_size;
        for (int i = 0; i < job->n; i++)
            kvcache_attend(&t->cache, t->kernels, job->layer, kv_head, job->pos + i,
                           t->q + (size_t)i * (size_t)stride_of(s->dim) + at,
                           t->scores + (size_t)h * (size_t)t->cache.positions,
                           t->attended.f + (size_t)i * (size_t)t->attended.f_stride + at);
    }
}

static void attention_block(Transformer *t, int l, int pos, int n)
{
    const Shape *s = &t->model->shape;
    const Layer *layer = &t->model->layers[l];
    normalise(t, t->x, layer->attention_norm, n);
    MatmulJob qkv = {0};
    add_to_job(&qkv, &layer->wq, t->q, stride_of(s->dim));
    add_to_job(&qkv, &layer->wk, t->k, stride_of(s->kv_dim));
    add_to_job(&qkv, &layer->wv, t->v, stride_of(s->kv_dim));
    run_job(t, &qkv, &t->normed, n);
    for (int i = 0; i < n; i++)
        store_position(t, l, pos, i);
    AttendJob attend = { t, l, pos, n };
    crew_run(t->crew, attend_part, &attend);
    quantise(t, &t->attended, n);
    MatmulJob out = {0};
    add_to_job(&out, &layer->wo, t->delta, stride_of(s->dim));
    run_job(t, &out, &t->attended, n);
    add_delta(t, n);
}

static void ffn_block(Transformer *t, int l, int n)
{
    const Shape *s = &t->model->shape;
    const Layer *layer = &t->model->layers[l];
    normalise(t, t->x, layer->ffn_norm, n);
    MatmulJob up = {0};
    add_to_job(&up, &layer->w1, t->gated.f, t->gated.f_stride);
    add_to_job(&up, &layer->w3, t->up, t->gated.f_stride);
    run_job(t, &up, &t->normed, n);
    for (size_t i = 0; i < (size_t)n; i++)
        t->kernels->swiglu(t->gated.f + i * (size_t)t->gated.f_stride,
                           t->up + i * (size_t)t->gated.f_stride, s->hidden);
    quantise(t, &t->gated, n);
    MatmulJob down = {0};
    add_to_job(&down, &layer->w2, t->delta, stride_of(s->dim));
    run_job(t, &down, &t->gated, n);
    add_delta(t, n);
}

/* Blocks of the classifier that are scored between two times that pages are let go. */
enum { STREAMED_BLOCKS = 32 };

/* From this block on the classifier's pages do not stay in memory. */
static int first_cold_block(const Transformer *t)
{
    int all = blocks_of(t->model->classifier.rows);
    return t->stream ? 0 : t->hot_blocks >= 0 && t->hot_blocks < all ? t->hot_blocks : all;
}

static void classify_blocks(Transformer *t, int first, int blocks)
{
    Matrix part = matrix_blocks(&t->model->classifier, first, blocks);
    MatmulJob job = {0};
    add_to_job(&job, &part, t->row_logits + (size_t)first * BLOCK_ROWS, 0);
    run_job(t, &job, &t->normed, 1);
}

static void classify_all(Transformer *t)
{
    const Matrix *classifier = &t->model->classifier;
    int all = blocks_of(classifier->rows), cold = first_cold_block(t);
    if (cold > 0)
        classify_blocks(t, 0, cold);
    for (int first = cold; first < all; first += STREAMED_BLOCKS) {
        int blocks = STREAMED_BLOCKS < all - first ? STREAMED_BLOCKS : all - first;
        classify_blocks(t, first, blocks);
        Matrix part = matrix_blocks(classifier, first, blocks);
        matrix_done_with(&part);
    }
}

/* Cold blocks scored one by one between two times that all of their pages are let go. */
enum { LET_GO_AFTER = 256 };

static void let_cold_pages_go(Transformer *t, int scored)
{
    const Matrix *classifier = &t->model->classifier;
    int all = blocks_of(classifier->rows), cold = first_cold_block(t);
    t->cold_scored += scored;
    if (t->cold_scored < LET_GO_AFTER)
        return;
    Matrix part = matrix_blocks(classifier, cold, all - cold);
    matrix_done_with(&part);
    t->cold_scored = 0;
}

/* Every matrix of a layer. */
static void for_layer(const Layer *layer, void (*apply)(const Matrix *matrix))
{
    const Matrix *all[] = { &layer->wq, &layer->wk, &layer->wv, &layer->wo, &layer->w1, &layer->w3,
                            &layer->w2 };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        apply(all[i]);
}

void transformer_forward(Transformer *t, const int *tokens, int n, int pos)
{
    const Shape *s = &t->model->shape;
    for (int i = 0; i < n; i++) {
        embed(t->model, tokens[i], t->x + (size_t)i * (size_t)stride_of(s->dim));
        float *rotation = t->rotation + (size_t)i * (size_t)s->head_size;
        for (int pair = 0; pair < s->head_size / 2; pair++)
            cos_sin((float)(pos + i) * t->frequency[pair], &rotation[2 * pair],
                    &rotation[2 * pair + 1]);
    }
    for (int l = 0; l < s->layers; l++) {
        if (t->stream && l + 1 < s->layers)
            for_layer(&t->model->layers[l + 1], matrix_will_need);
        attention_block(t, l, pos, n);
        ffn_block(t, l, n);
        if (t->stream)
            for_layer(&t->model->layers[l], matrix_done_with);
    }
    const float *last = t->x + (size_t)(n - 1) * (size_t)stride_of(s->dim);
    normalise(t, last, t->model->final_norm, 1);
}

void transformer_classify(Transformer *t, int block0, int block1, float *y)
{
    const Matrix *classifier = &t->model->classifier;
    int cold = first_cold_block(t);
    for (int first = block0, end; first < block1; first = end) {
        end = first < cold && cold < block1 ? cold : block1;
        if (first >= cold && end - first > STREAMED_BLOCKS)
            end = first + STREAMED_BLOCKS;
        t->kernels->matmul[classifier->coding](y + (size_t)(first - block0) * BLOCK_ROWS, 0,
                                               classifier, first, end, &t->normed, 1);
        if (first >= cold)
            let_cold_pages_go(t, end - first);
    }
}

void transformer_score(Transformer *t, int n, float *row_logits)
{
    normalise(t, t->x, t->model->final_norm, n);
    MatmulJob job = {0};
    add_to_job(&job, &t->model->classifier, row_logits, stride_of(t->model->shape.vocab));
    run_job(t, &job, &t->normed, n);
}

/* Each part puts its share of the tokens in order. */
static void order_part(void *context, int part, int parts)
{
    const Transformer *t = context;
    int vocab = t->model->shape.vocab;
    int first = (int)((long)vocab * part / parts), last = (int)((long)vocab * (part + 1) / parts);
    const uint32_t *row_of_token = t->model->row_of_token;
    for (int token = first; token < last; token++)
        t->logits[token] = t->row_logits[row_of_token[token]];
}

float *transformer_logits(Transformer *t)
{
    classify_all(t);
    if (t->model->token_of_row)
        crew_run(t->crew, order_part, t);
    return t->logits;
}
