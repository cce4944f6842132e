/* A small model that knows keywords, with a tokenizer whose stops merge with what follows. */
#ifndef STORYTELLER_DRAFT_MODEL_H
#define STORYTELLER_DRAFT_MODEL_H

#include "check.h"
#include "cli/engine.h"
#include "draft/drafts.h"
#include "model/loader.h"
#include "pack/pack.h"
#include "small_model.h"

static const char draft_tokenizer[] = "drafts.tok";

static const char *const draft_pieces[] = {
    "\n", "\"", ".", "!", "?", ",", " ", ".\n", ".\n\"", ".\"", "!\"", "?\"", ",\"", " a", " b", " the",
    " duck", " fox", "a", "b", "Mr", "Hello", " said", " I", "\xc3\xa9", " \"", "?\"\n",
};

static inline void draft_write_tokenizer(void)
{
    FILE *file = fopen(draft_tokenizer, "wb");
    int32_t longest = 8;
    fwrite(&longest, 4, 1, file);
    for (int i = 0; i < SMALL_VOCAB; i++) {
        char piece[16];
        size_t own = (size_t)(i - TOKEN_FIRST_BYTE - 256);
        if (i >= TOKEN_FIRST_BYTE + 256 && own < sizeof draft_pieces / sizeof *draft_pieces)
            snprintf(piece, sizeof piece, "%s", draft_pieces[own]);
        else if (i >= TOKEN_FIRST_BYTE && i < TOKEN_FIRST_BYTE + 256)
            snprintf(piece, sizeof piece, "<0x%02X>", i - TOKEN_FIRST_BYTE);
        else
            snprintf(piece, sizeof piece, " t%d", i);
        float score = (float)-i;
        int32_t length = (int32_t)strlen(piece);
        fwrite(&score, 4, 1, file);
        fwrite(&length, 4, 1, file);
        fwrite(piece, 1, (size_t)length, file);
    }
    fclose(file);
}

static inline bool draft_pack(const char *to, Coding coding, int group, bool keywords)
{
    Model model;
    Tokenizer tokenizer = {0};
    Fault fault = {0};
    PackOptions options = { .coding = coding, .group = group, .keywords = keywords };
    small_write("drafts.bin", 0, 1);
    bool packed = model_open(&model, "drafts.bin", &fault)
        && tokenizer_open_file(&tokenizer, draft_tokenizer, SMALL_VOCAB, &fault)
        && pack(&model, &tokenizer, &options, to, &fault);
    if (!packed)
        printf("%s\n", fault.text);
    tokenizer_close(&tokenizer);
    model_close(&model);
    return packed;
}

/* An engine and the drafts of one story. */
typedef struct DraftStory {
    Engine engine;
    Drafts drafts;
} DraftStory;

static inline DraftStory *draft_story_open(const char *path, const char *kernel, int threads,
                                           float temperature)
{
    DraftStory *story = calloc(1, sizeof *story);
    EngineOptions options = { .model = path, .kernel = kernel, .threads = threads, .full = true,
                              .spare = MAX_TAG };
    Fault fault = {0};
    if (!story || !engine_open(&story->engine, &options, &fault)
        || !drafts_open(&story->drafts, &story->engine.transformer, &story->engine.tokenizer,
                        temperature, 0.9f, &fault)) {
        printf("%s\n", fault.text);
        exit(1);
    }
    return story;
}

static inline void draft_story_close(DraftStory *story)
{
    drafts_close(&story->drafts);
    engine_close(&story->engine);
    free(story);
}

static inline Bytes text_of(const char *text)
{
    return (Bytes){ (const uint8_t *)text, strlen(text) };
}

#endif
