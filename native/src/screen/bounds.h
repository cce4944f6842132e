/* Bounds on the logits of skipped rows for the current hidden state. */
#ifndef STORYTELLER_SCREEN_BOUNDS_H
#define STORYTELLER_SCREEN_BOUNDS_H

#include "infer/transformer.h"
#include "screen/section.h"

/* What does not depend on the cluster; norms are upper bounds. */
typedef struct ScreenBounds {
    const ScreenSection *section;
    const Kernels *kernels;
    Activations state;     /* fp32 copy of what the classifier multiplies, (dim) */
    Activations leading;   /* its leading coordinates, quantised */
    float *scores;         /* of the skippable rows from their coordinates, without the centroid */
    double norm;           /* of the state */
    double across;         /* of its part orthogonal to the directions */
    double along;          /* of its part within their span */
    double coordinate_error; /* of the quantised coordinates */
    double score_rounding; /* of a score, per unit of the coordinates' norm */
    double rounding;       /* of a float sum of dim products, per unit of the row's norm */
    double logit_rounding; /* the same of the classifier, whose integer products are exact */
    double centre[SCREEN_MAX_CLUSTERS]; /* centroids times state */
    ScreenBlock worst[SCREEN_MAX_CLUSTERS]; /* of each cluster's blocks */
    void *memory;          /* one allocation for all buffers */
} ScreenBounds;

bool screen_bounds_open(ScreenBounds *bounds, const ScreenSection *section, const Model *model,
                        Fault *fault);

void screen_bounds_close(ScreenBounds *bounds);

/* Computes the fields above for the hidden state in t->normed. */
void screen_bounds_start(ScreenBounds *bounds, const Transformer *t);

/* Every logit of the cluster lies within `reach` of `centre`. */
typedef struct ClusterBound {
    double centre;
    double reach;
} ClusterBound;

ClusterBound screen_bounds_cluster(const ScreenBounds *bounds, int cluster);

/*
 * Bounds on the sum of exp(logit / temperature - shift) over a cluster's `rows` rows: Jensen's
 * inequality from below, Bennett's from above.
 */
void screen_bounds_cluster_mass(const ScreenBounds *bounds, int cluster, int rows,
                                double temperature, double shift, double *least, double *most);

/* Fills bounds->scores for all blocks of a cluster. */
void screen_bounds_score(ScreenBounds *bounds, int cluster);

/* Every logit of the block is within the returned distance of its score + the cluster's centre. */
double screen_bounds_block_reach(const ScreenBounds *bounds, int cluster, int block);

/* The largest of these distances over the blocks of a cluster. */
double screen_bounds_reach(const ScreenBounds *bounds, int cluster);

/* The root of the sum of the squares of these distances over any `rows` rows of a cluster. */
double screen_bounds_spread(const ScreenBounds *bounds, int cluster, int rows);

/* The scores of a block of a cluster for which screen_bounds_score was called, (32). */
static inline float *screen_bounds_scores(const ScreenBounds *bounds, int block)
{
    return bounds->scores + (size_t)(block - bounds->section->hot_blocks) * BLOCK_ROWS;
}

#endif
