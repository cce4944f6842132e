#include "model/shape.h"

#include <stdlib.h>

typedef struct Bound {
    const char *name;
    int value;
    int least;
    int most;
} Bound;

bool shape_check(Shape *s, const char *path, Fault *fault)
{
    const Bound bounds[] = {
        { "dim", s->dim, 2, MAX_DIM },          { "hidden", s->hidden, 1, MAX_HIDDEN },
        { "layers", s->layers, 1, MAX_LAYERS }, { "heads", s->heads, 1, MAX_HEADS },
        { "kv_heads", s->kv_heads, 1, MAX_HEADS }, { "vocab", s->vocab, 4, MAX_VOCAB },
        { "context", s->context, 1, MAX_CONTEXT },
    };
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        const Bound *b = &bounds[i];
        if (b->value < b->least || b->value > b->most)
            return fault_set(fault, FAULT_MODEL, "%s is not a model that can be read: its header "
                             "has %s = %d, not %d to %d", path, b->name, b->value, b->least,
                             b->most);
    }
    if (s->dim % s->heads || s->heads % s->kv_heads || s->dim / s->heads % 2)
        return fault_set(fault, FAULT_MODEL, "%s is not a model that can be read: dim %d, heads %d "
                         "and kv_heads %d do not divide", path, s->dim, s->heads, s->kv_heads);
    s->head_size = s->dim / s->heads;
    s->kv_dim = s->kv_heads * s->head_size;
    return true;
}

bool model_allocate_layers(Model *model, Fault *fault)
{
    model->layers = calloc((size_t)model->shape.layers, sizeof *model->layers);
    if (!model->layers)
        return fault_set(fault, FAULT_MEMORY, "not enough memory for the table of layers");
    return true;
}
