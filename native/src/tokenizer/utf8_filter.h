/* Bytes in, whole UTF-8 characters out: a character may come as one piece or as several bytes. */
#ifndef STORYTELLER_TOKENIZER_UTF8_FILTER_H
#define STORYTELLER_TOKENIZER_UTF8_FILTER_H

#include <stddef.h>
#include <stdint.h>

/* Longest UTF-8 sequence in bytes. */
enum { MAX_CHARACTER = 4 };

/* The character being read; all zero at the start of a text. */
typedef struct Utf8Filter {
    uint8_t held[MAX_CHARACTER];
    size_t count; /* bytes held */
    size_t size;  /* bytes that the character has in all; 0 when none is held */
} Utf8Filter;

/*
 * Takes the next byte. When it completes a character that is text, copies that to `character` and
 * returns its length in bytes, else 0. Left out are bytes that form no valid UTF-8 (RFC 3629) and
 * control characters other than white space (tab to carriage return).
 */
size_t utf8_filter_take(Utf8Filter *filter, uint8_t byte, uint8_t character[MAX_CHARACTER]);

#endif
