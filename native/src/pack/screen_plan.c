#include "pack/screen_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/embedding.h"
#include "pack/quantise.h"
#include "pack/screen_build.h"
#include "screen/section.h"

/* Rows that are always scored, and the smallest vocabulary for which skipping others pays. */
enum { HOT_ROWS = 1024, LEAST_VOCAB = 4096 };

/* A vocabulary made from stories has no untrained rows; its rows lie too far apart for bounds. */
static bool has_untrained_rows(const RowOrder *order, int vocab)
{
    enum { LEAST_SHARE = 8 };
    return vocab - order->cold_row >= vocab / LEAST_SHARE
        && order->untrained_radius < 0.5f * order->untrained_norm;
}

/* The classifier as the pack will hold it, in `stored->packed`; NULL when memory runs out. */
static uint8_t *pack_classifier(StoredRows *stored, Coding coding, int group)
{
    const Shape *s = &stored->model->shape;
    size_t bytes = block_bytes(coding, s->dim, group);
    uint8_t *packed = malloc((size_t)blocks_of(s->vocab) * bytes);
    float *rows = calloc(BLOCK_ROWS * (size_t)s->dim, sizeof *rows);
    for (int block = 0; packed && rows && block < blocks_of(s->vocab); block++) {
        memset(rows, 0, BLOCK_ROWS * (size_t)s->dim * sizeof *rows);
        for (int r = 0; r < BLOCK_ROWS && block * BLOCK_ROWS + r < s->vocab; r++)
            stored_row(stored, block * BLOCK_ROWS + r, rows + r * s->dim);
        quantise_block(rows, s->dim, group, coding, packed + (size_t)block * bytes);
    }
    if (!rows) {
        free(packed);
        return NULL;
    }
    free(rows);
    return packed;
}

/*
 * Where quantising moves the untrained rows farther than they lie from each other, all of them are
 * stored as copies of one: quantising loses their differences anyway, and their logits are equal.
 */
static bool choose_duplicate_row(RowOrder *order, const Model *model, Coding coding, int group,
                                 Fault *fault)
{
    int dim = model->shape.dim;
    size_t bytes = block_bytes(coding, dim, group);
    float *rows = calloc(BLOCK_ROWS * (size_t)dim, sizeof *rows);
    float *back = malloc((size_t)dim * sizeof *back);
    uint8_t *block = malloc(bytes);
    bool enough = rows && back && block;
    if (enough && order->cold_row < model->shape.vocab) {
        double moved = 0.0;
        classifier_row(model, (int)order->token_of_row[order->cold_row], rows);
        quantise_block(rows, dim, group, coding, block);
        matrix_row(&(Matrix){ .coding = coding, .rows = BLOCK_ROWS, .cols = dim, .group = group,
                              .data = block }, 0, back);
        for (int i = 0; i < dim; i++)
            moved += (rows[i] - back[i]) * (rows[i] - back[i]);
        if (sqrt(moved) > order->untrained_radius)
            order->duplicate_row = order->cold_row;
    }
    free(rows);
    free(back);
    free(block);
    return enough || fault_set(fault, FAULT_MEMORY, "not enough memory to plan the screening");
}

static bool build_section(RowPlan *plan, const Model *model, const RowOrder *order, Coding coding,
                          int group, Fault *fault)
{
    StoredRows stored = { .model = model, .order = order };
    int dim = model->shape.dim;
    if (coding == CODING_F32) /* all columns in int8 are still a quarter of the bytes */
        return screen_build(&stored, dim % SCREEN_GROUP ? SCREEN_LEADING : dim, &plan->screen,
                            &plan->screen_size, fault);
    uint8_t *packed = pack_classifier(&stored, coding, group);
    if (!packed)
        return fault_set(fault, FAULT_MEMORY, "not enough memory to plan the screening");
    stored.packed = (Matrix){ .coding = coding, .rows = model->shape.vocab,
                              .cols = model->shape.dim, .group = group, .data = packed };
    bool built = screen_build(&stored, SCREEN_LEADING, &plan->screen, &plan->screen_size, fault);
    free(packed);
    return built;
}

bool screen_plan(RowPlan *plan, const Model *model, const Tokenizer *tokenizer, Coding coding,
                 int group, Fault *fault)
{
    *plan = (RowPlan){0};
    int vocab = model->shape.vocab;
    if (vocab < LEAST_VOCAB || model->shape.dim > SCREEN_MAX_DIM
        || model->shape.dim < SCREEN_LEADING)
        return true;
    plan->token_of_row = malloc((size_t)vocab * sizeof *plan->token_of_row);
    plan->row_of_token = malloc((size_t)vocab * sizeof *plan->row_of_token);
    if (!plan->token_of_row || !plan->row_of_token) {
        screen_plan_free(plan);
        return fault_set(fault, FAULT_MEMORY, "not enough memory to order %d rows", vocab);
    }
    RowOrder order = { .token_of_row = plan->token_of_row };
    if (!row_order_compute(&order, model, tokenizer, HOT_ROWS, fault)
        || (coding == CODING_INT4 && !choose_duplicate_row(&order, model, coding, group, fault))) {
        screen_plan_free(plan);
        return false;
    }
    if (order.hot_rows != HOT_ROWS || !has_untrained_rows(&order, vocab)) {
        screen_plan_free(plan); /* nothing to gain */
        return true;
    }
    for (int row = 0; row < vocab; row++)
        plan->row_of_token[plan->token_of_row[row]] = (uint32_t)row;
    plan->duplicate_row = order.duplicate_row;
    if (build_section(plan, model, &order, coding, group, fault))
        return true;
    screen_plan_free(plan);
    return false;
}

void screen_plan_free(RowPlan *plan)
{
    free(plan->token_of_row);
    free(plan->row_of_token);
    free(plan->screen);
    *plan = (RowPlan){0};
}
