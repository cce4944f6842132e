#include "tokenizer/tokenizer.h"

#include <stdlib.h>
#include <string.h>

/* Words before the arrays of a tokenizer section: vocab and byte count. */
enum { SECTION_WORDS = 2 };

static size_t section_size(size_t vocab, size_t byte_count)
{
    return (SECTION_WORDS + vocab + (vocab + 1) + vocab) * sizeof(uint32_t) + byte_count;
}

/* Points the views of `t` into a section. */
static void view(Tokenizer *t, const uint8_t *section, int vocab, size_t byte_count)
{
    const uint32_t *words = (const uint32_t *)(const void *)section + SECTION_WORDS;
    size_t n = (size_t)vocab;
    t->vocab = vocab;
    t->scores = (const float *)(const void *)words;
    t->starts = words + n;
    t->sorted = t->starts + n + 1;
    t->bytes = (const uint8_t *)(t->sorted + n);
    t->byte_count = byte_count;
}

bool tokenizer_open_section(Tokenizer *t, Bytes section, int vocab, Fault *fault)
{
    *t = (Tokenizer){0};
    uint32_t words[SECTION_WORDS] = {0};
    if (section.size >= sizeof words)
        memcpy(words, section.data, sizeof words);
    if (words[0] != (uint32_t)vocab || section.size != section_size(words[0], words[1]))
        return fault_set(fault, FAULT_TOKENIZER,
                         "the tokenizer inside the model is damaged; pack the model again");
    view(t, section.data, vocab, words[1]);
    return true;
}

/* The tokenizer being sorted, because qsort has no context argument. */
static _Thread_local const Tokenizer *sorting;

static int compare_pieces(Bytes a, Bytes b)
{
    size_t least = a.size < b.size ? a.size : b.size;
    int order = least ? memcmp(a.data, b.data, least) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int by_piece(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = compare_pieces(tokenizer_piece(sorting, (int)a), tokenizer_piece(sorting, (int)b));
    return order ? order : (a > b) - (a < b);
}

/* The next word of a tokenizer file; false at its end. */
static bool next_word(const uint8_t **at, const uint8_t *end, uint32_t *value)
{
    if (end - *at < 4)
        return false;
    memcpy(value, *at, 4);
    *at += 4;
    return true;
}

/* Total bytes of the pieces of a file with exactly `vocab` pieces; -1 if it is none. */
static long long measure(const uint8_t *at, const uint8_t *end, int vocab)
{
    uint32_t word, size;
    long long sum = 0;
    if (!next_word(&at, end, &word)) /* longest piece, not needed */
        return -1;
    for (int i = 0; i < vocab; i++) {
        if (!next_word(&at, end, &word) || !next_word(&at, end, &size) || size > MAX_PIECE
            || (size_t)(end - at) < size)
            return -1;
        at += size;
        sum += size;
    }
    return at == end ? sum : -1;
}

/* Turns a file that `measure` accepted into a section. */
static void convert(const uint8_t *file, uint8_t *section, int vocab, size_t byte_count)
{
    uint32_t *words = (uint32_t *)(void *)section;
    size_t n = (size_t)vocab;
    words[0] = (uint32_t)vocab;
    words[1] = (uint32_t)byte_count;
    uint32_t *scores = words + SECTION_WORDS, *starts = scores + n, *sorted = starts + n + 1;
    uint8_t *bytes = (uint8_t *)(sorted + n);
    const uint8_t *at = file + 4;
    uint32_t start = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t size;
        memcpy(&scores[i], at, 4);
        memcpy(&size, at + 4, 4);
        memcpy(bytes + start, at + 8, size);
        at += 8 + size;
        starts[i] = start;
        sorted[i] = (uint32_t)i;
        start += size;
    }
    starts[n] = start;
}

bool tokenizer_open_file(Tokenizer *t, const char *path, int vocab, Fault *fault)
{
    *t = (Tokenizer){0};
    Mapping file;
    if (!mapping_open(&file, path, fault)) {
        fault->code = FAULT_TOKENIZER;
        return false;
    }
    long long byte_count = measure(file.data, file.data + file.size, vocab);
    if (byte_count < 0) {
        mapping_close(&file);
        return fault_set(fault, FAULT_TOKENIZER, "%s is not a tokenizer of %d pieces, which the "
                         "model needs; give the one it was trained with", path, vocab);
    }
    uint8_t *section = malloc(section_size((size_t)vocab, (size_t)byte_count));
    if (!section) {
        mapping_close(&file);
        return fault_set(fault, FAULT_MEMORY, "not enough memory for the tokenizer");
    }
    convert(file.data, section, vocab, (size_t)byte_count);
    mapping_close(&file);
    view(t, section, vocab, (size_t)byte_count);
    t->owned = section;
    sorting = t;
    qsort((uint32_t *)(uintptr_t)t->sorted, (size_t)vocab, sizeof *t->sorted, by_piece);
    return true;
}

Bytes tokenizer_as_section(const Tokenizer *t)
{
    const uint8_t *start = (const uint8_t *)t->scores - SECTION_WORDS * sizeof(uint32_t);
    return (Bytes){ start, section_size((size_t)t->vocab, t->byte_count) };
}

void tokenizer_close(Tokenizer *t)
{
    free(t->owned);
    *t = (Tokenizer){0};
}

Bytes tokenizer_piece(const Tokenizer *t, int token)
{
    if (token < 0 || token >= t->vocab)
        return (Bytes){0};
    uint32_t start = t->starts[token], end = t->starts[token + 1];
    if (start > end || end > t->byte_count)
        return (Bytes){0};
    return (Bytes){ t->bytes + start, end - start };
}

int tokenizer_find(const Tokenizer *t, Bytes text)
{
    int low = 0, high = t->vocab;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (compare_pieces(tokenizer_piece(t, (int)t->sorted[middle]), text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == t->vocab || t->sorted[low] >= (uint32_t)t->vocab)
        return -1;
    int token = (int)t->sorted[low];
    return compare_pieces(tokenizer_piece(t, token), text) == 0 ? token : -1;
}

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10
         : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that a piece like <0x0A> stands for, or -1. */
static int byte_of_piece(Bytes piece)
{
    if (piece.size != 6 || memcmp(piece.data, "<0x", 3) != 0 || piece.data[5] != '>')
        return -1;
    int high = hex_digit(piece.data[3]), low = hex_digit(piece.data[4]);
    return high >= 0 && low >= 0 ? high * 16 + low : -1;
}

static bool is_control(int token)
{
    return token == TOKEN_UNKNOWN || token == TOKEN_BOS || token == TOKEN_EOS;
}

int tokenizer_find_text(const Tokenizer *t, Bytes text)
{
    int token = tokenizer_find(t, text);
    bool is_text = t->as_run_c || (!is_control(token) && byte_of_piece(text) < 0);
    return is_text ? token : -1;
}

bool tokenizer_ends_story(const Tokenizer *t, int token)
{
    return token == TOKEN_BOS || (token == TOKEN_EOS && !t->as_run_c);
}

/* What run.c prints of a single byte. */
static bool is_printed_by_run_c(uint8_t c)
{
    return (c >= ' ' && c <= '~') || (c >= '\t' && c <= '\r');
}

Bytes tokenizer_decode(const Tokenizer *t, int previous, int token, uint8_t *byte)
{
    if (is_control(token) && !t->as_run_c)
        return (Bytes){0};
    Bytes piece = tokenizer_piece(t, token);
    if (previous == TOKEN_BOS && piece.size && piece.data[0] == ' ')
        piece = (Bytes){ piece.data + 1, piece.size - 1 };
    int value = byte_of_piece(piece);
    if (value >= 0) {
        *byte = (uint8_t)value;
        piece = (Bytes){ byte, 1 };
    }
    if (t->as_run_c && piece.size == 1 && !is_printed_by_run_c(piece.data[0]))
        return (Bytes){0};
    return piece;
}
