/*
 * An open model: its shape, views of its weights and of its tokenizer in the mapped file. loader.c
 * opens one from a llama2.c checkpoint (checkpoint.c) or a `.story` pack (story.c).
 */
#ifndef STORYTELLER_MODEL_H
#define STORYTELLER_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/fault.h"
#include "model/mapping.h"

_Static_assert(sizeof(size_t) >= 8, "sizes are computed in 64 bits");

/* Packed matrices interleave this many rows; every kernel works on whole blocks of rows. */
enum { BLOCK_ROWS = 32 };

/* Bytes of one tile: 4 columns of int8 or 8 columns of int4, for 32 rows. */
enum { TILE_BYTES = 128 };

/* Bounds on the fields of a file's header, small enough that no product of them overflows. */
enum {
    MAX_DIM = 8192,
    MAX_HIDDEN = 32768,
    MAX_LAYERS = 128,
    MAX_HEADS = 256,
    MAX_VOCAB = 262144,
    MAX_CONTEXT = 65536,
    MAX_GROUP = 256,
};

/* How a matrix lies in memory; docs/format.md draws each. */
typedef enum Coding {
    CODING_F32_ROWS = 0, /* llama2.c versions 0 and 1: fp32, row after row */
    CODING_Q80_ROWS = 1, /* llama2.c version 2: int8 row after row, fp32 scales apart */
    CODING_F32 = 2,      /* .story: fp32, blocks of 32 rows, column after column */
    CODING_INT8 = 3,     /* .story: int8 tiles of 32 rows x 4 columns, bf16 scales per group */
    CODING_INT4 = 4,     /* .story: int4 tiles of 32 rows x 8 columns, bf16 scales per group */
    CODING_COUNT = 5,
} Coding;

typedef struct Shape {
    int dim;     /* width of the residual stream */
    int hidden;  /* width of the feed-forward layer */
    int layers;  /* transformer blocks */
    int heads;   /* query heads; dim = heads * head_size */
    int kv_heads; /* key and value heads; heads is a multiple of it */
    int vocab;   /* tokens */
    int context; /* longest sequence, in tokens */
    int head_size; /* dim / heads, even */
    int kv_dim;  /* kv_heads * head_size */
} Shape;

/* y (rows) = matrix (rows, cols) x (cols) */
typedef struct Matrix {
    Coding coding;
    int rows;
    int cols;
    int group; /* columns that share one scale; 0 for fp32 */
    /*
     * CODING_F32_ROWS  float (rows, cols)
     * CODING_Q80_ROWS  int8_t (rows, cols)
     * CODING_F32       float (ceil(rows / 32), cols, 32)
     * CODING_INT8      ceil(rows / 32) blocks of ceil(cols / group) records: first group / 4 tiles
     *                  of int8_t (4 columns, 32 rows), then uint16_t bf16 scales (32 rows)
     * CODING_INT4      the same with group / 8 tiles of 128 bytes: byte (c, r) of a tile holds
     *                  column c of row r in the low and column c + 4 in the high nibble, plus 8
     */
    const void *data;
    const float *scales; /* CODING_Q80_ROWS only: (rows, cols / group) */
} Matrix;

typedef struct Layer {
    const float *attention_norm; /* (dim) */
    const float *ffn_norm;       /* (dim) */
    Matrix wq;                   /* (dim, dim) */
    Matrix wk;                   /* (kv_dim, dim) */
    Matrix wv;                   /* (kv_dim, dim) */
    Matrix wo;                   /* (dim, dim) */
    Matrix w1;                   /* (hidden, dim), the gate */
    Matrix w2;                   /* (dim, hidden) */
    Matrix w3;                   /* (hidden, dim) */
} Layer;

/* A range of the mapped file; empty when the file has none. */
typedef struct Bytes {
    const uint8_t *data;
    size_t size;
} Bytes;

typedef struct Model {
    Shape shape;
    int group;                 /* columns per scale of weights and activations; 0 for fp32 */
    Layer *layers;             /* (layers) */
    const float *final_norm;   /* (dim) */
    Matrix embedding;          /* (vocab, dim) */
    Matrix classifier;         /* (vocab, dim); the same data as `embedding` when tied */
    const uint32_t *token_of_row; /* (vocab), order of the rows of both above; NULL: row = token */
    const uint32_t *row_of_token; /* (vocab), its inverse; NULL: row = token */
    Bytes tokenizer;           /* section of a .story, see tokenizer.h; empty for checkpoints */
    Bytes screen;              /* section of a .story for screening, see screen/section.h */
    bool knows_keywords;       /* a tag before a sentence says what it is about */
    int tag_open;              /* token before a tag's text, if so */
    int tag_close;             /* token after it */
    Mapping mapping;           /* the file */
    bool is_story;             /* a .story pack, not a llama2.c checkpoint */
} Model;

/* Blocks of 32 rows that a matrix of `rows` rows takes. */
static inline int blocks_of(int rows)
{
    return (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
}

/* Columns padded to whole groups (to a multiple of 32 for fp32, group 0). */
static inline int padded_cols(int cols, int group)
{
    int unit = group ? group : BLOCK_ROWS;
    return (cols + unit - 1) / unit * unit;
}

/* Bytes of one block of 32 rows of a packed (not row-major) matrix. */
static inline size_t block_bytes(Coding coding, int cols, int group)
{
    if (coding == CODING_F32)
        return (size_t)cols * BLOCK_ROWS * sizeof(float);
    size_t groups = (size_t)(padded_cols(cols, group) / group);
    size_t weights = (size_t)group * BLOCK_ROWS / (coding == CODING_INT4 ? 2 : 1);
    return groups * (weights + BLOCK_ROWS * sizeof(uint16_t));
}

/* bfloat16 is the upper half of a float. */
static inline float bf16_to_f32(uint16_t bits)
{
    union { uint32_t u; float f; } value = { .u = (uint32_t)bits << 16 };
    return value.f;
}

#endif
