#include "screen/bounds.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Unit roundoff of float, and a factor that covers the rounding of the doubles themselves. */
#define ROUNDOFF 0x1p-24
#define OUTWARD (1.0 + 1e-9)
#define UNDERFLOW 1e-30 /* exceeds the sum of all products lost to underflow */

enum { LINE = 64 };

typedef struct Parts {
    size_t state, coordinates, q, scale, sum, scores, end;
} Parts;

static size_t after(size_t at, size_t count, size_t size)
{
    return at + (count * size + LINE - 1) / LINE * LINE;
}

static Parts parts_of(const ScreenSection *s, int dim)
{
    size_t leading = (size_t)s->leading, groups = leading / SCREEN_GROUP;
    Parts p = { .state = 0 };
    p.coordinates = after(p.state, (size_t)padded_cols(dim, 0), sizeof(float));
    p.q = after(p.coordinates, leading, sizeof(float));
    p.scale = after(p.q, leading, 1);
    p.sum = after(p.scale, groups, sizeof(float));
    p.scores = after(p.sum, groups, sizeof(int32_t));
    p.end = after(p.scores, (size_t)s->coordinates.rows, sizeof(float));
    return p;
}

/* The largest bounds of a cluster's blocks. */
static ScreenBlock worst_of(const ScreenSection *s, int cluster)
{
    ScreenBlock worst = {0};
    const ScreenBlock *block = &s->block[(int)s->cluster[cluster].first - s->hot_blocks];
    for (const ScreenBlock *end = block + s->cluster[cluster].blocks; block < end; block++)
        worst = (ScreenBlock){ .along = fmaxf(worst.along, block->along),
                               .across = fmaxf(worst.across, block->across),
                               .leading = fmaxf(worst.leading, block->leading) };
    return worst;
}

bool screen_bounds_open(ScreenBounds *b, const ScreenSection *section, const Model *model,
                        Fault *fault)
{
    int dim = model->shape.dim, stride = padded_cols(dim, 0);
    Parts p = parts_of(section, dim);
    *b = (ScreenBounds){ .section = section };
    b->memory = aligned_alloc(LINE, p.end);
    if (!b->memory)
        return fault_set(fault, FAULT_MEMORY, "not enough memory to screen %d rows",
                         section->coordinates.rows);
    uint8_t *m = b->memory;
    b->state = (Activations){ .cols = dim, .stride = stride, .f_stride = stride,
                              .f = (void *)(m + p.state) };
    b->leading = (Activations){
        .cols = section->leading, .stride = section->leading, .f_stride = section->leading,
        .group = SCREEN_GROUP, .f = (void *)(m + p.coordinates), .q = (void *)(m + p.q),
        .scale = (void *)(m + p.scale), .sum = (void *)(m + p.sum),
    };
    b->scores = (void *)(m + p.scores);
    for (int c = 0; c < section->clusters; c++)
        b->worst[c] = worst_of(section, c);
    return true;
}

void screen_bounds_close(ScreenBounds *bounds)
{
    free(bounds->memory);
    *bounds = (ScreenBounds){0};
}

/* The state as the classifier multiplies it, quantised or not. */
static void copy_state(ScreenBounds *b, const Activations *normed)
{
    for (int j = 0; j < b->state.cols; j++)
        b->state.f[j] = normed->group
            ? (float)normed->q[j] * normed->scale[j / normed->group] : normed->f[j];
}

static double norm_of(const float *v, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += (double)v[i] * v[i];
    return sqrt(sum) * OUTWARD;
}

/* Distance of the leading coordinates from their quantised values. */
static double quantisation_error(const Activations *a)
{
    double sum = 0.0;
    for (int k = 0; k < a->cols; k++) {
        double error = (double)a->f[k] - (double)a->q[k] * a->scale[k / a->group];
        sum += error * error;
    }
    return sqrt(sum) * OUTWARD;
}

/* In double, because its error scales the weights of a whole cluster. */
static double centre_of(const ScreenBounds *b, int cluster)
{
    int dim = b->state.cols, i = 0;
    const float *centroid = b->section->centroids + (size_t)cluster * (size_t)dim;
    double sums[4] = {0};
    for (; i + 4 <= dim; i += 4)
        for (int lane = 0; lane < 4; lane++)
            sums[lane] += (double)centroid[i + lane] * b->state.f[i + lane];
    for (; i < dim; i++)
        sums[0] += (double)centroid[i] * b->state.f[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

void screen_bounds_start(ScreenBounds *b, const Transformer *t)
{
    const ScreenSection *s = b->section;
    int leading = s->leading, dim = b->state.cols;
    b->kernels = t->kernels;
    copy_state(b, &t->normed);
    if (s->directions.rows)
        b->kernels->matmul[CODING_F32](b->leading.f, 0, &s->directions, 0, leading / BLOCK_ROWS,
                                       &b->state, 1);
    else
        memcpy(b->leading.f, b->state.f, (size_t)leading * sizeof *b->state.f);
    b->kernels->quantise(b->leading.f, leading, leading, SCREEN_GROUP, b->leading.q,
                         b->leading.scale, b->leading.sum);
    /* a float sum of dim products is off by at most (dim + 4) roundoffs of the norms' product */
    b->norm = norm_of(b->state.f, dim) * (1.0 + 4.0 * ROUNDOFF);
    b->rounding = (dim + 4) * (1.01 * ROUNDOFF) * b->norm;
    int sums = t->normed.group ? t->normed.stride / t->normed.group : dim;
    b->logit_rounding = (sums + 4) * (1.01 * ROUNDOFF) * b->norm;
    for (int c = 0; c < s->clusters; c++)
        b->centre[c] = centre_of(b, c);
    double measured = norm_of(b->leading.f, leading);
    double error = sqrt((double)leading) * b->rounding * (1.0 + s->skew);
    double least = fmax(0.0, measured * (1.0 - 1e-8) - error);
    b->along = measured + error;
    b->across = sqrt(fmax(0.0, b->norm * b->norm - least * least * (1.0 - s->skew))
                     + 1e-9 * b->norm * b->norm);
    /* the integer products are exact; their float sum over the groups is not */
    b->coordinate_error = quantisation_error(&b->leading) + error;
    b->score_rounding = (leading / SCREEN_GROUP + 3) * (1.01 * ROUNDOFF) * 2.0 * b->along;
}

/* Bound on the rounding errors of the centre and of the logits. */
static double rounding_of(const ScreenBounds *b, int cluster)
{
    const ScreenCluster *c = &b->section->cluster[cluster];
    double centre = 2.0 * ROUNDOFF * b->norm * c->norm; /* of the copied state */
    return (centre + b->logit_rounding * c->row_norm) * OUTWARD + UNDERFLOW;
}

ClusterBound screen_bounds_cluster(const ScreenBounds *b, int cluster)
{
    const ScreenCluster *c = &b->section->cluster[cluster];
    double reach = c->radius * b->norm * OUTWARD + rounding_of(b, cluster);
    return (ClusterBound){ b->centre[cluster], reach };
}

void screen_bounds_cluster_mass(const ScreenBounds *b, int cluster, int rows, double temperature,
                                double shift, double *least, double *most)
{
    const ScreenCluster *c = &b->section->cluster[cluster];
    double rounding = rounding_of(b, cluster), scale = b->norm / temperature;
    double offset = c->offset * scale + rounding / temperature;
    double centre = b->centre[cluster] / temperature - shift;
    double variance = c->variance * scale * scale;
    double reach = (c->radius + c->offset) * scale + 1e-9;
    double square = reach * reach;
    double spread = (variance * exp(reach) + square * exp(-variance / reach)) / (square + variance);
    *least = rows * exp(centre - offset) * (1.0 - 1e-6);
    *most = rows * exp(centre + offset) * fmin(spread, exp(reach)) * (1.0 + 1e-6);
}

void screen_bounds_score(ScreenBounds *b, int cluster)
{
    const ScreenSection *s = b->section;
    int first = (int)s->cluster[cluster].first - s->hot_blocks;
    b->kernels->matmul[CODING_INT8](b->scores + (size_t)first * BLOCK_ROWS, 0, &s->coordinates,
                                    first, first + (int)s->cluster[cluster].blocks, &b->leading, 1);
}

static double reach_of(const ScreenBounds *b, int cluster, const ScreenBlock *bound)
{
    return (bound->along * b->along + bound->across * b->across
            + bound->leading * (b->coordinate_error + b->score_rounding)
            + rounding_of(b, cluster)) * OUTWARD;
}

double screen_bounds_block_reach(const ScreenBounds *b, int cluster, int block)
{
    return reach_of(b, cluster, &b->section->block[block - b->section->hot_blocks]);
}

double screen_bounds_reach(const ScreenBounds *b, int cluster)
{
    return reach_of(b, cluster, &b->worst[cluster]);
}

double screen_bounds_spread(const ScreenBounds *b, int cluster, int rows)
{
    const ScreenCluster *c = &b->section->cluster[cluster];
    double rounding = b->worst[cluster].leading * b->score_rounding + rounding_of(b, cluster);
    return (c->spread_along * b->along + c->spread_across * b->across
            + c->spread_leading * b->coordinate_error + sqrt((double)rows) * rounding) * OUTWARD;
}
