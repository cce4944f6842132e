/* Byte pair encoding with scores, as llama2.c's tokenizer files define it. */
#ifndef STORYTELLER_TOKENIZER_H
#define STORYTELLER_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/fault.h"
#include "model/model.h"

/* Special tokens. Byte b is token b + 3, for text that the vocabulary has no piece for. */
enum { TOKEN_UNKNOWN = 0, TOKEN_BOS = 1, TOKEN_EOS = 2, TOKEN_FIRST_BYTE = 3 };

/* Longest piece in bytes that a tokenizer may hold. */
enum { MAX_PIECE = 1024 };

/*
 * Views into a .story section, or into `owned` when read from a tokenizer file. A pack may be
 * damaged: every index from `sorted` or `starts` is checked where it is used.
 */
typedef struct Tokenizer {
    int vocab;
    const float *scores;    /* (vocab) a pair merges into the piece of the highest score first */
    const uint32_t *starts; /* (vocab + 1) piece i is bytes[starts[i] .. starts[i + 1]) */
    const uint32_t *sorted; /* (vocab) token ids, pieces ascending as by memcmp, then by id */
    const uint8_t *bytes;   /* (starts[vocab]) */
    size_t byte_count;
    bool as_run_c;          /* text as run.c has it: see tokenizer_decode and tokenizer_encode */
    void *owned;            /* freed by tokenizer_close; NULL for a view */
} Tokenizer;

/* Reads a llama2.c tokenizer file that must hold `vocab` pieces. */
bool tokenizer_open_file(Tokenizer *tokenizer, const char *path, int vocab, Fault *fault);

/* Views the tokenizer section of a .story model. */
bool tokenizer_open_section(Tokenizer *tokenizer, Bytes section, int vocab, Fault *fault);

/* The bytes of the tokenizer as the section of a .story file; a view that lives as long as it. */
Bytes tokenizer_as_section(const Tokenizer *tokenizer);

void tokenizer_close(Tokenizer *tokenizer);

/* Piece of a token; empty for an id out of range. */
Bytes tokenizer_piece(const Tokenizer *tokenizer, int token);

/* The lowest token whose piece is exactly `text`, or -1. */
int tokenizer_find(const Tokenizer *tokenizer, Bytes text);

/* Does this token end a story? BOS and EOS do; for run.c only BOS does. */
bool tokenizer_ends_story(const Tokenizer *tokenizer, int token);

/*
 * The bytes that `token` stands for after `previous`: a leading space after BOS is dropped, a piece
 * like <0x0A> is that byte (kept in `byte`), control tokens (unknown, BOS, EOS) are empty. A
 * character may lie across tokens: utf8_filter.h puts it together.
 *
 * As run.c: control tokens are their pieces, and a single byte that is neither printable ASCII nor
 * white space is empty.
 */
Bytes tokenizer_decode(const Tokenizer *tokenizer, int previous, int token, uint8_t *byte);

/*
 * Encodes any bytes: BOS, a space if the text is not empty, then the text's code points merged pair
 * by pair, best score first, leftmost on a tie. Text never becomes a control token or one that
 * stands for a byte, even if it spells its piece, except as run.c, where it may. `*tokens` is the
 * caller's to free.
 */
bool tokenizer_encode(const Tokenizer *tokenizer, const uint8_t *text, size_t size, int **tokens,
                      size_t *count, Fault *fault);

/* The same for text that goes on: no BOS, no space in front. */
bool tokenizer_encode_more(const Tokenizer *tokenizer, const uint8_t *text, size_t size,
                           int **tokens, size_t *count, Fault *fault);

/* For encode.c: the token of a stretch of text, or -1. */
int tokenizer_find_text(const Tokenizer *tokenizer, Bytes text);

#endif
