#include "model/story.h"

#include <string.h>

#include "model/shape.h"

const uint8_t story_magic[8] = { 0x89, 'S', 'T', 'O', 'R', 'Y', '\r', '\n' };

static uint32_t u32_at(const uint8_t *data, size_t offset)
{
    uint32_t value;
    memcpy(&value, data + offset, sizeof value);
    return value;
}

static uint64_t u64_at(const uint8_t *data, size_t offset)
{
    uint64_t value;
    memcpy(&value, data + offset, sizeof value);
    return value;
}

/* A field as an int; -1, which every check refuses, where it does not fit. */
static int int_at(const uint8_t *data, size_t offset)
{
    uint32_t value = u32_at(data, offset);
    return value > INT32_MAX ? -1 : (int)value;
}

bool story_recognise(const Mapping *mapping)
{
    return mapping->size >= sizeof story_magic
        && memcmp(mapping->data, story_magic, sizeof story_magic) == 0;
}

bool story_section(const Model *model, int index, Section *section)
{
    const uint8_t *data = model->mapping.data;
    if (index < 0 || (uint32_t)index >= u32_at(data, 24))
        return false;
    const uint8_t *entry = data + STORY_HEADER_BYTES + (size_t)index * STORY_ENTRY_BYTES;
    *section = (Section){
        .kind = (SectionKind)u32_at(entry, 0), .layer = int_at(entry, 4),
        .coding = (Coding)u32_at(entry, 8), .rows = int_at(entry, 12), .cols = int_at(entry, 16),
        .checksum = u32_at(entry, 20), .offset = u64_at(entry, 24), .size = u64_at(entry, 32),
    };
    return true;
}

static bool refuse(Fault *fault, const char *path, const char *why)
{
    return fault_set(fault, FAULT_MODEL, "%s is a damaged .story (%s); copy or pack it again",
                     path, why);
}

/* Header fields and the checksums of header and table. */
static bool read_header(Model *model, const char *path, Fault *fault)
{
    const uint8_t *data = model->mapping.data;
    size_t size = model->mapping.size;
    if (size < STORY_HEADER_BYTES)
        return refuse(fault, path, "it ends within its header");
    if (u32_at(data, 124) != crc32_of(0, data, 124))
        return refuse(fault, path, "the header's checksum differs");
    if (u32_at(data, 8) != STORY_VERSION || u32_at(data, 12) != STORY_LAYOUT)
        return fault_set(fault, FAULT_MODEL, "%s has format version %u, layout %u; this program "
                         "reads version %d, layout %d: pack it again", path, u32_at(data, 8),
                         u32_at(data, 12), STORY_VERSION, STORY_LAYOUT);
    if (u64_at(data, 16) != size)
        return refuse(fault, path, "its size is not the one in its header");
    uint64_t table = (uint64_t)u32_at(data, 24) * STORY_ENTRY_BYTES;
    if (table > size - STORY_HEADER_BYTES)
        return refuse(fault, path, "the section table does not fit");
    if (u32_at(data, 120) != crc32_of(0, data + STORY_HEADER_BYTES, (size_t)table))
        return refuse(fault, path, "the section table's checksum differs");
    model->shape = (Shape){
        .dim = int_at(data, 32), .hidden = int_at(data, 36), .layers = int_at(data, 40),
        .heads = int_at(data, 44), .kv_heads = int_at(data, 48), .vocab = int_at(data, 52),
        .context = int_at(data, 56),
    };
    model->group = int_at(data, 60);
    if (model->group < 0 || model->group > MAX_GROUP || model->group % BLOCK_ROWS)
        return refuse(fault, path, "its group size is not a multiple of 32 up to 256");
    return shape_check(&model->shape, path, fault);
}

/* The matrix of a section, with the rows and columns it must have; NULL for an unknown section. */
static Matrix *matrix_of(Model *model, const Section *section, int *rows, int *cols)
{
    const Shape *s = &model->shape;
    if (section->layer < 0 || section->layer >= s->layers)
        return NULL;
    Layer *layer = &model->layers[section->layer];
    *rows = s->dim;
    *cols = s->dim;
    switch (section->kind) {
    case SECTION_EMBEDDING: *rows = s->vocab; return &model->embedding;
    case SECTION_CLASSIFIER: *rows = s->vocab; return &model->classifier;
    case SECTION_WQ: return &layer->wq;
    case SECTION_WK: *rows = s->kv_dim; return &layer->wk;
    case SECTION_WV: *rows = s->kv_dim; return &layer->wv;
    case SECTION_WO: return &layer->wo;
    case SECTION_W1: *rows = s->hidden; return &layer->w1;
    case SECTION_W2: *cols = s->hidden; return &layer->w2;
    case SECTION_W3: *rows = s->hidden; return &layer->w3;
    default: return NULL;
    }
}

static bool read_matrix(Model *model, const Section *section, const char *path, Fault *fault)
{
    int rows, cols;
    Matrix *matrix = matrix_of(model, section, &rows, &cols);
    bool coded = section->coding == CODING_F32
        || ((section->coding == CODING_INT8 || section->coding == CODING_INT4) && model->group);
    if (!matrix || !coded || section->rows != rows || section->cols != cols)
        return refuse(fault, path, "a matrix does not fit the header");
    int group = section->coding == CODING_F32 ? 0 : model->group;
    uint64_t bytes = (uint64_t)blocks_of(rows) * block_bytes(section->coding, cols, group);
    if (section->size != bytes)
        return refuse(fault, path, "a matrix has the wrong size");
    *matrix = (Matrix){ .coding = section->coding, .rows = rows, .cols = cols, .group = group,
                        .data = model->mapping.data + section->offset };
    return true;
}

static bool read_norms(Model *model, const Section *section, const char *path, Fault *fault)
{
    size_t dim = (size_t)model->shape.dim, layers = (size_t)model->shape.layers;
    if (section->size != (2 * layers + 1) * dim * sizeof(float))
        return refuse(fault, path, "the norms have the wrong size");
    const float *norms = (const float *)(const void *)(model->mapping.data + section->offset);
    for (size_t l = 0; l < layers; l++) {
        model->layers[l].attention_norm = norms + l * dim;
        model->layers[l].ffn_norm = norms + (layers + l) * dim;
    }
    model->final_norm = norms + 2 * layers * dim;
    return true;
}

/* Both orders must be inverses of each other, so that no index leaves the vocabulary. */
static bool read_rows(Model *model, const Section *section, const char *path, Fault *fault)
{
    uint32_t vocab = (uint32_t)model->shape.vocab;
    if (section->size != 2 * (uint64_t)vocab * sizeof(uint32_t))
        return refuse(fault, path, "the order of rows has the wrong size");
    const uint32_t *token = (const uint32_t *)(const void *)(model->mapping.data + section->offset);
    const uint32_t *row = token + vocab;
    for (uint32_t r = 0; r < vocab; r++)
        if (token[r] >= vocab || row[token[r]] != r)
            return refuse(fault, path, "the order of rows is not a permutation");
    model->token_of_row = token;
    model->row_of_token = row;
    return true;
}

static bool read_keywords(Model *model, const Section *section, const char *path, Fault *fault)
{
    KeywordsSection keywords;
    uint32_t vocab = (uint32_t)model->shape.vocab;
    if (section->size != sizeof keywords)
        return refuse(fault, path, "the section of keywords has the wrong size");
    memcpy(&keywords, model->mapping.data + section->offset, sizeof keywords);
    if (keywords.version != 1 || keywords.open >= vocab || keywords.close >= vocab)
        return refuse(fault, path, "the section of keywords does not fit the header");
    model->knows_keywords = true;
    model->tag_open = (int)keywords.open;
    model->tag_close = (int)keywords.close;
    return true;
}

static bool read_section(Model *model, const Section *section, const char *path, Fault *fault)
{
    uint64_t size = model->mapping.size;
    if (section->offset % STORY_ALIGNMENT || section->offset > size
        || section->size > size - section->offset)
        return refuse(fault, path, "a section lies outside the file");
    Bytes bytes = { model->mapping.data + section->offset, (size_t)section->size };
    switch (section->kind) {
    case SECTION_TOKENIZER: model->tokenizer = bytes; return true;
    case SECTION_SCREEN: model->screen = bytes; return true;
    case SECTION_KEYWORDS: return read_keywords(model, section, path, fault);
    case SECTION_NORMS: return read_norms(model, section, path, fault);
    case SECTION_ROWS: return read_rows(model, section, path, fault);
    default: return read_matrix(model, section, path, fault);
    }
}

static bool is_whole(const Model *model)
{
    for (int l = 0; l < model->shape.layers; l++) {
        const Layer *y = &model->layers[l];
        if (!y->wq.data || !y->wk.data || !y->wv.data || !y->wo.data || !y->w1.data || !y->w2.data
            || !y->w3.data)
            return false;
    }
    return model->final_norm && model->embedding.data && model->tokenizer.data;
}

bool story_read(Model *model, const char *path, Fault *fault)
{
    if (!read_header(model, path, fault) || !model_allocate_layers(model, fault))
        return false;
    Section section;
    for (int i = 0; story_section(model, i, &section); i++)
        if (!read_section(model, &section, path, fault))
            return false;
    if (!is_whole(model))
        return refuse(fault, path, "a section is missing");
    if (!model->classifier.data)
        model->classifier = model->embedding;
    return true;
}

/* Kernels agree for -127 to 127 only; products of -128 may overflow 16 bits. */
static bool holds_minus_128(const uint8_t *data, size_t size, int group)
{
    size_t weights = (size_t)group * BLOCK_ROWS;
    size_t record = weights + BLOCK_ROWS * sizeof(uint16_t);
    for (size_t at = 0; at + weights <= size; at += record)
        if (memchr(data + at, 0x80, weights))
            return true;
    return false;
}

bool story_verify(const Model *model, const char *path, Fault *fault)
{
    Section section;
    for (int i = 0; story_section(model, i, &section); i++) {
        const uint8_t *data = model->mapping.data + section.offset;
        if (crc32_of(0, data, (size_t)section.size) != section.checksum)
            return fault_set(fault, FAULT_MODEL, "%s is damaged: the checksum of section %d "
                             "differs; copy or pack it again", path, i);
        if (section.coding == CODING_INT8
            && holds_minus_128(data, (size_t)section.size, model->group))
            return fault_set(fault, FAULT_MODEL, "%s is damaged: section %d holds a weight of "
                             "-128; pack it again", path, i);
    }
    return true;
}
