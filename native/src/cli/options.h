/* Reads the command line; whatever is not understood is a fault that names it. */
#ifndef STORYTELLER_CLI_OPTIONS_H
#define STORYTELLER_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/fault.h"

/* What an option takes and where it goes. */
typedef enum OptionKind {
    OPTION_FLAG,
    OPTION_INT,
    OPTION_FLOAT,
    OPTION_SEED,
    OPTION_TEXT,
} OptionKind;

typedef struct Option {
    const char *name; /* as typed: "-t" or "--kernel" */
    OptionKind kind;
    void *value;      /* bool, int, float, int64_t or const char *, as `kind` says */
} Option;

/*
 * Reads argv[0 .. argc): options of the table and up to `most` other words, which go to `words`;
 * `*count` says how many. Numbers must be whole and in range. A word that starts with a dash is an
 * option; everything after "--" is a word.
 */
bool options_read(int argc, char **argv, const Option *options, const char **words, int most,
                  int *count, Fault *fault);

#endif
