/* The line protocol of `storyteller drafts`: docs/drafts.md is its specification. */
#ifndef STORYTELLER_DRAFT_PROTOCOL_H
#define STORYTELLER_DRAFT_PROTOCOL_H

#include <stdio.h>

#include "draft/drafts.h"

/* Bytes of a line, its newline not counted. */
enum { MAX_LINE = 16384 };

/*
 * Answers every line of `in` on `out`, until `in` ends or nobody reads `out` any more. False where
 * reading or writing failed otherwise.
 */
bool protocol_run(Drafts *drafts, FILE *in, FILE *out, Fault *fault);

/*
 * Answers one line of `size` bytes, which is changed. What is wrong with it is answered by a line
 * that starts with "error".
 */
void protocol_answer(Drafts *drafts, uint8_t *line, size_t size, FILE *out);

#endif
