/*
 * Keys and values of all positions so far. fp32 models store floats, as run.c does; quantised packs
 * store bfloat16, two to a word: half the memory, without a measurable loss of accuracy.
 */
#ifndef STORYTELLER_INFER_KVCACHE_H
#define STORYTELLER_INFER_KVCACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/kernels.h"

typedef struct KvCache {
    bool halves;       /* bfloat16 pairs instead of floats */
    int positions;     /* room, a multiple of 64 */
    int kv_dim;
    int head_size;
    float *keys;       /* (layers, positions / 32, kv_dim, 32) */
    float *values;     /* (layers, positions, kv_dim) */
    uint32_t *key_pairs;   /* (layers, positions / 64, kv_dim, 32) */
    uint32_t *value_pairs; /* (layers, positions, kv_dim / 2) */
} KvCache;

/* Stores k (kv_dim), already rotated, and v (kv_dim) of a position. */
void kvcache_store(KvCache *cache, int layer, int pos, const float *k, const float *v);

/*
 * Attention of one query head over positions 0..pos of a layer; see Kernels.attend.
 * q (head_size), scores scratch of `positions` floats, out (head_size).
 */
void kvcache_attend(const KvCache *cache, const Kernels *kernels, int layer, int kv_head, int pos,
                    const float *q, float *scores, float *out);

#endif
