/* Writes any model that model_open reads as a .story. */
#ifndef STORYTELLER_PACK_H
#define STORYTELLER_PACK_H

#include "model/model.h"
#include "tokenizer/tokenizer.h"

/* The order of the classifier's rows and the screen section for it; see screen_plan.h. */
typedef struct RowPlan {
    uint32_t *token_of_row; /* (vocab); NULL: row = token */
    uint32_t *row_of_token; /* (vocab), the inverse */
    int duplicate_row;      /* rows after this one are stored as copies of it; vocab: none are */
    uint8_t *screen;        /* section for the screened classifier, or NULL */
    size_t screen_size;
} RowPlan;

typedef struct PackOptions {
    Coding coding;       /* CODING_F32, CODING_INT8 or CODING_INT4 */
    int group;           /* columns per scale; 0 for CODING_F32 */
    unsigned keep_int8;  /* bit per SectionKind whose matrices stay int8 in an int4 pack */
    const RowPlan *plan; /* NULL: row = token */
    bool keywords;       /* the model was trained with tags before sentences, docs/drafts.md */
} PackOptions;

/* The coding of the classifier in the pack; a tied one has the embedding's. */
Coding pack_classifier_coding(const Model *model, const PackOptions *options);

/*
 * The group for a shape: the largest multiple of 32 up to 128 that divides dim and hidden, since
 * fewer groups are faster; 32, which pads, where none does.
 */
int pack_group(const Shape *shape);

/*
 * The matrices that stay int8 in an int4 pack, as bits of SectionKind: the narrower the model, the
 * more a coarse weight costs. docs/speed.md has what was tried.
 */
unsigned pack_keep_int8(const Shape *shape);

/* Writes `path` with no more than one block of rows in memory. */
bool pack(const Model *model, const Tokenizer *tokenizer, const PackOptions *options,
          const char *path, Fault *fault);

#endif
