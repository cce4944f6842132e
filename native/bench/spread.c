/*
 * Copies a llama2.c checkpoint (version 0) and moves the untrained rows of its classifier further
 * apart: what screening gains depends on how close together they lie.
 *
 *   spread CHECKPOINT TOKENIZER FACTOR OUT
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/loader.h"
#include "pack/row_order.h"
#include "tokenizer/tokenizer.h"

/* Multiplies each of these rows' distance from their mean. */
static bool widen(float *rows, int dim, const uint32_t *tokens, int count, float factor)
{
    size_t width = (size_t)dim;
    double *mean = calloc(width, sizeof *mean);
    if (!mean)
        return false;
    for (int i = 0; i < count; i++)
        for (size_t j = 0; j < width; j++)
            mean[j] += rows[tokens[i] * width + j] / count;
    for (int i = 0; i < count; i++)
        for (size_t j = 0; j < width; j++) {
            float *value = &rows[tokens[i] * width + j];
            *value = (float)(mean[j] + factor * (*value - mean[j]));
        }
    free(mean);
    return true;
}

static bool write_all(const char *path, const void *data, size_t size, Fault *fault)
{
    FILE *out = fopen(path, "wb");
    bool written = out && fwrite(data, 1, size, out) == size;
    written = out && fclose(out) == 0 && written;
    return written || fault_set(fault, FAULT_FILE, "cannot write %s: %s", path, strerror(errno));
}

/* The rows from order.cold_row on are those that screening treats as untrained. */
static bool widen_untrained_rows(const Model *model, const Tokenizer *tokenizer, char **argv,
                                 Fault *fault)
{
    int vocab = model->shape.vocab;
    RowOrder order = { .token_of_row = malloc((size_t)vocab * sizeof *order.token_of_row) };
    uint8_t *copy = malloc(model->mapping.size);
    bool done = order.token_of_row && copy;
    if (done) {
        memcpy(copy, model->mapping.data, model->mapping.size);
        size_t start = (size_t)((const uint8_t *)model->embedding.data - model->mapping.data);
        done = row_order_compute(&order, model, tokenizer, 1024, fault)
            && widen((float *)(void *)(copy + start), model->shape.dim,
                     order.token_of_row + order.cold_row, vocab - order.cold_row,
                     strtof(argv[3], NULL))
            && write_all(argv[4], copy, model->mapping.size, fault);
    } else {
        fault_set(fault, FAULT_MEMORY, "not enough memory for a copy of %s", argv[1]);
    }
    free(order.token_of_row);
    free(copy);
    return done;
}

static bool run(char **argv, Fault *fault)
{
    Model model;
    Tokenizer tokenizer = {0};
    if (!model_open(&model, argv[1], fault))
        return false;
    bool done = model.embedding.coding == CODING_F32_ROWS
        ? tokenizer_open_file(&tokenizer, argv[2], model.shape.vocab, fault)
            && widen_untrained_rows(&model, &tokenizer, argv, fault)
        : fault_set(fault, FAULT_USAGE, "spread takes a checkpoint in fp32");
    tokenizer_close(&tokenizer);
    model_close(&model);
    return done;
}

int main(int argc, char **argv)
{
    Fault fault = {0};
    if (argc != 5) {
        fprintf(stderr, "usage: spread CHECKPOINT TOKENIZER FACTOR OUT\n");
        return 2;
    }
    if (run(argv, &fault))
        return 0;
    fprintf(stderr, "spread: %s\n", fault.text);
    return fault.code;
}
