#include "model/checkpoint.h"

#include <string.h>

#include "model/shape.h"

/* "ak42", the first word of versions 1 and 2; version 0 starts with dim, which is never so large */
#define MAGIC 0x616b3432u

/* Bytes of the header of versions 1 and 2. */
#define HEADER_BYTES 256u

/* Reads the file front to back; `too_short` is set instead of reading past its end. */
typedef struct Cursor {
    const uint8_t *data;
    size_t size;
    size_t at;
    bool too_short;
} Cursor;

static const void *take(Cursor *cursor, uint64_t bytes)
{
    if (cursor->too_short || bytes > cursor->size - cursor->at) {
        cursor->too_short = true;
        return NULL;
    }
    const void *data = cursor->data + cursor->at;
    cursor->at += (size_t)bytes;
    return data;
}

static const float *take_floats(Cursor *cursor, uint64_t count)
{
    return take(cursor, count * sizeof(float));
}

/* The next matrix in the coding and group of `like`. */
static Matrix take_matrix(Cursor *cursor, Matrix like, int rows, int cols)
{
    Matrix matrix = { .coding = like.coding, .rows = rows, .cols = cols, .group = like.group };
    uint64_t count = (uint64_t)rows * (uint64_t)cols;
    if (like.coding == CODING_F32_ROWS) {
        matrix.data = take_floats(cursor, count);
    } else {
        matrix.data = take(cursor, count);
        matrix.scales = take_floats(cursor, count / (uint64_t)like.group);
    }
    return matrix;
}

typedef Matrix *MatrixOf(Layer *layer);

static Matrix *wq_of(Layer *layer) { return &layer->wq; }
static Matrix *wk_of(Layer *layer) { return &layer->wk; }
static Matrix *wv_of(Layer *layer) { return &layer->wv; }
static Matrix *wo_of(Layer *layer) { return &layer->wo; }
static Matrix *w1_of(Layer *layer) { return &layer->w1; }
static Matrix *w2_of(Layer *layer) { return &layer->w2; }
static Matrix *w3_of(Layer *layer) { return &layer->w3; }

/* One kind of matrix of all layers, which is how the files order them. */
static void take_kind(Cursor *cursor, Model *model, MatrixOf *of, Matrix like, int rows, int cols)
{
    for (int l = 0; l < model->shape.layers; l++)
        *of(&model->layers[l]) = take_matrix(cursor, like, rows, cols);
}

static void take_attention(Cursor *cursor, Model *model, Matrix like)
{
    const Shape *s = &model->shape;
    take_kind(cursor, model, wq_of, like, s->dim, s->dim);
    take_kind(cursor, model, wk_of, like, s->kv_dim, s->dim);
    take_kind(cursor, model, wv_of, like, s->kv_dim, s->dim);
    take_kind(cursor, model, wo_of, like, s->dim, s->dim);
}

static void take_ffn(Cursor *cursor, Model *model, Matrix like)
{
    const Shape *s = &model->shape;
    take_kind(cursor, model, w1_of, like, s->hidden, s->dim);
    take_kind(cursor, model, w2_of, like, s->dim, s->hidden);
    take_kind(cursor, model, w3_of, like, s->hidden, s->dim);
}

static void take_attention_norms(Cursor *cursor, Model *model)
{
    for (int l = 0; l < model->shape.layers; l++)
        model->layers[l].attention_norm = take_floats(cursor, (uint64_t)model->shape.dim);
}

static void take_ffn_norms(Cursor *cursor, Model *model)
{
    for (int l = 0; l < model->shape.layers; l++)
        model->layers[l].ffn_norm = take_floats(cursor, (uint64_t)model->shape.dim);
}

static void take_version_0(Cursor *cursor, Model *model, bool tied)
{
    const Shape *s = &model->shape;
    Matrix like = { .coding = CODING_F32_ROWS };
    model->embedding = take_matrix(cursor, like, s->vocab, s->dim);
    take_attention_norms(cursor, model);
    take_attention(cursor, model, like);
    take_ffn_norms(cursor, model);
    take_ffn(cursor, model, like);
    model->final_norm = take_floats(cursor, (uint64_t)s->dim);
    take_floats(cursor, (uint64_t)s->context * (uint64_t)s->head_size); /* RoPE tables, unused */
    model->classifier = tied ? model->embedding : take_matrix(cursor, like, s->vocab, s->dim);
}

/* Versions 1 and 2 share their order. */
static void take_version_1(Cursor *cursor, Model *model, bool tied, Matrix like)
{
    const Shape *s = &model->shape;
    take_attention_norms(cursor, model);
    take_ffn_norms(cursor, model);
    model->final_norm = take_floats(cursor, (uint64_t)s->dim);
    model->embedding = take_matrix(cursor, like, s->vocab, s->dim);
    take_attention(cursor, model, like);
    take_ffn(cursor, model, like);
    model->classifier = tied ? model->embedding : take_matrix(cursor, like, s->vocab, s->dim);
}

static int32_t word(const uint8_t *data, size_t index)
{
    int32_t value;
    memcpy(&value, data + 4 * index, sizeof value);
    return value;
}

/* Seven words from `fields`; a negative vocabulary marks an untied classifier in version 0. */
static Shape read_shape(const uint8_t *fields)
{
    int32_t vocab = word(fields, 5);
    return (Shape){
        .dim = word(fields, 0), .hidden = word(fields, 1), .layers = word(fields, 2),
        .heads = word(fields, 3), .kv_heads = word(fields, 4),
        .vocab = vocab == INT32_MIN ? 0 : vocab < 0 ? -vocab : vocab, .context = word(fields, 6),
    };
}

/* Groups across rows, which runq.c accepts but computes wrongly, are refused. */
static bool check_group(const Shape *s, int group, const char *path, Fault *fault)
{
    if (group < 4 || group > MAX_GROUP || group % 4 || s->dim % group || s->hidden % group)
        return fault_set(fault, FAULT_MODEL,
                         "%s has groups of %d weights, which do not divide its rows of %d and %d; "
                         "export it with another group size", path, group, s->dim, s->hidden);
    return true;
}

bool checkpoint_read(Model *model, const char *path, Fault *fault)
{
    Cursor cursor = { .data = model->mapping.data, .size = model->mapping.size };
    const uint8_t *data = cursor.data;
    int32_t version = 0;
    bool tied;
    if (cursor.size >= HEADER_BYTES && (uint32_t)word(data, 0) == MAGIC) {
        version = word(data, 1);
        if (version != 1 && version != 2)
            return fault_set(fault, FAULT_MODEL, "%s is a llama2.c checkpoint of version %d; "
                             "versions 0, 1 and 2 can be read", path, (int)version);
        model->shape = read_shape(data + 8);
        tied = data[36] != 0;
        cursor.at = HEADER_BYTES;
    } else if (cursor.size >= 28) {
        model->shape = read_shape(data);
        tied = word(data, 5) > 0;
        cursor.at = 28;
    } else {
        return fault_set(fault, FAULT_MODEL, "%s is too short to be a model; copy it again", path);
    }
    if (!shape_check(&model->shape, path, fault) || !model_allocate_layers(model, fault))
        return false;
    if (version == 0) {
        take_version_0(&cursor, model, tied);
    } else if (version == 1) {
        take_version_1(&cursor, model, tied, (Matrix){ .coding = CODING_F32_ROWS });
    } else {
        int32_t group;
        memcpy(&group, data + 37, sizeof group);
        if (!check_group(&model->shape, group, path, fault))
            return false;
        model->group = group;
        take_version_1(&cursor, model, tied,
                       (Matrix){ .coding = CODING_Q80_ROWS, .group = group });
    }
    if (cursor.too_short)
        return fault_set(fault, FAULT_MODEL, "%s is shorter than its header says; copy it again",
                         path);
    if (cursor.at != cursor.size)
        return fault_set(fault, FAULT_MODEL, "%s has %zu bytes more than its header says; it is "
                         "not a model, or a damaged one", path, cursor.size - cursor.at);
    return true;
}
