/*
 * Writes a seeded synthetic checkpoint (llama2.c version 0) and a tokenizer for it, by default of
 * stories15M's shape: for benchmarks and tests where no trained model is at hand. The same bytes
 * come out on every machine: integer random numbers, IEEE arithmetic, no libm.
 *
 *   synthetic CHECKPOINT TOKENIZER [seed [spread [dim hidden layers heads kv_heads vocab context
 *             [untied]]]]
 *
 * A tied model mostly repeats its last token. With the word "untied" the classifier is a matrix of
 * its own and the layers' weights are ten times as large, so that every token depends on all before.
 *
 * Like a trained model it has tokens that training never saw: the rows of all tokens past 7552 lie
 * near one centroid, `spread` (default 0.002) per coordinate around it, and get low logits.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEN_TOKENS = 7552, FIRST_PIECE = 259, MAX_PIECE = 16 };

typedef struct Maker {
    FILE *out;
    uint64_t state;
} Maker;

static uint32_t random_u32(Maker *m)
{
    m->state ^= m->state >> 12;
    m->state ^= m->state << 25;
    m->state ^= m->state >> 27;
    return (uint32_t)((m->state * 0x2545F4914F6CDD1Dull) >> 32);
}

/* Mean 0, variance 1, bell-shaped: the sum of twelve uniform numbers. */
static float random_bell(Maker *m)
{
    float sum = -6.0f;
    for (int i = 0; i < 12; i++)
        sum += (float)(random_u32(m) >> 8) / 16777216.0f;
    return sum;
}

static void put(Maker *m, float value)
{
    fwrite(&value, sizeof value, 1, m->out);
}

static void put_many(Maker *m, size_t count, float spread, float centre)
{
    for (size_t i = 0; i < count; i++)
        put(m, centre + spread * random_bell(m));
}

/*
 * Tokens seen in training share a direction (alternating signs), which keeps hidden states away
 * from the unseen ones, whose centroid points the other way.
 */
static void put_embedding(Maker *m, int vocab, int dim, float spread)
{
    for (int token = 0; token < vocab; token++)
        for (int i = 0; i < dim; i++) {
            float side = i % 2 ? 1.0f : -1.0f;
            float value = token < SEEN_TOKENS
                ? 0.02f * side + 0.03f * random_bell(m)
                : -0.14f * side + spread * random_bell(m);
            put(m, value);
        }
}

static void put_checkpoint(Maker *m, const int shape[7], float spread, bool tied)
{
    int header[7];
    memcpy(header, shape, sizeof header);
    header[5] = tied ? shape[5] : -shape[5]; /* version 0 marks an untied classifier so */
    float gain = tied ? 1.0f : 10.0f;
    size_t dim = (size_t)shape[0], hidden = (size_t)shape[1], layers = (size_t)shape[2];
    size_t head = dim / (size_t)shape[3], kv = head * (size_t)shape[4];
    fwrite(header, sizeof *header, 7, m->out);
    put_embedding(m, shape[5], shape[0], spread);
    put_many(m, layers * dim, 0.0f, 1.0f);
    put_many(m, layers * dim * dim, 0.03f * gain, 0.0f);
    put_many(m, layers * dim * kv, 0.03f * gain, 0.0f);
    put_many(m, layers * dim * kv, 0.03f * gain, 0.0f);
    put_many(m, layers * dim * dim, 0.006f * gain, 0.0f);
    put_many(m, layers * dim, 0.0f, 1.0f);
    put_many(m, layers * dim * hidden, 0.02f * gain, 0.0f);
    put_many(m, layers * hidden * dim, 0.01f * gain, 0.0f);
    put_many(m, layers * dim * hidden, 0.02f * gain, 0.0f);
    put_many(m, dim, 0.0f, 8.0f); /* so that some tokens are likelier than others */
    put_many(m, (size_t)shape[6] * head, 0.0f, 0.0f); /* rotations, which no reader uses */
    if (!tied)
        put_embedding(m, shape[5], shape[0], spread);
}

/* Token 259 on: the printable characters, then syllables, all different. */
static int write_piece(char piece[MAX_PIECE], int token)
{
    static const char *const special[] = { "<unk>", "\n<s>\n", "\n</s>\n" };
    static const char consonants[] = "bdfglmnprst", vowels[] = "aeiou";
    if (token < 3)
        return snprintf(piece, MAX_PIECE, "%s", special[token]);
    if (token < FIRST_PIECE)
        return snprintf(piece, MAX_PIECE, "<0x%02X>", token - 3);
    int number = token - FIRST_PIECE;
    if (number < 95)
        return snprintf(piece, MAX_PIECE, "%c", ' ' + number);
    int length = 0;
    if (number % 2)
        piece[length++] = ' ';
    for (number = (number - 95) / 2 + 55; number; number /= 55) {
        piece[length++] = consonants[number % 55 % 11];
        piece[length++] = vowels[number % 55 / 11];
    }
    return length;
}

static void put_tokenizer(Maker *m, int vocab)
{
    int longest = MAX_PIECE;
    fwrite(&longest, sizeof longest, 1, m->out);
    for (int token = 0; token < vocab; token++) {
        char piece[MAX_PIECE];
        int length = write_piece(piece, token);
        put(m, -(float)token);
        fwrite(&length, sizeof length, 1, m->out);
        fwrite(piece, 1, (size_t)length, m->out);
    }
}

static int open_out(Maker *m, const char *path)
{
    m->out = fopen(path, "wb");
    if (!m->out)
        fprintf(stderr, "synthetic: cannot write %s: %s\n", path, strerror(errno));
    return m->out != NULL;
}

static int close_out(Maker *m, const char *path)
{
    int failed = ferror(m->out);
    if (fclose(m->out) == 0 && !failed)
        return 1;
    fprintf(stderr, "synthetic: cannot write %s: %s\n", path, strerror(errno));
    return 0;
}

int main(int argc, char **argv)
{
    int shape[7] = { 288, 768, 6, 6, 6, 32000, 256 };
    bool tied = argc != 13;
    if ((argc != 3 && argc != 4 && argc != 5 && argc != 12 && argc != 13)
        || (!tied && strcmp(argv[12], "untied") != 0)) {
        fprintf(stderr, "usage: synthetic CHECKPOINT TOKENIZER [seed [spread [dim hidden layers "
                "heads kv_heads vocab context [untied]]]]\n");
        return 2;
    }
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    Maker maker = { .state = seed * 0x9E3779B97F4A7C15ull + 1 };
    float spread = argc > 4 ? strtof(argv[4], NULL) : 0.002f;
    for (int i = 5; i < argc && i < 12; i++)
        shape[i - 5] = atoi(argv[i]);
    if (shape[0] < 2 || shape[1] < 1 || shape[2] < 1 || shape[3] < 1 || shape[4] < 1
        || shape[0] % shape[3] || shape[5] < FIRST_PIECE || shape[6] < 1) {
        fprintf(stderr, "synthetic: such a shape cannot be; heads must divide dim, and the "
                "vocabulary holds at least %d tokens\n", FIRST_PIECE);
        return 2;
    }
    if (!open_out(&maker, argv[1]))
        return 3;
    put_checkpoint(&maker, shape, spread, tied);
    if (!close_out(&maker, argv[1]) || !open_out(&maker, argv[2]))
        return 3;
    put_tokenizer(&maker, shape[5]);
    return close_out(&maker, argv[2]) ? 0 : 3;
}
