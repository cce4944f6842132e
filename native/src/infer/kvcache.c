#include "infer/kvcache.h"

#include <string.h>
#include <sys/mman.h>

#include "kernels/arithmetic.h"

static int padded_to(int count, int unit)
{
    return (count + unit - 1) / unit * unit;
}

KvCache kvcache_of(const Model *model, int positions)
{
    return (KvCache){
        .halves = model->is_story && model->group, .layers = model->shape.layers,
        .positions = padded_to(positions, 2 * KEY_BLOCK),
        .kv_dim = model->shape.kv_dim, .head_size = model->shape.head_size,
    };
}

size_t kvcache_bytes(const KvCache *c)
{
    size_t cells = (size_t)c->layers * (size_t)c->positions * (size_t)c->kv_dim;
    return cells * (c->halves ? sizeof(uint16_t) : sizeof(float));
}

void kvcache_place(KvCache *c, void *memory)
{
    void *values = (uint8_t *)memory + kvcache_bytes(c);
    if (c->halves) {
        c->key_pairs = memory;
        c->value_pairs = values;
    } else {
        c->keys = memory;
        c->values = values;
    }
}

bool kvcache_open(KvCache *c, const Model *model, int positions, Fault *fault)
{
    *c = kvcache_of(model, positions);
    c->is_short = c->halves;
    if (c->is_short)
        c->positions = padded_to(positions, 2 * SHORT_BLOCK);
    size_t size = 2 * kvcache_bytes(c);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        *c = (KvCache){0};
        return fault_set(fault, FAULT_MEMORY, "not enough memory for keys and values of %d tokens "
                         "(%zu KB)", positions, size / 1024);
    }
    c->memory = memory;
    c->memory_size = size;
    kvcache_place(c, memory);
    return true;
}

void kvcache_close(KvCache *c)
{
    if (c->memory)
        munmap(c->memory, c->memory_size);
    *c = (KvCache){0};
}

/* Sets one half of a word, the other stays. */
static void set_half(uint32_t *word, bool high, uint32_t half)
{
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

/* Where the keys of a slot lie: in one half of kv_dim words, `stride` words apart. */
typedef struct KeyWords {
    uint32_t *first;
    size_t stride;
    bool high;
} KeyWords;

static KeyWords key_words(const KvCache *c, size_t layer, size_t slot)
{
    size_t width = c->is_short ? SHORT_BLOCK : KEY_BLOCK, kv_dim = (size_t)c->kv_dim;
    uint32_t *keys = c->key_pairs + layer * (size_t)c->positions * kv_dim / 2;
    return (KeyWords){ keys + slot / (2 * width) * kv_dim * width + slot % width, width,
                       slot / width % 2 };
}

static void store_halves(KvCache *c, size_t layer, size_t pos, const float *k, const float *v)
{
    size_t kv_dim = (size_t)c->kv_dim, base = layer * (size_t)c->positions * kv_dim / 2;
    size_t head = (size_t)c->head_size;
    KeyWords keys = key_words(c, layer, pos);
    for (size_t j = 0; j < kv_dim; j++)
        set_half(&keys.first[j * keys.stride], keys.high, nearest_bf16(k[j]));
    uint32_t *values = c->value_pairs + base + pos * kv_dim / 2;
    for (size_t start = 0; start < kv_dim; start += head)
        for (size_t j = 0; j < head / 2; j++)
            values[start / 2 + j] = nearest_bf16(v[start + j])
                                  | nearest_bf16(v[start + head / 2 + j]) << 16;
}

void kvcache_store(KvCache *cache, int layer, int slot, const float *k, const float *v)
{
    if (cache->halves)
        store_halves(cache, (size_t)layer, (size_t)slot, k, v);
    else
        store_floats(cache, (size_t)layer, (size_t)slot, k, v);
}

static void copy_floats(KvCache *to, size_t to_slot, const KvCache *from, size_t from_slot,
                        size_t layer)
{
    size_t kv_dim = (size_t)to->kv_dim, block = kv_dim * KEY_BLOCK;
    float *keys = to->keys + layer * (size_t)to->positions * kv_dim;
    const float *source = from->keys + layer * (size_t)from->positions * kv_dim;
    keys += to_slot / KEY_BLOCK * block + to_slot % KEY_BLOCK;
    source += from_slot / KEY_BLOCK * block + from_slot % KEY_BLOCK;
    for (size_t j = 0; j < block; j += KEY_BLOCK)
        keys[j] = source[j];
    memmove(to->values + (layer * (size_t)to->positions + to_slot) * kv_dim,
            from->values + (layer * (size_t)from->positions + from_slot) * kv_dim,
            kv_dim * sizeof(float));
}

static void copy_halves(KvCache *to, size_t to_slot, const KvCache *from, size_t from_slot,
                        size_t layer)
{
    size_t kv_dim = (size_t)to->kv_dim;
    KeyWords keys = key_words(to, layer, to_slot), source = key_words(from, layer, from_slot);
    for (size_t j = 0; j < kv_dim; j++) {
        uint32_t word = source.first[j * source.stride];
        set_half(&keys.first[j * keys.stride], keys.high, source.high ? word >> 16 : word & 0xffffu);
    }
    memmove(to->value_pairs + (layer * (size_t)to->positions + to_slot) * kv_dim / 2,
            from->value_pairs + (layer * (size_t)from->positions + from_slot) * kv_dim / 2,
            kv_dim / 2 * sizeof(uint32_t));
}

void kvcache_copy(KvCache *to, int to_slot, const KvCache *from, int from_slot, int count)
{
    for (int layer = 0; layer < to->layers; layer++)
        for (int i = 0; i < count; i++)
            (to->halves ? copy_halves : copy_floats)(to, (size_t)(to_slot + i), from,
                                                     (size_t)(from_slot + i), (size_t)layer);
}

static FloatRun float_run(const KvCache *c, int layer, size_t at, int count)
{
    if (!count)
        return (FloatRun){0};
    size_t base = (size_t)layer * (size_t)c->positions * (size_t)c->kv_dim;
    return (FloatRun){ c->keys + base + at * KEY_BLOCK, c->values + base + at, count };
}

static PairRun pair_run(const KvCache *c, int layer, size_t at, int count)
{
    if (!count)
        return (PairRun){0};
    size_t base = (size_t)layer * (size_t)c->positions * (size_t)c->kv_dim;
    size_t width = c->is_short ? SHORT_BLOCK : KEY_BLOCK;
    return (PairRun){ c->key_pairs + base / 2 + at * width, c->value_pairs + (base + at) / 2,
                      count, c->is_short };
}

static void attend_pairs(const KvCache *past, int past_count, const KvQuery *queries, int n,
                         const Kernels *kernels, int layer, size_t at, float *scores,
                         int score_stride)
{
    const KvCache *own = queries[0].own;
    PairQuery together[MAX_BATCH];
    for (int i = 0; i < n; i++)
        together[i] = (PairQuery){ queries[i].out, queries[i].q,
                                   pair_run(queries[i].own, layer, at, queries[i].count),
                                   scores + (size_t)i * (size_t)score_stride };
    kernels->attend_halves_together(together, n, pair_run(past, layer, at, past_count),
                                    own->kv_dim * KEY_BLOCK, own->kv_dim / 2, own->head_size);
}

void kvcache_attend(const KvCache *past, int past_count, const KvQuery *queries, int n,
                    const Kernels *kernels, int layer, int kv_head, float *scores,
                    int score_stride)
{
    size_t at = (size_t)kv_head * (size_t)queries[0].own->head_size;
    if (queries[0].own->halves) {
        attend_pairs(past, past_count, queries, n, kernels, layer, at, scores, score_stride);
        return;
    }
    for (int i = 0; i < n; i++) {
        const KvCache *own = queries[i].own;
        const FloatRun runs[ATTEND_RUNS] = { float_run(past, layer, at, past_count),
                                             float_run(own, layer, at, queries[i].count) };
        kernels->attend(queries[i].out, queries[i].q, runs, own->kv_dim * KEY_BLOCK, own->kv_dim,
                        own->head_size, scores);
    }
}
