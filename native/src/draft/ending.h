/* Where a draft ends: reads its text piece by piece. docs/drafts.md states the rules. */
#ifndef STORYTELLER_DRAFT_ENDING_H
#define STORYTELLER_DRAFT_ENDING_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

/* What a draft is to end with. */
typedef enum Goal { GOAL_SENTENCE, GOAL_QUOTATION, GOAL_TOKENS } Goal;

/* How a draft ended. */
typedef enum Ending {
    ENDING_NONE,      /* it goes on */
    ENDING_SENTENCE,
    ENDING_QUOTATION,
    ENDING_NEWLINE,   /* a line's end came before the goal */
    ENDING_TOKENS,    /* as many tokens as were allowed */
    ENDING_STORY,     /* the model ended the story */
} Ending;

typedef struct EndingReader {
    Goal goal;
    bool open;       /* a quotation has begun */
    bool begun;      /* there was text other than newlines */
    bool asking;     /* a quotation ended with ! or ?: the next piece shows whether the sentence did */
    uint8_t tail[3]; /* the last bytes of the text */
} EndingReader;

/* What a piece did. */
typedef struct EndingStep {
    Ending ending;
    size_t kept;  /* bytes of the piece that belong to the draft */
    bool newline; /* a line's end follows them in the piece */
} EndingStep;

/* Starts with the words that the sentence begins with, which end nothing. */
void ending_start(EndingReader *reader, Goal goal, Bytes begin);

/* Does the text end with the mark that opens a quotation? */
bool ending_opens(const EndingReader *reader);

/*
 * Takes the next piece. With kept = 0 and an ending the piece does not belong to the draft at all.
 */
EndingStep ending_take(EndingReader *reader, Bytes piece);

#endif
