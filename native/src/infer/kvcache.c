#include "infer/kvcache.h"

#include <string.h>

#include "kernels/arithmetic.h"

/* Sets one half of a word, the other stays. */
static void put_half(uint32_t *word, bool high, float x)
{
    uint32_t half = nearest_bf16(x);
    *word = high ? (*word & 0xffffu) | half << 16 : (*word & 0xffff0000u) | half;
}

static void store_floats(KvCache *c, size_t layer, size_t pos, const float *k, const float *v)
{
    size_t kv_dim = (size_t)c->kv_dim, base = layer * (size_t)c->positions * kv_dim;
    float *keys = c->keys + base + pos / KEY_BLOCK * kv_dim * KEY_BLOCK + pos % KEY_BLOCK;
    for (size_t j = 0; j < kv_dim; j++)
        keys[j * KEY_BLOCK] = k[j];
    memcpy(c->values + base + pos * kv_dim, v, kv_dim * sizeof(float));
}

static void store_halves(KvCache *c, size_t layer, size_t pos, const float *k, const float *v)
{
    size_t kv_dim = (size_t)c->kv_dim, base = layer * (size_t)c->positions * kv_dim / 2;
    size_t block = pos / (2 * KEY_BLOCK), lane = pos % KEY_BLOCK, head = (size_t)c->head_size;
    bool high = pos / KEY_BLOCK % 2;
    uint32_t *keys = c->key_pairs + base + block * kv_dim * KEY_BLOCK + lane;
    for (size_t j = 0; j < kv_dim; j++)
        put_half(&keys[j * KEY_BLOCK], high, k[j]);
    uint32_t *values = c->value_pairs + base + pos * kv_dim / 2;
    for (size_t start = 0; start < kv_dim; start += head)
        for (size_t j = 0; j < head / 2; j++)
            values[start / 2 + j] = nearest_bf16(v[start + j])
                                  | nearest_bf16(v[start + head / 2 + j]) << 16;
}

void kvcache_store(KvCache *cache, int layer, int pos, const float *k, const float *v)
{
    if (cache->halves)
        store_halves(cache, (size_t)layer, (size_t)pos, k, v);
    else
        store_floats(cache, (size_t)layer, (size_t)pos, k, v);
}

void kvcache_attend(const KvCache *c, const Kernels *kernels, int layer, int kv_head, int pos,
                    const float *q, float *scores, float *out)
{
    size_t kv_dim = (size_t)c->kv_dim, base = (size_t)layer * (size_t)c->positions * kv_dim;
    size_t at = (size_t)kv_head * (size_t)c->head_size;
    if (c->halves)
        kernels->attend_halves(out, q, c->key_pairs + base / 2 + at * KEY_BLOCK,
                               (int)kv_dim * KEY_BLOCK, c->value_pairs + (base + at) / 2,
                               (int)kv_dim / 2, c->head_size, pos, scores);
    else
        kernels->attend(out, q, c->keys + base + at * KEY_BLOCK, (int)kv_dim * KEY_BLOCK,
                        c->values + base + at, (int)kv_dim, c->head_size, pos, scores);
}
