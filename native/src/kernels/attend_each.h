/* Queries that share a past, each on its own: what is left where several are computed together. */
#ifndef STORYTELLER_KERNELS_ATTEND_EACH_H
#define STORYTELLER_KERNELS_ATTEND_EACH_H

#include "kernels/kernels.h"

typedef void AttendHalves(float *out, const float *q, const PairRun *runs, int key_stride,
                          int value_stride, int head_size, float *scores);

/* Kernels.attend_halves_together by `attend`, query after query. */
static inline void attend_each(AttendHalves *attend, const PairQuery *queries, int n, PairRun past,
                               int key_stride, int value_stride, int head_size)
{
    for (int i = 0; i < n; i++) {
        const PairRun runs[ATTEND_RUNS] = { past, queries[i].own };
        attend(queries[i].out, queries[i].q, runs, key_stride, value_stride, head_size,
               queries[i].scores);
    }
}

#endif
