#include "cli/options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool read_int(const char *name, const char *text, int *value, Fault *fault)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (end == text || *end || errno || number < INT32_MIN || number > INT32_MAX)
        return fault_set(fault, FAULT_USAGE, "%s takes a whole number, not \"%s\"", name, text);
    *value = (int)number;
    return true;
}

static bool read_seed(const char *name, const char *text, int64_t *value, Fault *fault)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text || *end || errno)
        return fault_set(fault, FAULT_USAGE, "%s takes a whole number, not \"%s\"", name, text);
    *value = number;
    return true;
}

static bool read_float(const char *name, const char *text, float *value, Fault *fault)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end || !isfinite(number))
        return fault_set(fault, FAULT_USAGE, "%s takes a number, not \"%s\"", name, text);
    *value = (float)number;
    return true;
}

static bool read_value(const Option *option, const char *text, Fault *fault)
{
    switch (option->kind) {
    case OPTION_INT: return read_int(option->name, text, option->value, fault);
    case OPTION_FLOAT: return read_float(option->name, text, option->value, fault);
    case OPTION_SEED: return read_seed(option->name, text, option->value, fault);
    default: *(const char **)option->value = text; return true;
    }
}

static const Option *find(const Option *options, const char *name)
{
    for (; options->name; options++)
        if (strcmp(options->name, name) == 0)
            return options;
    return NULL;
}

bool options_read(int argc, char **argv, const Option *options, const char **words, int most,
                  int *count, Fault *fault)
{
    bool only_words = false;
    *count = 0;
    for (int i = 0; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
            continue;
        }
        if (only_words || argv[i][0] != '-') {
            if (*count == most)
                return fault_set(fault, FAULT_USAGE, "\"%s\" is one word too many; see "
                                 "storyteller --help", argv[i]);
            words[(*count)++] = argv[i];
            continue;
        }
        const Option *option = find(options, argv[i]);
        if (!option)
            return fault_set(fault, FAULT_USAGE, "there is no option %s here; see "
                             "storyteller --help", argv[i]);
        if (option->kind == OPTION_FLAG) {
            *(bool *)option->value = true;
            continue;
        }
        if (i + 1 == argc)
            return fault_set(fault, FAULT_USAGE, "%s needs a value; see storyteller --help",
                             option->name);
        if (!read_value(option, argv[++i], fault))
            return false;
    }
    return true;
}
