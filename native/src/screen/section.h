/* The screen section of a .story, as docs/format.md describes it: reading and checking. */
#ifndef STORYTELLER_SCREEN_SECTION_H
#define STORYTELLER_SCREEN_SECTION_H

#include "model/fault.h"
#include "model/model.h"

enum { SCREEN_VERSION = 2, SCREEN_HEADER_BYTES = 64, SCREEN_ALIGNMENT = 64 };

/* Leading coordinates per row; at most so many clusters, columns per scale and dimensions. */
enum { SCREEN_LEADING = 96, SCREEN_MAX_CLUSTERS = 32, SCREEN_GROUP = 96, SCREEN_MAX_DIM = 1024 };

/* Consecutive blocks whose rows share a centroid. Norms are Euclidean, rounded up. */
typedef struct ScreenCluster {
    uint32_t first;    /* block */
    uint32_t blocks;
    float radius;      /* the farthest row's distance from the centroid */
    float variance;    /* bound on the mean of (d . v)^2 over rows d - centroid, for unit v */
    float offset;      /* distance of the centroid from the mean of the rows */
    float norm;        /* of the centroid */
    float row_norm;    /* of the longest row */
    /*
     * What a block's three bounds say of its worst row, these say of all rows of the cluster: the
     * largest root of the sum of (v . row's remainder, or coordinates)^2, for unit v.
     */
    float spread_along;
    float spread_across;
    float spread_leading;
} ScreenCluster;

/* Upper bounds over the rows of a block of what the leading coordinates leave of row - centroid. */
typedef struct ScreenBlock {
    float along;   /* norm of the remainder's part within the span of the directions */
    float across;  /* norm of the remainder's part orthogonal to it */
    float leading; /* norm of the stored leading coordinates */
    float reserved; /* 0 */
} ScreenBlock;

typedef struct ScreenSection {
    int hot_blocks;  /* blocks before the first cluster */
    int untrained_block; /* from here on untrained rows, which are seldom scored */
    int blocks;      /* all */
    int clusters;
    int leading;     /* coordinates per row, a multiple of 96; dim: the columns themselves */
    float skew;      /* bound on the spectral norm of V' V - 1, V the directions */
    const ScreenCluster *cluster; /* (clusters), back to back from hot_blocks on */
    const ScreenBlock *block;     /* (blocks - hot_blocks) */
    const float *centroids;       /* (clusters, dim) */
    Matrix directions;            /* fp32 (leading, dim): V'; no rows where leading is dim */
    Matrix coordinates;           /* int8 ((blocks - hot_blocks) * 32, leading) */
} ScreenSection;

/* Byte offsets of the parts for these counts; `end` is the size of the section. */
typedef struct ScreenLayout {
    size_t cluster;
    size_t block;
    size_t centroids;
    size_t directions;
    size_t coordinates;
    size_t end;
} ScreenLayout;

ScreenLayout screen_layout(int dim, int blocks, int hot_blocks, int clusters, int leading);

/* Whether it is of a version before this one: such a pack is told from without screening. */
bool screen_section_is_older(const Model *model);

/* Views model->screen, which must not be empty; refuses what does not fit the model. */
bool screen_section_read(ScreenSection *section, const Model *model, Fault *fault);

#endif
