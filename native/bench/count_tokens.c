/*
 * Prints native/src/pack/hotset_pieces.h: the pieces that a corpus uses at least twice, by falling
 * count. Reads stories on stdin, separated by lines "<|endoftext|>".
 *
 *   xz -dc tinystories-train.txt.xz | count_tokens tokenizer.bin VOCAB
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tokenizer/tokenizer.h"

typedef struct Counted {
    long count;
    int token;
} Counted;

static int by_count(const void *a, const void *b)
{
    const Counted *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return x->token - y->token;
}

/* Three octal digits after a backslash are safe in front of any character. */
static void print_piece(Bytes piece)
{
    for (size_t i = 0; i < piece.size; i++) {
        uint8_t byte = piece.data[i];
        if (byte < ' ' || byte > '~' || byte == '"' || byte == '\\' || byte == '?')
            printf("\\%03o", byte);
        else
            putchar(byte);
    }
    printf("\\377");
}

static bool count_story(const Tokenizer *tokenizer, const char *story, size_t size,
                        Counted *counts, Fault *fault)
{
    int *tokens;
    size_t n;
    if (!tokenizer_encode(tokenizer, (const uint8_t *)story, size, &tokens, &n, fault))
        return false;
    for (size_t i = 0; i < n; i++)
        counts[tokens[i]].count++;
    free(tokens);
    return true;
}

static bool count_all(const Tokenizer *tokenizer, Counted *counts, Fault *fault)
{
    char *line = NULL, *story = NULL;
    size_t room = 0, size = 0;
    bool counted = true;
    FILE *text = open_memstream(&story, &size);
    for (ssize_t length; counted && (length = getline(&line, &room, stdin)) > 0;) {
        if (strcmp(line, "<|endoftext|>\n") != 0) {
            fwrite(line, 1, (size_t)length, text);
            continue;
        }
        fflush(text);
        counted = count_story(tokenizer, story, size ? size - 1 : 0, counts, fault);
        rewind(text);
    }
    fclose(text);
    free(story);
    free(line);
    return counted;
}

int main(int argc, char **argv)
{
    Fault fault = {0};
    Tokenizer tokenizer = {0};
    int vocab = argc == 3 ? atoi(argv[2]) : 0;
    if (vocab < 1 || !tokenizer_open_file(&tokenizer, argv[1], vocab, &fault)) {
        fprintf(stderr, "usage: count_tokens TOKENIZER VOCAB < stories; %s\n", fault.text);
        return 2;
    }
    Counted *counts = calloc((size_t)vocab, sizeof *counts);
    for (int i = 0; counts && i < vocab; i++)
        counts[i].token = i;
    if (!counts || !count_all(&tokenizer, counts, &fault)) {
        fprintf(stderr, "count_tokens: %s\n", fault.text);
        return 1;
    }
    qsort(counts, (size_t)vocab, sizeof *counts, by_count);
    printf("/* Made by native/bench/count_tokens.c; the corpus is in docs/screening.md. */\n");
    for (int i = 0, column = 0; i < vocab && counts[i].count >= 2; i++) {
        Bytes piece = tokenizer_piece(&tokenizer, counts[i].token);
        if (column == 0)
            printf("\"");
        print_piece(piece);
        column += (int)piece.size + 4;
        bool last = i + 1 == vocab || counts[i + 1].count < 2;
        if (column > 80 || last) {
            printf("\"\n");
            column = 0;
        }
    }
    free(counts);
    tokenizer_close(&tokenizer);
    return 0;
}
