/*
 * Whatever opens must pack in every coding, and the pack must open, verify and tell. An input that
 * starts with "PLAN" stands for a checkpoint with so many tokens that the packer plans a screen.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader.h"
#include "pack.h"
#include "screen_plan.h"
#include "story.h"
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A tokenizer file of `vocab` pieces of one letter. */
static bool open_tokenizer(Tokenizer *tokenizer, int vocab, Fault *fault)
{
    size_t size = 4 + 9 * (size_t)vocab;
    uint8_t *file = calloc(size, 1);
    if (!file)
        return false;
    file[0] = 1;
    for (int i = 0; i < vocab; i++) {
        file[8 + 9 * i] = 1;
        file[12 + 9 * i] = (uint8_t)('a' + i % 26);
    }
    bool opened = tokenizer_open_file(tokenizer, file_of(file, size), vocab, fault);
    free(file);
    return opened;
}

static void pack_and_open(const Model *model, const Tokenizer *tokenizer, Coding coding, int group)
{
    char path[64];
    Fault fault;
    Model packed;
    RowPlan plan;
    PackOptions options = { .coding = coding, .group = group, .plan = &plan };
    snprintf(path, sizeof path, "/dev/shm/fuzz-pack-%d.story", (int)getpid());
    if (!screen_plan(&plan, model, tokenizer, coding, group, &fault))
        return;
    if (pack(model, tokenizer, &options, path, &fault)) {
        if (!model_open(&packed, path, &fault) || !story_verify(&packed, path, &fault)) {
            fprintf(stderr, "%s\n", fault.text);
            abort();
        }
        use_model(&packed);
        model_close(&packed);
    }
    unlink(path);
    screen_plan_free(&plan);
}

/*
 * The checkpoint (version 0) of a "PLAN": its weights are the bytes from the sixth on, repeated;
 * rows from HEAP on lie in a heap, whose width the fifth byte sets, and the coding.
 */
static uint8_t *planned(const uint8_t *data, size_t size, size_t *whole)
{
    enum { DIM = 64, HIDDEN = 32, VOCAB = 4096, CONTEXT = 8, HEAP = 2000, START = 5 };
    enum { WEIGHTS = VOCAB * DIM + 3 * DIM * DIM + 3 * DIM * HIDDEN + 3 * DIM + CONTEXT * DIM / 2 };
    const int32_t header[7] = { DIM, HIDDEN, 1, 2, 1, VOCAB, CONTEXT };
    *whole = sizeof header + WEIGHTS * sizeof(float);
    uint8_t *file = malloc(*whole);
    if (!file)
        return NULL;
    memcpy(file, header, sizeof header);
    float width = ldexpf(1.0f, -(data[4] % 16));
    for (size_t i = 0; i < WEIGHTS; i++) {
        size_t row = i / DIM, column = i % DIM;
        float weight = (int8_t)data[START + (row * 31 + column) % (size - START)] / 64.0f;
        if (row >= HEAP && row < VOCAB)
            weight = (int8_t)data[START + column % (size - START)] / 64.0f + weight * width;
        memcpy(file + sizeof header + i * sizeof weight, &weight, sizeof weight);
    }
    return file;
}

/* Packs in every coding, or in the one of this number. */
static int pack_all(const uint8_t *data, size_t size, int only)
{
    Model model;
    Tokenizer tokenizer = {0};
    Fault fault;
    if (!model_open(&model, file_of(data, size), &fault))
        return 0;
    if (open_tokenizer(&tokenizer, model.shape.vocab, &fault)) {
        static const struct { Coding coding; int group; } ways[] = {
            { CODING_F32, 0 }, { CODING_INT8, 32 }, { CODING_INT4, 64 },
        };
        for (int i = 0; i < 3; i++)
            if (only < 0 || only == i)
                pack_and_open(&model, &tokenizer, ways[i].coding, ways[i].group);
    }
    tokenizer_close(&tokenizer);
    model_close(&model);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 6 || memcmp(data, "PLAN", 4) != 0)
        return pack_all(data, size, -1);
    size_t whole;
    uint8_t *file = planned(data, size, &whole);
    if (file)
        pack_all(file, whole, data[4] / 16 % 3); /* one of them takes long enough */
    free(file);
    return 0;
}
