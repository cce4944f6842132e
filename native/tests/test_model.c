/*
 * Models of every format: their logits, that threads, batches and streaming do not change them,
 * and that damaged files are refused.
 */
#include <unistd.h>

#include "check.h"
#include "cli/engine.h"
#include "model/loader.h"
#include "model/story.h"
#include "pack/pack.h"
#include "screen/screen.h"
#include "screen/section.h"
#include "small_model.h"

enum { TOKENS = 70 };

static const char tokenizer_path[] = "small.tok";

/* Logits after TOKENS tokens, (SMALL_VOCAB); false if the model was refused. */
static bool logits_of(const char *path, const char *kernel, int threads, int batch, bool stream,
                      float *logits)
{
    EngineOptions options = { .model = path, .tokenizer = tokenizer_path, .kernel = kernel,
                              .threads = threads, .stream = stream, .full = true };
    Engine engine;
    Fault fault = {0};
    if (!engine_open(&engine, &options, &fault)) {
        printf("%s\n", fault.text);
        return false;
    }
    int tokens[TOKENS];
    for (int i = 0; i < TOKENS; i++)
        tokens[i] = (i * 37 + 1) % SMALL_VOCAB;
    for (int pos = 0; pos < TOKENS; pos += batch) {
        int n = batch < TOKENS - pos ? batch : TOKENS - pos;
        transformer_forward(&engine.transformer, tokens + pos, n, pos);
    }
    memcpy(logits, transformer_logits(&engine.transformer), SMALL_VOCAB * sizeof *logits);
    engine_close(&engine);
    return true;
}

/* Mean distance over mean magnitude. */
static double distance(const float *a, const float *b)
{
    double apart = 0.0, size = 0.0;
    for (int i = 0; i < SMALL_VOCAB; i++) {
        apart += fabs((double)(a[i] - b[i]));
        size += fabs((double)b[i]);
    }
    return apart / size;
}

static bool same(const float *a, const float *b)
{
    return memcmp(a, b, SMALL_VOCAB * sizeof *a) == 0;
}

/* Threads, batches and kernels give the bits of one scalar thread, one position at a time. */
static void test_all_ways(const char *path, const float *expected)
{
    float logits[SMALL_VOCAB];
    for (int k = 0; all_kernels[k]; k++) {
        if (!all_kernels[k]->runs_here())
            continue;
        for (int threads = 1; threads <= 2; threads++)
            for (int batch = 1; batch <= MAX_BATCH; batch += 3) {
                bool stream = (threads + batch) % 2;
                CHECK(logits_of(path, all_kernels[k]->name, threads, batch, stream, logits));
                CHECK(same(logits, expected));
            }
    }
}

static bool pack_small(const char *from, const char *to, Coding coding, int group)
{
    Model model;
    Tokenizer tokenizer = {0};
    Fault fault = {0};
    PackOptions options = { .coding = coding, .group = group };
    bool packed = model_open(&model, from, &fault)
        && tokenizer_open_file(&tokenizer, tokenizer_path, SMALL_VOCAB, &fault)
        && pack(&model, &tokenizer, &options, to, &fault);
    if (!packed)
        printf("%s\n", fault.text);
    tokenizer_close(&tokenizer);
    model_close(&model);
    return packed;
}

static void test_formats(int tied)
{
    float reference[SMALL_VOCAB], logits[SMALL_VOCAB];
    small_write("v0.bin", 0, tied);
    small_write("v1.bin", 1, tied);
    small_write("v2.bin", 2, tied);
    CHECK(logits_of("v0.bin", "scalar", 1, 1, false, reference));
    test_all_ways("v0.bin", reference);
    CHECK(logits_of("v1.bin", "scalar", 1, 1, false, logits) && same(logits, reference));
    CHECK(logits_of("v2.bin", "scalar", 1, 1, false, logits));
    CHECK(distance(logits, reference) < 0.05);
    test_all_ways("v2.bin", logits);

    static const struct {
        Coding coding;
        int group;
        double bound;
    } packs[] = { { CODING_F32, 0, 0.0 }, { CODING_INT8, 32, 0.05 }, { CODING_INT8, 96, 0.05 },
                  { CODING_INT4, 32, 0.5 } };
    for (size_t i = 0; i < sizeof packs / sizeof *packs; i++) {
        CHECK(pack_small("v0.bin", "small.story", packs[i].coding, packs[i].group));
        CHECK(logits_of("small.story", "scalar", 1, 1, false, logits));
        CHECK(distance(logits, reference) <= packs[i].bound);
        test_all_ways("small.story", logits);
    }
}

static uint8_t file_data[1 << 20];

static size_t read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t size = fread(file_data, 1, sizeof file_data, file);
    fclose(file);
    return size;
}

/* Is the file refused with a sentence? If not, using it must not crash. */
static bool refused(const uint8_t *data, size_t size)
{
    FILE *file = fopen("damaged.bin", "wb");
    fwrite(data, 1, size, file);
    fclose(file);
    Model model;
    Fault fault = {0};
    bool opened = model_open(&model, "damaged.bin", &fault);
    CHECK(opened || (fault.code && fault.text[0]));
    model_close(&model);
    return !opened;
}

static void test_damaged(const char *path, size_t header)
{
    size_t size = read_file(path);
    for (size_t shorter = 0; shorter < size; shorter += 1 + size / 97)
        CHECK(refused(file_data, shorter));
    file_data[size] = 0;
    CHECK(refused(file_data, size + 1));
    static const uint32_t values[] = { 0, 1, 3, 0xffffffff, 0x7fffffff, 0x80000000, 0x10000, 47 };
    for (size_t at = 0; at + 4 <= header; at += 4)
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            uint32_t kept;
            memcpy(&kept, file_data + at, 4);
            memcpy(file_data + at, &values[v], 4);
            refused(file_data, size);
            memcpy(file_data + at, &kept, 4);
        }
}

/* Any changed byte of a pack is found: header and table when opening, the rest when verifying. */
static void test_checksums(void)
{
    small_write("v0.bin", 0, 1);
    CHECK(pack_small("v0.bin", "small.story", CODING_INT8, 32));
    size_t size = read_file("small.story");
    for (size_t at = 0; at < size; at += 61) {
        file_data[at] ^= 0x10;
        if (!refused(file_data, size)) {
            Model model;
            Fault fault = {0};
            CHECK(model_open(&model, "damaged.bin", &fault));
            bool padding = file_data[at] == 0x10; /* between sections, unused */
            CHECK(!story_verify(&model, "damaged.bin", &fault) || padding);
            model_close(&model);
        }
        file_data[at] ^= 0x10;
    }
}

/* A pack whose screen section is of an older version is told from without screening. */
static void test_older_screen(void)
{
    uint8_t section[SCREEN_HEADER_BYTES] = {0};
    uint32_t row = 0;
    Model model = { .screen = { section, sizeof section }, .token_of_row = &row, .shape.vocab = 1 };
    for (uint8_t version = 0; version <= SCREEN_VERSION + 1; version++) {
        Fault fault = {0};
        Screen *screen;
        section[0] = version;
        bool older = version > 0 && version < SCREEN_VERSION;
        CHECK(screen_open(&screen, &model, &fault) == older);
        CHECK(!screen);
    }
}

int main(void)
{
    test_older_screen();
    small_write_tokenizer(tokenizer_path);
    test_formats(1);
    test_formats(0);
    test_damaged("v0.bin", 28);
    test_damaged("v1.bin", 44);
    test_damaged("v2.bin", 44);
    CHECK(pack_small("v0.bin", "small.story", CODING_INT8, 32));
    test_damaged("small.story", 128 + 48);
    test_checksums();
    const char *files[] = { "v0.bin", "v1.bin", "v2.bin", "small.story", "damaged.bin",
                            tokenizer_path };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    return check_report();
}
