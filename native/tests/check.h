/* A small test library: CHECK counts and prints failures, check_report returns main's exit code. */
#ifndef STORYTELLER_CHECK_H
#define STORYTELLER_CHECK_H

#include <stdio.h>

static int check_failures, check_count;

#define CHECK(condition)                                                       \
    do {                                                                       \
        check_count++;                                                         \
        if (!(condition)) {                                                    \
            check_failures++;                                                  \
            printf("%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                      \
    } while (0)

static inline int check_report(void)
{
    printf("%d of %d checks hold\n", check_count - check_failures, check_count);
    return check_failures != 0;
}

#endif
