#include "draft/ending.h"

#include <string.h>

typedef enum Mark { MARK_NONE, MARK_STRAIGHT, MARK_OPENING, MARK_CLOSING } Mark;

static bool is_stop(uint8_t c)
{
    return c == '.' || c == '!' || c == '?';
}

/* The quotation mark at `at` and its length in bytes. */
static Mark mark_at(Bytes piece, size_t at, size_t *length)
{
    *length = 1;
    if (piece.data[at] == '"')
        return MARK_STRAIGHT;
    if (piece.size - at < 3 || memcmp(piece.data + at, "\xe2\x80", 2) != 0)
        return MARK_NONE;
    uint8_t last = piece.data[at + 2];
    if (last != 0x9c && last != 0x9d)
        return MARK_NONE;
    *length = 3;
    return last == 0x9c ? MARK_OPENING : MARK_CLOSING;
}

static bool closes(const EndingReader *reader, Mark mark)
{
    return mark == MARK_CLOSING || (mark == MARK_STRAIGHT && reader->open);
}

static void remember(EndingReader *reader, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        memmove(reader->tail, reader->tail + 1, sizeof reader->tail - 1);
        reader->tail[sizeof reader->tail - 1] = bytes[i];
    }
}

/* Does the text end in "Mr", "Mrs" or "Dr", whose full stop ends no sentence? */
static bool after_title(const EndingReader *reader)
{
    const uint8_t *tail = reader->tail;
    return memcmp(tail + 1, "Mr", 2) == 0 || memcmp(tail + 1, "Dr", 2) == 0
        || memcmp(tail, "Mrs", 3) == 0;
}

bool ending_opens(const EndingReader *reader)
{
    return reader->open && reader->tail[sizeof reader->tail - 1] == '"';
}

void ending_start(EndingReader *reader, Goal goal, Bytes begin)
{
    *reader = (EndingReader){ .goal = goal };
    for (size_t i = 0, length; i < begin.size; i += length) {
        Mark mark = mark_at(begin, i, &length);
        if (mark != MARK_NONE)
            reader->open = !closes(reader, mark);
        remember(reader, begin.data + i, length);
        reader->begun = reader->begun || begin.data[i] != '\n';
    }
}

static EndingStep ended(Ending ending, Bytes piece, size_t kept)
{
    bool newline = kept < piece.size && memchr(piece.data + kept, '\n', piece.size - kept);
    return (EndingStep){ ending, kept, newline };
}

/* The end of the stops and quotation marks that follow a sentence's first stop. */
static size_t end_of_stops(Bytes piece, size_t at)
{
    size_t length = 1;
    while (at < piece.size
           && (is_stop(piece.data[at]) || mark_at(piece, at, &length) != MARK_NONE))
        at += length;
    return at;
}

/* Looks at the quotation mark or stop at `at`; true where it ends the draft. */
static bool look(EndingReader *reader, Bytes piece, size_t at, size_t *length, EndingStep *step)
{
    Mark mark = mark_at(piece, at, length);
    bool closing = closes(reader, mark);
    uint8_t last = reader->tail[sizeof reader->tail - 1];
    if (mark != MARK_NONE)
        reader->open = !closing;
    if (reader->goal == GOAL_QUOTATION && (closing || mark == MARK_STRAIGHT)) {
        *step = ended(ENDING_QUOTATION, piece, at + *length);
        return true;
    }
    if (reader->goal != GOAL_SENTENCE)
        return false;
    if (closing && is_stop(last)) {
        *step = ended(ENDING_SENTENCE, piece, at + *length);
        reader->asking = last != '.' && step->kept == piece.size;
        return true;
    }
    if (is_stop(piece.data[at]) && !reader->open
        && !(piece.data[at] == '.' && after_title(reader))) {
        *step = ended(ENDING_SENTENCE, piece, end_of_stops(piece, at + 1));
        return true;
    }
    return false;
}

static bool begins_small(Bytes piece)
{
    return piece.size > 1 && piece.data[0] == ' ' && piece.data[1] >= 'a' && piece.data[1] <= 'z';
}

EndingStep ending_take(EndingReader *reader, Bytes piece)
{
    if (reader->asking && !begins_small(piece))
        return ended(ENDING_SENTENCE, piece, 0);
    reader->asking = false;
    for (size_t i = 0, length; i < piece.size; i += length) {
        EndingStep step;
        if (piece.data[i] == '\n' && reader->begun && reader->goal != GOAL_TOKENS)
            return ended(ENDING_NEWLINE, piece, i);
        if (look(reader, piece, i, &length, &step)) {
            if (reader->asking)
                step.ending = ENDING_NONE;
            remember(reader, piece.data + i, length);
            return step;
        }
        remember(reader, piece.data + i, length);
        reader->begun = reader->begun || piece.data[i] != '\n';
    }
    return (EndingStep){ ENDING_NONE, piece.size, false };
}
