/*
 * Keys and values of all positions so far. fp32 models store floats, as run.c does; quantised packs
 * store bfloat16, two to a word: half the memory, without a measurable loss of accuracy.
 */
#ifndef STORYTELLER_INFER_KVCACHE_H
#define STORYTELLER_INFER_KVCACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/kernels.h"
#include "model/fault.h"
#include "model/model.h"

typedef struct KvCache {
    bool halves;       /* bfloat16 pairs instead of floats */
    bool is_short;     /* blocks of SHORT_BLOCK words of keys, for a few tokens; pairs only */
    int layers;
    int positions;     /* room, a multiple of 64, of 16 where it is short */
    int kv_dim;
    int head_size;
    float *keys;       /* (layers, positions / 32, kv_dim, 32) */
    float *values;     /* (layers, positions, kv_dim) */
    /* (layers, positions / 64, kv_dim, 32); short: (layers, positions / 16, kv_dim, 8) */
    uint32_t *key_pairs;
    uint32_t *value_pairs; /* (layers, positions, kv_dim / 2) */
    void *memory;      /* the mapping behind them if it is the cache's own */
    size_t memory_size;
} KvCache;

/* A cache for `positions` tokens of a model, without memory yet. */
KvCache kvcache_of(const Model *model, int positions);

/* Bytes of the keys, and as many of the values. */
size_t kvcache_bytes(const KvCache *cache);

/* Puts keys and values into memory of twice kvcache_bytes, aligned to 64 bytes. */
void kvcache_place(KvCache *cache, void *memory);

/*
 * A short cache with memory of its own, for the few tokens of a draft: at most twice
 * kvcache_bytes, of which the system backs the pages that are written.
 */
bool kvcache_open(KvCache *cache, const Model *model, int positions, Fault *fault);

/* Safe on a zeroed cache. */
void kvcache_close(KvCache *cache);

/* Stores k (kv_dim), already rotated, and v (kv_dim) of a slot. */
void kvcache_store(KvCache *cache, int layer, int slot, const float *k, const float *v);

/*
 * Copies `count` slots of all layers, ascending: within one cache `to_slot` must not lie above
 * `from_slot`.
 */
void kvcache_copy(KvCache *to, int to_slot, const KvCache *from, int from_slot, int count);

/* A query head of one token, which attends to a past and then to slots 0..count - 1 of `own`. */
typedef struct KvQuery {
    float *out;     /* (head_size) */
    const float *q; /* (head_size), already rotated */
    const KvCache *own;
    int count;
} KvQuery;

/*
 * Attention of n queries (n <= MAX_BATCH) that share slots 0..past_count - 1 of `past`, in a layer;
 * see Kernels.attend. `past` may be NULL where past_count is 0. scores (n, score_stride) is scratch,
 * a row has room for all slots and 64 more.
 */
void kvcache_attend(const KvCache *past, int past_count, const KvQuery *queries, int n,
                    const Kernels *kernels, int layer, int kv_head, float *scores,
                    int score_stride);

#endif
