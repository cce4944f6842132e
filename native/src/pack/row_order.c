#include "pack/row_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/embedding.h"
#include "pack/hotset.h"

/* Rounds of trimming that settle the centroid of the heap. */
enum { TRIMMING_ROUNDS = 4 };

/* A row belongs to the heap within this many median distances of its centroid. */
#define HEAP_REACH 1.5f

typedef struct Heap {
    const Model *model;
    float *row;      /* (dim) scratch */
    double *centre;  /* (dim) */
    float *distance; /* (vocab) from the centre */
    float *sorted;   /* (vocab) scratch */
    uint8_t *used;   /* (vocab) is the token known from stories? */
    float median;    /* distance, of tokens that are not */
} Heap;

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
static void find_centre(Heap *h, float reach)
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

static void measure_distances(Heap *h)
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

static void find_heap(Heap *h)
{
    float reach = INFINITY;
    for (int round = 0; round < TRIMMING_ROUNDS; round++) {
        find_centre(h, reach);
        measure_distances(h);
        reach = h->median * HEAP_REACH;
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

/* Everything behind the used rows, farthest first: what the heap leaves out comes before it. */
static void put_rest(const Heap *h, RowOrder *order, Ranked *ranked, int used)
{
    int vocab = h->model->shape.vocab, count = 0, outside = 0;
    float reach = h->median * HEAP_REACH;
    for (int token = 0; token < vocab; token++)
        if (!h->used[token])
            ranked[count++] = (Ranked){ h->distance[token], (uint32_t)token };
    qsort(ranked, (size_t)count, sizeof *ranked, farthest_first);
    while (outside < count && ranked[outside].distance > reach)
        outside++;
    /* the heap starts with a block of its own; its nearest rows come first */
    int cold = (used + outside + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
    cold = cold > vocab ? vocab : cold;
    order->cold_row = cold;
    for (int i = 0; i < count; i++) {
        int row = used + i < cold ? used + i : cold + (count - 1 - i);
        order->token_of_row[row] = ranked[i].token;
    }
}

/* A heap that does not lie closer than the used rows do is none: then order by token alone. */
static bool order_rows(Heap *h, RowOrder *order, Ranked *ranked, const Tokenizer *tokenizer)
{
    int vocab = h->model->shape.vocab;
    int used = hotset_tokens(tokenizer, order->token_of_row);
    for (int i = 0; i < used; i++)
        h->used[order->token_of_row[i]] = 1;
    find_heap(h);
    if (used < order->hot_rows) { /* another vocabulary: whatever lies outside the heap is used */
        used = 0;
        for (int token = 0; token < vocab; token++) {
            h->used[token] = h->distance[token] > h->median * HEAP_REACH;
            if (h->used[token])
                order->token_of_row[used++] = (uint32_t)token;
        }
    }
    put_rest(h, order, ranked, used);
    order->heap_radius = h->median;
    double norm = 0.0;
    for (int i = 0; i < h->model->shape.dim; i++)
        norm += h->centre[i] * h->centre[i];
    order->heap_norm = (float)sqrt(norm);
    order->twin_row = vocab;
    return used >= order->hot_rows;
}

bool screen_order(RowOrder *order, const Model *model, const Tokenizer *tokenizer, int hot_rows,
                  Fault *fault)
{
    size_t vocab = (size_t)model->shape.vocab, dim = (size_t)model->shape.dim;
    order->hot_rows = hot_rows;
    Heap heap = {
        .model = model, .row = malloc(dim * sizeof(float)), .centre = malloc(dim * sizeof(double)),
        .distance = calloc(vocab, sizeof(float)), .sorted = malloc(vocab * sizeof(float)),
        .used = calloc(vocab, 1),
    };
    Ranked *ranked = malloc(vocab * sizeof *ranked);
    bool enough = heap.row && heap.centre && heap.distance && heap.sorted && heap.used && ranked;
    if (enough && !order_rows(&heap, order, ranked, tokenizer))
        order->hot_rows = (int)vocab / BLOCK_ROWS * BLOCK_ROWS; /* nothing to gain */
    free(heap.row);
    free(heap.centre);
    free(heap.distance);
    free(heap.sorted);
    free(heap.used);
    free(ranked);
    return enough || fault_set(fault, FAULT_MEMORY, "not enough memory to order %zu rows", vocab);
}
