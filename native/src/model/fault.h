/* What went wrong: returned up to main.c, which prints it. */
#ifndef STORYTELLER_MODEL_FAULT_H
#define STORYTELLER_MODEL_FAULT_H

#include <stdbool.h>

/* Exit codes of the program; docs/engine.md has the table. */
typedef enum FaultCode {
    FAULT_NONE = 0,
    FAULT_USAGE = 2,     /* the command line */
    FAULT_FILE = 3,      /* a file that cannot be opened, read or written */
    FAULT_MODEL = 4,     /* a model file that is refused */
    FAULT_TOKENIZER = 5, /* a tokenizer that is refused */
    FAULT_MEMORY = 6,    /* not enough memory */
    FAULT_VANISHED = 7,  /* the model file shrank or failed while mapped */
    FAULT_KERNEL = 8,    /* a kernel that this CPU cannot run */
    FAULT_PROMPT = 9,    /* a prompt that leaves no room for a story */
} FaultCode;

typedef struct Fault {
    FaultCode code;
    char text[512]; /* one sentence without a newline, says what to do */
} Fault;

/*
 * Fills `fault` with a code and a printf-style sentence. Returns false, so that a function that
 * returns success as bool can end with `return fault_set(...)`.
 */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
bool fault_set(Fault *fault, FaultCode code, const char *format, ...);

#endif
