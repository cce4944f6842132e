/* The transformer's buffers in one anonymous mapping; untouched pages take no memory. */
#include <stdint.h>
#include <sys/mman.h>

#include "infer/transformer.h"
#include "kernels/arithmetic.h"

/* Buffers start on cache lines. */
enum { LINE = 64 };

/* Allocates from a mapping; a first pass without memory only adds up the sizes. */
typedef struct Arena {
    uint8_t *memory;
    size_t used;
} Arena;

static void *piece(Arena *arena, size_t count, size_t size)
{
    void *start = arena->memory ? arena->memory + arena->used : NULL;
    arena->used += (count * size + LINE - 1) / LINE * LINE;
    return start;
}

static float *floats(Arena *arena, size_t rows, size_t cols)
{
    return piece(arena, rows * cols, sizeof(float));
}

static Activations activations(Arena *arena, int cols, int group)
{
    size_t stride = (size_t)padded_cols(cols, group);
    Activations a = { .cols = cols, .stride = (int)stride, .group = group };
    a.f_stride = padded_cols(cols, 0); /* whole blocks: f is also the output of a matrix */
    a.f = floats(arena, MAX_BATCH, (size_t)a.f_stride);
    if (group) {
        a.q = piece(arena, MAX_BATCH * stride, sizeof *a.q);
        a.scale = floats(arena, MAX_BATCH, stride / (size_t)group);
        a.sum = piece(arena, MAX_BATCH * stride / (size_t)group, sizeof *a.sum);
    }
    return a;
}

static void lay_out(Transformer *t, Arena *arena)
{
    const Shape *s = &t->model->shape;
    int group = t->model->group;
    size_t dim = (size_t)padded_cols(s->dim, 0), kv_dim = (size_t)padded_cols(s->kv_dim, 0);
    size_t hidden = (size_t)padded_cols(s->hidden, 0), positions = (size_t)t->cache.positions;
    t->normed = activations(arena, s->dim, group);
    t->attended = activations(arena, s->dim, group);
    t->gated = activations(arena, s->hidden, group);
    t->x = floats(arena, MAX_BATCH, dim);
    t->q = floats(arena, MAX_BATCH, dim);
    t->k = floats(arena, MAX_BATCH, kv_dim);
    t->v = floats(arena, MAX_BATCH, kv_dim);
    t->up = floats(arena, MAX_BATCH, hidden);
    t->delta = floats(arena, MAX_BATCH, dim);
    t->score_stride = (int)positions + 2 * KEY_BLOCK; /* runs are scored in whole blocks */
    t->scores = floats(arena, (size_t)s->heads * MAX_BATCH, (size_t)t->score_stride);
    t->rotation = floats(arena, MAX_BATCH, (size_t)s->head_size);
    t->frequency = floats(arena, 1, (size_t)s->head_size / 2);
    t->row_logits = floats(arena, 1, (size_t)padded_cols(s->vocab, 0));
    t->logits = t->model->token_of_row ? floats(arena, 1, (size_t)s->vocab) : t->row_logits;
    void *keys_and_values = piece(arena, 2, kvcache_bytes(&t->cache));
    if (keys_and_values)
        kvcache_place(&t->cache, keys_and_values);
}

bool transformer_open(Transformer *t, const Model *model, const Kernels *kernels, ThreadPool *pool,
                      int positions, Fault *fault)
{
    *t = (Transformer){ .model = model, .kernels = kernels, .pool = pool };
    t->cache = kvcache_of(model, positions);
    Arena arena = {0};
    lay_out(t, &arena);
    t->memory_size = arena.used;
    t->memory = mmap(NULL, arena.used, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (t->memory == MAP_FAILED) {
        t->memory = NULL;
        return fault_set(fault, FAULT_MEMORY, "not enough memory for %d tokens (%zu KB); ask for "
                         "fewer with -n", positions, t->memory_size / 1024);
    }
    arena = (Arena){ .memory = t->memory };
    lay_out(t, &arena);
    for (int pair = 0; pair < model->shape.head_size / 2; pair++)
        t->frequency[pair] = rope_frequency(2 * pair, model->shape.head_size);
    return true;
}

void transformer_close(Transformer *t)
{
    if (t->memory)
        munmap(t->memory, t->memory_size);
    *t = (Transformer){0};
}
