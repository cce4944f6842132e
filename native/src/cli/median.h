/* The median of measurements. */
#ifndef STORYTELLER_CLI_MEDIAN_H
#define STORYTELLER_CLI_MEDIAN_H

#include <stdlib.h>

static inline int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the values, of which there is at least one, ascending and returns the middle one. */
static inline double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return values[count / 2];
}

#endif
