#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "infer/transformer.h"
#include "model/story.h"
#include "sample/sampler.h"
#include "screen/screen.h"
#include "tokenizer/utf8_filter.h"

enum { POSITIONS = 6, PROMPT = 3 };

const char *file_of(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd >= 0)
        close(fd);
    fd = memfd_create("input", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

void mend_checksums(uint8_t *data, size_t size)
{
    uint32_t sections, checksum;
    if (size < STORY_HEADER_BYTES)
        return;
    uint64_t whole = size;
    memcpy(data + 16, &whole, sizeof whole);
    memcpy(&sections, data + 24, sizeof sections);
    if (sections <= (size - STORY_HEADER_BYTES) / STORY_ENTRY_BYTES) {
        checksum = crc32_of(0, data + STORY_HEADER_BYTES, (size_t)sections * STORY_ENTRY_BYTES);
        memcpy(data + 120, &checksum, sizeof checksum);
    }
    checksum = crc32_of(0, data, 124);
    memcpy(data + 124, &checksum, sizeof checksum);
}

static void tell_with(Transformer *t, Screen *screen, float temperature, float topp, Fault *fault)
{
    int tokens[PROMPT] = { 1, 2, 0 }, vocab = t->model->shape.vocab;
    Sampler sampler;
    if (sampler_open(&sampler, t->kernels, t->model, temperature, topp, 7, fault)) {
        transformer_forward(t, tokens, PROMPT, 0);
        for (int pos = PROMPT; pos < POSITIONS; pos++) {
            int token = screen_pick(screen, t, &sampler);
            if (token < 0 || token >= vocab)
                abort();
            transformer_forward(t, &token, 1, pos);
        }
    }
    sampler_close(&sampler);
}

void use_model(const Model *model)
{
    Fault fault;
    ThreadPool *pool;
    Transformer t;
    Screen *screen = NULL;
    int positions = model->shape.context < POSITIONS ? 0 : POSITIONS;
    if (!positions || !thread_pool_open(&pool, 1, &fault))
        return;
    if (transformer_open(&t, model, kernels_choose(NULL), pool, positions, &fault)
        && screen_open(&screen, model, &fault)) {
        tell_with(&t, screen, 0.0f, 0.9f, &fault);
        tell_with(&t, screen, 1.0f, 0.9f, &fault);
        tell_with(&t, screen, 0.7f, 1.0f, &fault);
    }
    screen_close(screen);
    transformer_close(&t);
    thread_pool_close(pool);
}

/* Encodes, decodes and filters a text; as run.c or not. */
static void use_tokenizer_as(const Tokenizer *tokenizer, const uint8_t *text, size_t size)
{
    int *tokens, previous = TOKEN_BOS;
    size_t count;
    Fault fault;
    Utf8Filter filter = {0};
    if (!tokenizer_encode(tokenizer, text, size, &tokens, &count, &fault))
        return;
    for (size_t i = 0; i < count; i++) {
        uint8_t byte, character[MAX_CHARACTER];
        if (tokens[i] < 0 || tokens[i] >= tokenizer->vocab)
            abort();
        Bytes piece = tokenizer_decode(tokenizer, previous, tokens[i], &byte);
        for (size_t k = 0; k < piece.size; k++)
            if (utf8_filter_take(&filter, piece.data[k], character) > MAX_CHARACTER)
                abort();
        previous = tokens[i];
    }
    free(tokens);
}

void use_tokenizer(const Tokenizer *tokenizer, const uint8_t *text, size_t size)
{
    Tokenizer as_run_c = *tokenizer;
    as_run_c.as_run_c = true;
    use_tokenizer_as(tokenizer, text, size);
    use_tokenizer_as(&as_run_c, text, size);
}
