/* Commands of `storyteller drafts` on a small model: every line is answered, nothing else happens. */
#include <stdlib.h>
#include <string.h>

#include "../tests/draft_model.h"
#include "draft/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One engine for all inputs; its files are gone once it is open. */
static Engine *engine_of_all(void)
{
    static DraftStory *story;
    if (!story) {
        draft_write_tokenizer();
        if (!draft_pack("fuzz-drafts.story", CODING_INT8, 32, true))
            abort();
        story = draft_story_open("fuzz-drafts.story", NULL, 1, 1.0f);
        remove("fuzz-drafts.story");
        remove("drafts.bin");
        remove(draft_tokenizer);
    }
    return &story->engine;
}

static void check_story(const Drafts *d)
{
    const Context *c = &d->context;
    if (c->count < 1 || c->count > c->room || c->computed > c->count)
        abort();
    for (int i = 0; i < c->count; i++)
        if (c->tokens[i] < 0 || c->tokens[i] >= c->tokenizer->vocab)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Engine *engine = engine_of_all();
    Drafts *d = calloc(1, sizeof *d);
    uint8_t *line = malloc(size + 1);
    char *answers = NULL;
    size_t answered = 0;
    Fault fault;
    FILE *out = open_memstream(&answers, &answered);
    if (!d || !line || !out
        || !drafts_open(d, &engine->transformer, &engine->tokenizer, 0.9f, 0.9f, &fault))
        abort();
    for (size_t at = 0; at < size;) {
        const uint8_t *newline = memchr(data + at, '\n', size - at);
        size_t length = newline ? (size_t)(newline - data) - at : size - at;
        long before = ftell(out);
        memcpy(line, data + at, length);
        protocol_answer(d, line, length, out);
        check_story(d);
        fflush(out);
        if (ftell(out) == before || answers[answered - 1] != '\n')
            abort();
        at += length + 1;
    }
    fclose(out);
    free(answers);
    free(line);
    drafts_close(d);
    free(d);
    return 0;
}
