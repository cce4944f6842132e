/* Encoding against a plain scan for the best pair, decoding, and files that are refused. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "tokenizer/tokenizer.h"

/* A small vocabulary: specials, the 256 bytes, then these pieces with their scores. */
static const struct {
    const char *piece;
    float score;
} pieces[] = {
    { " ", -1 }, { "a", -2 }, { "b", -3 }, { "c", -4 }, { "\xc3\xa9", -5 }, { "ab", -6 },
    { "bc", -5.5f }, { "abc", -7 }, { " a", -8 }, { "aa", -9 }, { "aaaa", -10 }, { "ca", -6 },
    { "aab", -2.5f }, { "\n", -11 },
};
enum { SPECIALS = 3, BYTES = 256, PIECES = sizeof pieces / sizeof *pieces };
enum { VOCAB = SPECIALS + BYTES + PIECES };

static void put_piece(FILE *file, const char *piece, float score)
{
    int length = (int)strlen(piece);
    fwrite(&score, 4, 1, file);
    fwrite(&length, 4, 1, file);
    fwrite(piece, 1, (size_t)length, file);
}

static void write_vocabulary(const char *path)
{
    FILE *file = fopen(path, "wb");
    int longest = 8;
    fwrite(&longest, 4, 1, file);
    put_piece(file, "<unk>", 0);
    put_piece(file, "\n<s>\n", 0);
    put_piece(file, "\n</s>\n", 0);
    for (int b = 0; b < BYTES; b++) {
        char name[8];
        snprintf(name, sizeof name, "<0x%02X>", b);
        put_piece(file, name, 0);
    }
    for (int i = 0; i < PIECES; i++)
        put_piece(file, pieces[i].piece, pieces[i].score);
    fclose(file);
}

/* llama2.c's way: scan all pairs, merge the best, start over. */
static int encode_plainly(const Tokenizer *t, const uint8_t *text, size_t size, int *tokens)
{
    int count = 0;
    tokens[count++] = TOKEN_BOS;
    if (size)
        tokens[count++] = tokenizer_find(t, (Bytes){ (const uint8_t *)" ", 1 });
    for (size_t at = 0; at < size;) {
        size_t length = 1;
        while (length < 4 && at + length < size && (text[at + length] & 0xC0) == 0x80)
            length++;
        int token = tokenizer_find(t, (Bytes){ text + at, length });
        for (size_t i = 0; token < 0 && i < length; i++)
            tokens[count++] = text[at + i] + TOKEN_FIRST_BYTE;
        if (token >= 0)
            tokens[count++] = token;
        at += length;
    }
    for (;;) {
        float best_score = -1e10f;
        int best = -1, best_at = -1;
        for (int i = 0; i + 1 < count; i++) {
            uint8_t pair[64];
            Bytes a = tokenizer_piece(t, tokens[i]), b = tokenizer_piece(t, tokens[i + 1]);
            memcpy(pair, a.data, a.size);
            memcpy(pair + a.size, b.data, b.size);
            int token = tokenizer_find(t, (Bytes){ pair, a.size + b.size });
            if (token >= 0 && t->scores[token] > best_score) {
                best_score = t->scores[token];
                best = token;
                best_at = i;
            }
        }
        if (best < 0)
            return count;
        tokens[best_at] = best;
        memmove(tokens + best_at + 1, tokens + best_at + 2,
                (size_t)(count - best_at - 2) * sizeof *tokens);
        count--;
    }
}

static void test_encoding(const Tokenizer *t)
{
    static const char alphabet[] = "aaabbc \n\xc3\xa9\x80x\0";
    Fault fault;
    srand(7);
    for (int round = 0; round < 3000; round++) {
        uint8_t text[40];
        size_t size = (size_t)(rand() % (int)sizeof text);
        for (size_t i = 0; i < size; i++)
            text[i] = (uint8_t)alphabet[(size_t)rand() % (sizeof alphabet - 1)];
        int expected[64], *tokens;
        size_t count;
        int expected_count = encode_plainly(t, text, size, expected);
        CHECK(tokenizer_encode(t, text, size, &tokens, &count, &fault));
        CHECK(count == (size_t)expected_count
              && memcmp(tokens, expected, count * sizeof *tokens) == 0);
        free(tokens);
    }
}

/* A megabyte in which everything merges takes a fraction of a second. */
static void test_long_prompt(const Tokenizer *t)
{
    const size_t size = 1 << 20;
    uint8_t *text = malloc(size);
    memset(text, 'a', size);
    int *tokens;
    size_t count;
    Fault fault;
    CHECK(tokenizer_encode(t, text, size, &tokens, &count, &fault));
    CHECK(count > size / 8 && count <= size / 4 + 4);
    free(tokens);
    free(text);
}

static bool decodes_to(const Tokenizer *t, int previous, int token, const char *text)
{
    uint8_t byte;
    Bytes piece = tokenizer_decode(t, previous, token, &byte);
    return piece.size == strlen(text) && (!piece.size || memcmp(piece.data, text, piece.size) == 0);
}

static void test_decoding(const Tokenizer *t)
{
    int a = tokenizer_find(t, (Bytes){ (const uint8_t *)" a", 2 });
    CHECK(decodes_to(t, TOKEN_BOS, a, "a"));
    CHECK(decodes_to(t, a, a, " a"));
    CHECK(decodes_to(t, a, 'x' + TOKEN_FIRST_BYTE, "x"));
    CHECK(decodes_to(t, a, '\n' + TOKEN_FIRST_BYTE, "\n"));
    CHECK(decodes_to(t, a, -1, "") && decodes_to(t, a, VOCAB, ""));
    bool run_c = t->as_run_c;
    CHECK(decodes_to(t, a, 7 + TOKEN_FIRST_BYTE, run_c ? "" : "\a"));
    CHECK(decodes_to(t, a, 0xc3 + TOKEN_FIRST_BYTE, run_c ? "" : "\xc3")); /* half a character */
    CHECK(decodes_to(t, a, TOKEN_UNKNOWN, run_c ? "<unk>" : ""));
    CHECK(decodes_to(t, a, TOKEN_BOS, run_c ? "\n<s>\n" : ""));
    CHECK(decodes_to(t, a, TOKEN_EOS, run_c ? "\n</s>\n" : ""));
    CHECK(tokenizer_ends_story(t, TOKEN_BOS) && tokenizer_ends_story(t, TOKEN_EOS) == !run_c);
}

/* Text that spells the piece of a control token or of a byte stays text, except as run.c. */
static void test_spelled_tokens(const Tokenizer *t)
{
    static const char *const spelled[] = { "<unk>", "\n</s>\n", "<0x41>" };
    for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++) {
        Bytes text = { (const uint8_t *)spelled[i], strlen(spelled[i]) };
        CHECK((tokenizer_find_text(t, text) >= 0) == t->as_run_c);
    }
    CHECK(tokenizer_find_text(t, (Bytes){ (const uint8_t *)"ab", 2 }) >= 0);
}

/* Every truncated copy and every copy with a changed byte is refused or read, without a crash. */
static void test_damage(const char *path)
{
    FILE *file = fopen(path, "rb");
    static uint8_t data[16384];
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    const char *damaged = "damaged.tok";
    for (size_t i = 0; i < size; i += 7) {
        bool shorten = i % 2;
        data[i] ^= 0x5a;
        file = fopen(damaged, "wb");
        fwrite(data, 1, shorten ? i : size, file);
        fclose(file);
        data[i] ^= 0x5a;
        Tokenizer t;
        Fault fault = {0};
        bool opened = tokenizer_open_file(&t, damaged, VOCAB, &fault);
        CHECK(opened ? !shorten : fault.code == FAULT_TOKENIZER && fault.text[0]);
        tokenizer_close(&t);
    }
    unlink(damaged);
}

int main(void)
{
    const char *path = "test_tokenizer.tok";
    write_vocabulary(path);
    Tokenizer t;
    Fault fault = {0};
    CHECK(tokenizer_open_file(&t, path, VOCAB, &fault));
    test_encoding(&t);
    test_long_prompt(&t);
    for (int run_c = 0; run_c < 2; run_c++) {
        t.as_run_c = run_c;
        test_decoding(&t);
        test_spelled_tokens(&t);
    }
    Tokenizer copy;
    CHECK(tokenizer_open_section(&copy, tokenizer_as_section(&t), VOCAB, &fault));
    test_encoding(&copy);
    CHECK(!tokenizer_open_section(&copy, tokenizer_as_section(&t), VOCAB + 1, &fault));
    CHECK(!tokenizer_open_file(&copy, path, VOCAB - 1, &fault));
    CHECK(!tokenizer_open_file(&copy, "no such file", VOCAB, &fault));
    tokenizer_close(&t);
    test_damage(path);
    unlink(path);
    return check_report();
}
