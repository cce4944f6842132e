/* A small random checkpoint in each of llama2.c's versions, with awkward widths. */
#ifndef STORYTELLER_SMALL_MODEL_H
#define STORYTELLER_SMALL_MODEL_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SMALL_DIM = 48, SMALL_HIDDEN = 80, SMALL_LAYERS = 2, SMALL_HEADS = 4, SMALL_KV_HEADS = 2,
    SMALL_VOCAB = 300, SMALL_CONTEXT = 80, SMALL_GROUP = 16,
    SMALL_KV_DIM = SMALL_DIM / SMALL_HEADS * SMALL_KV_HEADS,
};

static const int32_t small_header[7] = { SMALL_DIM, SMALL_HIDDEN, SMALL_LAYERS, SMALL_HEADS,
                                         SMALL_KV_HEADS, SMALL_VOCAB, SMALL_CONTEXT };

static uint32_t small_state;

static inline float small_random(void)
{
    small_state = small_state * 1664525u + 1013904223u;
    return (float)(small_state >> 8) / 8388608.0f - 1.0f;
}

/* One tensor; the same seed gives the same values in every version. */
static inline void small_tensor(float *out, int count, uint32_t seed, float spread, float centre)
{
    small_state = seed * 2654435761u + 12345u;
    for (int i = 0; i < count; i++)
        out[i] = centre + spread * small_random();
}

/* Group-wise int8, then the scales, as llama2.c's exporter writes them. */
static inline void small_put_q80(FILE *file, const float *x, int count)
{
    for (int i = 0; i < count; i++) {
        float most = 0.0f;
        for (int k = i / SMALL_GROUP * SMALL_GROUP; k < (i / SMALL_GROUP + 1) * SMALL_GROUP; k++)
            most = fmaxf(most, fabsf(x[k]));
        int8_t q = (int8_t)lrintf(x[i] * 127.0f / most);
        fwrite(&q, 1, 1, file);
    }
    for (int start = 0; start < count; start += SMALL_GROUP) {
        float most = 0.0f;
        for (int k = start; k < start + SMALL_GROUP; k++)
            most = fmaxf(most, fabsf(x[k]));
        float scale = most / 127.0f;
        fwrite(&scale, 4, 1, file);
    }
}

static inline void small_put(FILE *file, int count, uint32_t seed, float spread, float centre,
                             int version)
{
    float *x = malloc((size_t)count * sizeof *x);
    small_tensor(x, count, seed, spread, centre);
    if (version == 2 && centre == 0.0f)
        small_put_q80(file, x, count);
    else
        fwrite(x, sizeof *x, (size_t)count, file);
    free(x);
}

/* All layers of one kind of matrix. */
static inline void small_put_kind(FILE *file, int rows, int cols, uint32_t kind, int version)
{
    for (uint32_t l = 0; l < SMALL_LAYERS; l++)
        small_put(file, rows * cols, 100 * kind + l, 0.2f, 0.0f, version);
}

static inline void small_put_attention(FILE *file, int version)
{
    small_put_kind(file, SMALL_DIM, SMALL_DIM, 4, version);
    small_put_kind(file, SMALL_KV_DIM, SMALL_DIM, 5, version);
    small_put_kind(file, SMALL_KV_DIM, SMALL_DIM, 6, version);
    small_put_kind(file, SMALL_DIM, SMALL_DIM, 7, version);
}

static inline void small_put_ffn(FILE *file, int version)
{
    small_put_kind(file, SMALL_HIDDEN, SMALL_DIM, 8, version);
    small_put_kind(file, SMALL_DIM, SMALL_HIDDEN, 9, version);
    small_put_kind(file, SMALL_HIDDEN, SMALL_DIM, 10, version);
}

static inline void small_put_norms(FILE *file, uint32_t seed)
{
    small_put(file, SMALL_LAYERS * SMALL_DIM, seed, 0.3f, 1.0f, 0);
}

/* Writes version 0, 1 or 2; an untied one has a classifier of its own. */
static inline void small_write(const char *path, int version, int tied)
{
    FILE *file = fopen(path, "wb");
    int32_t header[64] = {0};
    if (version == 0) {
        memcpy(header, small_header, sizeof small_header);
        header[5] = tied ? SMALL_VOCAB : -SMALL_VOCAB;
        fwrite(header, 4, 7, file);
        small_put(file, SMALL_VOCAB * SMALL_DIM, 3, 0.5f, 0.0f, version);
        small_put_norms(file, 1);
        small_put_attention(file, version);
        small_put_norms(file, 2);
        small_put_ffn(file, version);
        small_put(file, SMALL_DIM, 11, 0.3f, 1.0f, 0);
        small_put(file, SMALL_CONTEXT * SMALL_DIM / SMALL_HEADS, 12, 1.0f, 1.0f, 0);
    } else {
        header[0] = 0x616b3432;
        header[1] = version;
        memcpy(header + 2, small_header, sizeof small_header);
        int32_t group = SMALL_GROUP;
        ((uint8_t *)header)[36] = (uint8_t)tied;
        if (version == 2)
            memcpy((uint8_t *)header + 37, &group, sizeof group);
        fwrite(header, 1, 256, file);
        small_put_norms(file, 1);
        small_put_norms(file, 2);
        small_put(file, SMALL_DIM, 11, 0.3f, 1.0f, 0);
        small_put(file, SMALL_VOCAB * SMALL_DIM, 3, 0.5f, 0.0f, version);
        small_put_attention(file, version);
        small_put_ffn(file, version);
    }
    if (!tied)
        small_put(file, SMALL_VOCAB * SMALL_DIM, 13, 0.5f, 0.0f, version);
    fclose(file);
}

/* A tokenizer of single bytes and a few nonsense pieces. */
static inline void small_write_tokenizer(const char *path)
{
    FILE *file = fopen(path, "wb");
    int32_t longest = 6;
    fwrite(&longest, 4, 1, file);
    for (int i = 0; i < SMALL_VOCAB; i++) {
        char piece[16];
        float score = (float)-i;
        if (i < 3 || i >= 259)
            snprintf(piece, sizeof piece, " t%d", i);
        else
            snprintf(piece, sizeof piece, "<0x%02X>", i - 3);
        int32_t length = (int32_t)strlen(piece);
        fwrite(&score, 4, 1, file);
        fwrite(&length, 4, 1, file);
        fwrite(piece, 1, (size_t)length, file);
    }
    fclose(file);
}

#endif
