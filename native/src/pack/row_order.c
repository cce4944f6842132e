#include "pack/row_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/embedding.h"
#include "pack/hotset.h"

/* Rounds of trimming after which the centroid of the untrained rows hardly moves. */
enum { TRIMMING_ROUNDS = 4 };

/* A row counts as untrained within this many median distances of the centroid. */
#define UNTRAINED_REACH 1.5f

typedef struct UntrainedRows {
    const Model *model;
    float *row;      /* (dim) scratch */
    double *centre;  /* (dim) */
    float *distance; /* (vocab) from the centre */
    float *sorted;   /* (vocab) scratch */
    uint8_t *used;   /* (vocab) is the token used in stories? */
    float median;    /* distance of the unused tokens */
} UntrainedRows;

void classifier_row(const Model *model, int token, float *row)
{
    int at = model->row_of_token ? (int)model->row_of_token[token] : token;
    matrix_row(&model->classifier, at, row);
}

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The mean of the unused rows that lie within `reach` of the last centre. */
static void find_centre(UntrainedRows *h, float reach)
{
    int dim = h->model->shape.dim, count = 0;
    memset(h->centre, 0, (size_t)dim * sizeof *h->centre);
    for (int token = 0; token < h->model->shape.vocab; token++) {
        if (h->used[token] || !(h->distance[token] <= reach))
            continue;
        classifier_row(h->model, token, h->row);
        for (int i = 0; i < dim; i++)
            h->centre[i] += h->row[i];
        count++;
    }
    for (int i = 0; i < dim && count; i++)
        h->centre[i] /= count;
}

static void measure_distances(UntrainedRows *h)
{
    int dim = h->model->shape.dim, count = 0;
    for (int token = 0; token < h->model->shape.vocab; token++) {
        double sum = 0.0;
        classifier_row(h->model, token, h->row);
        for (int i = 0; i < dim; i++)
            sum += (h->row[i] - h->centre[i]) * (h->row[i] - h->centre[i]);
        h->distance[token] = (float)sqrt(sum);
        if (!h->used[token])
            h->sorted[count++] = h->distance[token];
    }
    qsort(h->sorted, (size_t)count, sizeof *h->sorted, ascending);
    h->median = count ? h->sorted[count / 2] : 0.0f;
}

static void find_untrained_rows(UntrainedRows *h)
{
    float reach = INFINITY;
    for (int round = 0; round < TRIMMING_ROUNDS; round++) {
        find_centre(h, reach);
        measure_distances(h);
        reach = h->median * UNTRAINED_REACH;
    }
}

typedef struct Ranked {
    float distance;
    uint32_t token;
} Ranked;

static int farthest_first(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? 1 : -1;
    return (x->token > y->token) - (x->token < y->token);
}

/* All rows after the used ones, farthest first, so that trained rows come before untrained ones. */
static void put_rest(const UntrainedRows *h, RowOrder *order, Ranked *ranked, int used)
{
    int vocab = h->model->shape.vocab, count = 0, outside = 0;
    float reach = h->median * UNTRAINED_REACH;
    for (int token = 0; token < vocab; token++)
        if (!h->used[token])
            ranked[count++] = (Ranked){ h->distance[token], (uint32_t)token };
    qsort(ranked, (size_t)count, sizeof *ranked, farthest_first);
    while (outside < count && ranked[outside].distance > reach)
        outside++;
    /* untrained rows start with a new block; those nearest to the centroid come first */
    int cold = (used + outside + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
    cold = cold > vocab ? vocab : cold;
    order->cold_row = cold;
    for (int i = 0; i < count; i++) {
        int row = used + i < cold ? used + i : cold + (count - 1 - i);
        order->token_of_row[row] = ranked[i].token;
    }
}

/*
 * The trained rows that are not hot, farthest first: rows of about the same distance share a
 * centroid that lies near to them, which makes the bounds of their cluster sharp.
 */
static void sort_warm(const UntrainedRows *h, RowOrder *order, Ranked *ranked)
{
    int count = 0;
    for (int row = order->hot_rows; row < order->cold_row; row++) {
        uint32_t token = order->token_of_row[row];
        ranked[count++] = (Ranked){ h->distance[token], token };
    }
    qsort(ranked, (size_t)count, sizeof *ranked, farthest_first);
    for (int i = 0; i < count; i++)
        order->token_of_row[order->hot_rows + i] = ranked[i].token;
}

/* False where there are fewer used rows than hot rows, so that nothing is gained. */
static bool order_rows(UntrainedRows *h, RowOrder *order, Ranked *ranked,
                       const Tokenizer *tokenizer)
{
    int vocab = h->model->shape.vocab;
    int used = hotset_tokens(tokenizer, order->token_of_row);
    for (int i = 0; i < used; i++)
        h->used[order->token_of_row[i]] = 1;
    find_untrained_rows(h);
    if (used < order->hot_rows) { /* another vocabulary: all trained rows count as used */
        used = 0;
        for (int token = 0; token < vocab; token++) {
            h->used[token] = h->distance[token] > h->median * UNTRAINED_REACH;
            if (h->used[token])
                order->token_of_row[used++] = (uint32_t)token;
        }
    }
    put_rest(h, order, ranked, used);
    sort_warm(h, order, ranked);
    order->untrained_radius = h->median;
    double norm = 0.0;
    for (int i = 0; i < h->model->shape.dim; i++)
        norm += h->centre[i] * h->centre[i];
    order->untrained_norm = (float)sqrt(norm);
    order->duplicate_row = vocab;
    return used >= order->hot_rows;
}

bool row_order_compute(RowOrder *order, const Model *model, const Tokenizer *tokenizer,
                       int hot_rows, Fault *fault)
{
    size_t vocab = (size_t)model->shape.vocab, dim = (size_t)model->shape.dim;
    order->hot_rows = hot_rows;
    UntrainedRows untrained = {
        .model = model, .row = malloc(dim * sizeof(float)), .centre = malloc(dim * sizeof(double)),
        .distance = calloc(vocab, sizeof(float)), .sorted = malloc(vocab * sizeof(float)),
        .used = calloc(vocab, 1),
    };
    Ranked *ranked = malloc(vocab * sizeof *ranked);
    bool enough = untrained.row && untrained.centre && untrained.distance && untrained.sorted
        && untrained.used && ranked;
    if (enough && !order_rows(&untrained, order, ranked, tokenizer))
        order->hot_rows = (int)vocab / BLOCK_ROWS * BLOCK_ROWS; /* nothing to gain */
    free(untrained.row);
    free(untrained.centre);
    free(untrained.distance);
    free(untrained.sorted);
    free(untrained.used);
    free(ranked);
    return enough || fault_set(fault, FAULT_MEMORY, "not enough memory to order %zu rows", vocab);
}
