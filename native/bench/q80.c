/*
 * Turns a tied llama2.c checkpoint of version 0 (fp32) into version 2 (int8), which runq.c reads.
 *
 *   q80 CHECKPOINT OUT
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/loader.h"

enum { GROUP = 32, HEADER_BYTES = 256 };

/* Symmetric int8 per group, scales behind the weights, as llama2.c's export.py writes them. */
static void put_matrix(FILE *out, const Matrix *matrix)
{
    size_t count = (size_t)matrix->rows * (size_t)matrix->cols;
    const float *w = matrix->data;
    float *scales = malloc(count / GROUP * sizeof *scales);
    int8_t *q = malloc(count);
    for (size_t g = 0; scales && q && g < count / GROUP; g++) {
        float most = 0.0f;
        for (size_t k = g * GROUP; k < (g + 1) * GROUP; k++)
            most = fmaxf(most, fabsf(w[k]));
        scales[g] = most / 127.0f;
        for (size_t k = g * GROUP; k < (g + 1) * GROUP; k++)
            q[k] = (int8_t)(most > 0.0f ? rintf(w[k] / scales[g]) : 0.0f);
    }
    if (scales && q) {
        fwrite(q, 1, count, out);
        fwrite(scales, sizeof *scales, count / GROUP, out);
    }
    free(scales);
    free(q);
}

static void put_header(FILE *out, const Shape *s)
{
    uint8_t header[HEADER_BYTES] = {0};
    uint32_t magic[2] = { 0x616b3432, 2 };
    int32_t shape[7] = { s->dim, s->hidden, s->layers, s->heads, s->kv_heads, s->vocab,
                         s->context };
    int32_t group = GROUP;
    memcpy(header, magic, sizeof magic);
    memcpy(header + 8, shape, sizeof shape);
    header[36] = 1; /* tied */
    memcpy(header + 37, &group, sizeof group);
    fwrite(header, 1, sizeof header, out);
}

static void put_model(FILE *out, const Model *m)
{
    const Shape *s = &m->shape;
    size_t dim = (size_t)s->dim;
    put_header(out, s);
    for (int l = 0; l < s->layers; l++)
        fwrite(m->layers[l].attention_norm, sizeof(float), dim, out);
    for (int l = 0; l < s->layers; l++)
        fwrite(m->layers[l].ffn_norm, sizeof(float), dim, out);
    fwrite(m->final_norm, sizeof(float), dim, out);
    put_matrix(out, &m->embedding);
    for (int kind = 0; kind < 7; kind++)
        for (int l = 0; l < s->layers; l++) {
            const Layer *y = &m->layers[l];
            const Matrix *const all[] = { &y->wq, &y->wk, &y->wv, &y->wo, &y->w1, &y->w2, &y->w3 };
            put_matrix(out, all[kind]);
        }
}

int main(int argc, char **argv)
{
    Model model;
    Fault fault = {0};
    if (argc != 3 || !model_open(&model, argv[1], &fault)) {
        fprintf(stderr, "usage: q80 CHECKPOINT OUT; %s\n", fault.text);
        return 2;
    }
    FILE *out = fopen(argv[2], "wb");
    bool fits = model.embedding.coding == CODING_F32_ROWS && model.shape.dim % GROUP == 0
        && model.shape.hidden % GROUP == 0 && model.classifier.data == model.embedding.data;
    if (out && fits)
        put_model(out, &model);
    bool written = out && fits && !ferror(out) && fclose(out) == 0;
    if (!written)
        fprintf(stderr, "q80: cannot turn %s into %s\n", argv[1], argv[2]);
    model_close(&model);
    return written ? 0 : 3;
}
