#include "packing.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "model/loader.h"
#include "model/story.h"
#include "pack/pack.h"
#include "pack/screen_plan.h"
#include "support.h"

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

void pack_and_tell(const uint8_t *data, size_t size, int coding)
{
    Model model;
    Tokenizer tokenizer = {0};
    Fault fault;
    if (!model_open(&model, file_of(data, size), &fault))
        return;
    if (open_tokenizer(&tokenizer, model.shape.vocab, &fault)) {
        static const struct { Coding coding; int group; } ways[CODINGS] = {
            { CODING_F32, 0 }, { CODING_INT8, 32 }, { CODING_INT4, 64 },
        };
        for (int i = 0; i < CODINGS; i++)
            if (coding == EVERY_CODING || coding == i)
                pack_and_open(&model, &tokenizer, ways[i].coding, ways[i].group);
    }
    tokenizer_close(&tokenizer);
    model_close(&model);
}
