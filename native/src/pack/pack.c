#include "pack/pack.h"

#include <stdlib.h>
#include <string.h>

#include "model/embedding.h"
#include "pack/quantise.h"
#include "pack/story_writer.h"

typedef struct Packing {
    const Model *model;
    const PackOptions *options;
    StoryWriter writer;
    float *rows;    /* (32, widest matrix) */
    uint8_t *block; /* the largest block in any coding */
} Packing;

static Coding coding_of(const PackOptions *options, SectionKind kind)
{
    bool stays = options->coding == CODING_INT4 && options->keep_int8 >> kind & 1;
    return stays ? CODING_INT8 : options->coding;
}

Coding pack_classifier_coding(const Model *model, const PackOptions *options)
{
    bool tied = model->classifier.data == model->embedding.data;
    return coding_of(options, tied ? SECTION_EMBEDDING : SECTION_CLASSIFIER);
}

/* Columns of 32 rows, one after the other. */
static void interleave_block(const float *rows, int cols, float *out)
{
    for (int k = 0; k < cols; k++)
        for (int r = 0; r < BLOCK_ROWS; r++)
            out[k * BLOCK_ROWS + r] = rows[(size_t)r * (size_t)cols + (size_t)k];
}

/* `order` gives the matrix's row for each row of the file; NULL: the same. */
static bool put_matrix(Packing *p, SectionKind kind, int layer, const Matrix *matrix,
                       const uint32_t *order, Fault *fault)
{
    Coding coding = coding_of(p->options, kind);
    int cols = matrix->cols, group = coding == CODING_F32 ? 0 : p->options->group;
    Section section = { .kind = kind, .layer = layer, .coding = coding, .rows = matrix->rows,
                        .cols = cols };
    if (!story_writer_begin(&p->writer, section, fault))
        return false;
    size_t size = block_bytes(coding, cols, group);
    for (int first = 0; first < matrix->rows; first += BLOCK_ROWS) {
        for (int r = 0; r < BLOCK_ROWS; r++) {
            float *out = p->rows + (size_t)r * (size_t)cols;
            if (first + r < matrix->rows)
                matrix_row(matrix, order ? (int)order[first + r] : first + r, out);
            else
                memset(out, 0, (size_t)cols * sizeof *out);
        }
        if (coding == CODING_F32)
            interleave_block(p->rows, cols, (float *)(void *)p->block);
        else
            quantise_block(p->rows, cols, group, coding, p->block);
        if (!story_writer_append(&p->writer, p->block, size, fault))
            return false;
    }
    return true;
}

static bool put_bytes(Packing *p, SectionKind kind, const void *data, size_t size, Fault *fault)
{
    return story_writer_begin(&p->writer, (Section){ .kind = kind }, fault)
        && story_writer_append(&p->writer, data, size, fault);
}

static bool put_norms(Packing *p, Fault *fault)
{
    const Shape *s = &p->model->shape;
    size_t size = (size_t)s->dim * sizeof(float);
    if (!story_writer_begin(&p->writer, (Section){ .kind = SECTION_NORMS }, fault))
        return false;
    for (int l = 0; l < s->layers; l++)
        if (!story_writer_append(&p->writer, p->model->layers[l].attention_norm, size, fault))
            return false;
    for (int l = 0; l < s->layers; l++)
        if (!story_writer_append(&p->writer, p->model->layers[l].ffn_norm, size, fault))
            return false;
    return story_writer_append(&p->writer, p->model->final_norm, size, fault);
}

static bool put_layer(Packing *p, int l, Fault *fault)
{
    const Layer *y = &p->model->layers[l];
    return put_matrix(p, SECTION_WQ, l, &y->wq, NULL, fault)
        && put_matrix(p, SECTION_WK, l, &y->wk, NULL, fault)
        && put_matrix(p, SECTION_WV, l, &y->wv, NULL, fault)
        && put_matrix(p, SECTION_WO, l, &y->wo, NULL, fault)
        && put_matrix(p, SECTION_W1, l, &y->w1, NULL, fault)
        && put_matrix(p, SECTION_W3, l, &y->w3, NULL, fault)
        && put_matrix(p, SECTION_W2, l, &y->w2, NULL, fault);
}

/* The row of the source for each row of the file, when source and file are both permuted. */
static uint32_t *source_rows(const Packing *p, bool duplicates)
{
    const Model *model = p->model;
    const RowPlan *plan = p->options->plan;
    bool permuted = plan && plan->token_of_row;
    uint32_t *order = malloc((size_t)model->shape.vocab * sizeof *order);
    for (int row = 0; order && row < model->shape.vocab; row++) {
        int from = permuted && duplicates && row > plan->duplicate_row ? plan->duplicate_row : row;
        uint32_t token = permuted ? plan->token_of_row[from] : (uint32_t)row;
        order[row] = model->row_of_token ? model->row_of_token[token] : token;
    }
    return order;
}

static bool put_vocabulary(Packing *p, Fault *fault)
{
    const Model *model = p->model;
    bool tied = model->classifier.data == model->embedding.data;
    uint32_t *embedding = source_rows(p, tied), *classifier = source_rows(p, true);
    bool put = embedding && classifier
        ? put_matrix(p, SECTION_EMBEDDING, 0, &model->embedding, embedding, fault)
            && (tied || put_matrix(p, SECTION_CLASSIFIER, 0, &model->classifier, classifier, fault))
        : fault_set(fault, FAULT_MEMORY, "not enough memory for the order of rows");
    free(embedding);
    free(classifier);
    return put;
}

static bool put_plan(Packing *p, Fault *fault)
{
    const RowPlan *plan = p->options->plan;
    size_t size = (size_t)p->model->shape.vocab * sizeof(uint32_t);
    if (plan && plan->token_of_row
        && !(put_bytes(p, SECTION_ROWS, plan->token_of_row, size, fault)
             && story_writer_append(&p->writer, plan->row_of_token, size, fault)))
        return false;
    return !plan || !plan->screen
        || put_bytes(p, SECTION_SCREEN, plan->screen, plan->screen_size, fault);
}

/* A tag's text stands between brackets, which are byte tokens. */
static bool put_keywords(Packing *p, Fault *fault)
{
    const KeywordsSection section = { .version = 1, .open = TOKEN_FIRST_BYTE + '[',
                                      .close = TOKEN_FIRST_BYTE + ']' };
    if (!p->options->keywords)
        return true;
    if (p->model->shape.vocab <= (int)section.close)
        return fault_set(fault, FAULT_USAGE, "--keywords needs a vocabulary with byte tokens, more "
                         "than %u tokens", section.close);
    return put_bytes(p, SECTION_KEYWORDS, &section, sizeof section, fault);
}

static int count_sections(const Packing *p)
{
    const RowPlan *plan = p->options->plan;
    return 3 + 7 * p->model->shape.layers
        + (p->model->classifier.data != p->model->embedding.data)
        + (plan && plan->token_of_row) + (plan && plan->screen)
        + p->options->keywords;
}

static bool put_all(Packing *p, const Tokenizer *tokenizer, const char *path, Fault *fault)
{
    const PackOptions *o = p->options;
    Bytes section = tokenizer_as_section(tokenizer);
    if (!story_writer_open(&p->writer, path, count_sections(p), fault)
        || !put_bytes(p, SECTION_TOKENIZER, section.data, section.size, fault)
        || !put_keywords(p, fault) || !put_plan(p, fault) || !put_norms(p, fault))
        return false;
    for (int l = 0; l < p->model->shape.layers; l++)
        if (!put_layer(p, l, fault))
            return false;
    int quantisation = o->coding == CODING_INT8 ? 8 : o->coding == CODING_INT4 ? 4 : 0;
    return put_vocabulary(p, fault)
        && story_writer_finish(&p->writer, &p->model->shape, quantisation, o->group, fault);
}

int pack_group(const Shape *shape)
{
    for (int group = 128; group > BLOCK_ROWS; group -= BLOCK_ROWS)
        if (shape->dim % group == 0 && shape->hidden % group == 0)
            return group;
    return BLOCK_ROWS;
}

unsigned pack_keep_int8(const Shape *shape)
{
    const unsigned vocabulary = 1u << SECTION_EMBEDDING | 1u << SECTION_CLASSIFIER;
    const unsigned attention = 1u << SECTION_WQ | 1u << SECTION_WK | 1u << SECTION_WV
                             | 1u << SECTION_WO;
    if (shape->dim > 256)
        return 0;
    if (shape->dim >= 128)
        return vocabulary;
    return vocabulary | attention | 1u << SECTION_W1 | 1u << SECTION_W2;
}

bool pack(const Model *model, const Tokenizer *tokenizer, const PackOptions *options,
          const char *path, Fault *fault)
{
    Packing p = { .model = model, .options = options };
    const Shape *s = &model->shape;
    size_t widest = (size_t)(s->hidden > s->dim ? s->hidden : s->dim) + MAX_GROUP;
    p.rows = malloc(BLOCK_ROWS * widest * sizeof(float));
    p.block = malloc(BLOCK_ROWS * widest * sizeof(float));
    bool packed = p.rows && p.block
        ? put_all(&p, tokenizer, path, fault)
        : fault_set(fault, FAULT_MEMORY, "not enough memory to pack %s", path);
    story_writer_close(&p.writer);
    free(p.rows);
    free(p.block);
    return packed;
}
