/* The story's text on its way out: tokens and the prompt as UTF-8, flushed after each. */
#ifndef STORYTELLER_CLI_TEXT_OUT_H
#define STORYTELLER_CLI_TEXT_OUT_H

#include <stdio.h>

#include "tokenizer/tokenizer.h"
#include "tokenizer/utf8_filter.h"

/* Result of writing a piece of text. */
typedef enum Written { WRITTEN, READER_GONE, WRITE_FAILED } Written;

typedef struct TextOut {
    FILE *file;
    const Tokenizer *tokenizer;
    Utf8Filter filter; /* not used where the tokenizer works as run.c */
} TextOut;

/* Bytes as they are where they are text; see utf8_filter.h. */
Written text_out_bytes(TextOut *out, Bytes bytes);

/* What `token` stands for after `previous`. */
Written text_out_token(TextOut *out, int previous, int token);

#endif
