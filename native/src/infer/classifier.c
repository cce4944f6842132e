/*
 * The classifier: logits of all rows or of some. Rows that are seldom scored are most of a small
 * model's bytes, so their pages are released after use.
 */
#include "infer/forward.h"
#include "model/matrix.h"

/* Blocks of the classifier that are scored before their pages are released. */
enum { STREAMED_BLOCKS = 32 };

/* From this block on the classifier's pages are released after use. */
static int first_cold_block(const Transformer *t)
{
    int all = blocks_of(t->model->classifier.rows);
    return t->stream ? 0 : t->hot_blocks >= 0 && t->hot_blocks < all ? t->hot_blocks : all;
}

static void classify_blocks(Transformer *t, int first, int blocks)
{
    Matrix part = matrix_blocks(&t->model->classifier, first, blocks);
    MatmulJob job = {0};
    forward_add(&job, &part, t->row_logits + (size_t)first * BLOCK_ROWS, 0);
    forward_multiply(t, &job, &t->normed, 1);
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
        matrix_release(&part);
    }
}

/* Cold blocks that are scored one by one before the pages of all of them are released. */
enum { RELEASE_AFTER = 256 };

static void release_cold_pages(Transformer *t, int scored)
{
    const Matrix *classifier = &t->model->classifier;
    int all = blocks_of(classifier->rows), cold = first_cold_block(t);
    t->cold_scored += scored;
    if (t->cold_scored < RELEASE_AFTER)
        return;
    Matrix part = matrix_blocks(classifier, cold, all - cold);
    matrix_release(&part);
    t->cold_scored = 0;
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
            release_cold_pages(t, end - first);
    }
}

void transformer_score(Transformer *t, int n, float *row_logits)
{
    forward_normalise(t, t->x, t->model->final_norm, n);
    MatmulJob job = {0};
    forward_add(&job, &t->model->classifier, row_logits, stride_of(t->model->shape.vocab));
    forward_multiply(t, &job, &t->normed, n);
}

/* Each part reorders its share of the logits from rows to tokens. */
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
        thread_pool_run(t->pool, order_part, t);
    return t->logits;
}
