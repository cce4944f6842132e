#include "pack/screen_build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/embedding.h"
#include "pack/algebra.h"
#include "pack/quantise.h"
#include "screen/section.h"

/* Blocks of a cluster of warm rows, which are ordered by frequency. */
enum { WARM_CLUSTER_BLOCKS = 16 };

/* The most frequent rows, whose covariance gives the directions. */
enum { ROWS_FOR_DIRECTIONS = 2048 };

/* Rounds up to a float, with a margin for the rounding of the double itself. */
static float up(double x)
{
    float y = (float)(x * (1.0 + 1e-9));
    return (double)y < x * (1.0 + 1e-9) ? nextafterf(y, INFINITY) : y;
}

typedef struct Builder {
    const StoredRows *stored;
    int dim;
    int vocab;
    int leading;
    ScreenSection s;
    ScreenCluster cluster[SCREEN_MAX_CLUSTERS];
    uint8_t *out;
    ScreenLayout layout;
    float *row;         /* (dim) */
    double *matrix;     /* (dim, dim) */
    double *scratch;    /* (dim, dim) */
    double *directions; /* (leading, dim), the rounded values that the section holds */
    double *centroids;  /* (clusters, dim), likewise */
    double *rest;       /* (dim) */
    double *sums[3];    /* (dim, dim): of outer products, for the cluster's three spreads */
    float *leads;       /* (32, leading) */
} Builder;

void stored_row(const StoredRows *stored, int row, float *out)
{
    const RowOrder *order = stored->order;
    int from = row > order->duplicate_row ? order->duplicate_row : row;
    if (stored->packed.data)
        matrix_row(&stored->packed, row, out);
    else
        classifier_row(stored->model, (int)order->token_of_row[from], out);
}

static double norm_of(const double *v, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += v[i] * v[i];
    return sqrt(sum);
}

static double dot(const double *a, const double *b, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Warm rows in clusters of equal size, untrained rows in two: the nearest 9/10 and the rest. */
static void choose_clusters(Builder *b)
{
    ScreenSection *s = &b->s;
    int cold = b->stored->order->cold_row / BLOCK_ROWS;
    cold = cold < s->hot_blocks ? s->hot_blocks : cold > s->blocks ? s->blocks : cold;
    s->untrained_block = cold;
    int size = WARM_CLUSTER_BLOCKS;
    while ((cold - s->hot_blocks + size - 1) / size > SCREEN_MAX_CLUSTERS - 2)
        size *= 2;
    for (int first = s->hot_blocks; first < cold; first += size)
        b->cluster[s->clusters++] = (ScreenCluster){
            .first = (uint32_t)first,
            .blocks = (uint32_t)(first + size > cold ? cold - first : size),
        };
    int near = (s->blocks - cold) * 9 / 10;
    if (near)
        b->cluster[s->clusters++] = (ScreenCluster){ .first = (uint32_t)cold,
                                                     .blocks = (uint32_t)near };
    if (cold + near < s->blocks)
        b->cluster[s->clusters++] = (ScreenCluster){
            .first = (uint32_t)(cold + near), .blocks = (uint32_t)(s->blocks - cold - near),
        };
}

static int first_row(const ScreenCluster *c)
{
    return (int)c->first * BLOCK_ROWS;
}

static int end_row(const Builder *b, const ScreenCluster *c)
{
    int end = (int)(c->first + c->blocks) * BLOCK_ROWS;
    return end < b->vocab ? end : b->vocab;
}

static void mean_of_rows(Builder *b, int first, int end, double *mean)
{
    memset(mean, 0, (size_t)b->dim * sizeof *mean);
    for (int row = first; row < end; row++) {
        stored_row(b->stored, row, b->row);
        for (int i = 0; i < b->dim; i++)
            mean[i] += b->row[i];
    }
    for (int i = 0; i < b->dim && end > first; i++)
        mean[i] /= end - first;
}

/* The directions in which frequent rows differ most: principal components, weighted. */
static void choose_directions(Builder *b)
{
    if (b->leading == b->dim)
        return;
    int rows = b->vocab < ROWS_FOR_DIRECTIONS ? b->vocab : ROWS_FOR_DIRECTIONS;
    mean_of_rows(b, 0, rows, b->rest);
    memset(b->matrix, 0, (size_t)b->dim * (size_t)b->dim * sizeof *b->matrix);
    double mean[SCREEN_MAX_DIM], difference[SCREEN_MAX_DIM];
    memcpy(mean, b->rest, (size_t)b->dim * sizeof *mean);
    for (int row = 0; row < rows; row++) {
        stored_row(b->stored, row, b->row);
        for (int i = 0; i < b->dim; i++)
            difference[i] = b->row[i] - mean[i];
        add_outer_product(b->matrix, difference, b->dim, 1.0 / sqrt(row + 1.0));
    }
    complete_symmetric(b->matrix, b->dim);
    leading_directions(b->directions, b->leading, b->matrix, b->dim, b->scratch);
    for (int i = 0; i < b->leading * b->dim; i++)
        b->directions[i] = (float)b->directions[i];
}

/* ||V'V - 1|| in the Frobenius norm, which is no less than the spectral norm. */
static double skew_of(const Builder *b)
{
    double sum = 0.0;
    for (int i = 0; i < b->leading && b->leading < b->dim; i++)
        for (int j = 0; j < b->leading; j++) {
            double d = dot(b->directions + (size_t)i * (size_t)b->dim,
                           b->directions + (size_t)j * (size_t)b->dim, b->dim) - (i == j);
            sum += d * d;
        }
    return sqrt(sum);
}

static void measure_cluster(Builder *b, int index)
{
    ScreenCluster *c = &b->cluster[index];
    int first = first_row(c), end = end_row(b, c), dim = b->dim;
    double *centroid = b->centroids + (size_t)index * (size_t)dim;
    double mean[SCREEN_MAX_DIM], difference[SCREEN_MAX_DIM], radius = 0.0, longest = 0.0;
    mean_of_rows(b, first, end, mean);
    for (int i = 0; i < dim; i++) {
        centroid[i] = (float)mean[i];
        difference[i] = centroid[i] - mean[i];
    }
    c->offset = up(norm_of(difference, dim) + 1e-12);
    c->norm = up(norm_of(centroid, dim));
    memset(b->matrix, 0, (size_t)dim * (size_t)dim * sizeof *b->matrix);
    for (int row = first; row < end; row++) {
        double length = 0.0;
        stored_row(b->stored, row, b->row);
        for (int i = 0; i < dim; i++) {
            difference[i] = b->row[i] - centroid[i];
            length += (double)b->row[i] * b->row[i];
        }
        radius = fmax(radius, norm_of(difference, dim));
        longest = fmax(longest, sqrt(length));
        add_outer_product(b->matrix, difference, dim, 1.0 / (end - first));
    }
    complete_symmetric(b->matrix, dim);
    c->radius = up(radius);
    c->row_norm = up(longest);
    c->variance = up(largest_eigenvalue_bound(b->matrix, dim, b->scratch));
}

/* Subtracts from v its components along the directions, adds them to `along`; their norm. */
static double take_along(const Builder *b, double *v, double *along)
{
    int dim = b->dim;
    double here[SCREEN_MAX_DIM];
    for (int k = 0; k < b->leading; k++)
        here[k] = dot(b->directions + (size_t)k * (size_t)dim, v, dim);
    for (int k = 0; k < b->leading; k++) {
        for (int i = 0; i < dim; i++)
            v[i] -= here[k] * b->directions[(size_t)k * (size_t)dim + (size_t)i];
        along[k] += here[k];
    }
    return norm_of(here, b->leading);
}

/* Raises the bounds of a block by what the coordinates `lead` leave of row - centroid. */
static void measure_rest(Builder *b, const double *centroid, const float *lead, ScreenBlock *block)
{
    int dim = b->dim;
    double leading = 0.0, along, across = 0.0, lead_row[SCREEN_MAX_DIM];
    double along_row[SCREEN_MAX_DIM] = {0};
    bool all = b->leading == dim;
    for (int i = 0; i < dim; i++)
        b->rest[i] = b->row[i] - centroid[i] - (all ? lead[i] : 0.0f);
    for (int k = 0; k < b->leading; k++) {
        const double *v = b->directions + (size_t)k * (size_t)dim;
        leading += (double)lead[k] * lead[k];
        lead_row[k] = lead[k];
        for (int i = 0; i < dim && !all; i++)
            b->rest[i] -= lead[k] * v[i];
    }
    if (all) {
        along = norm_of(b->rest, dim);
        memcpy(along_row, b->rest, (size_t)dim * sizeof *along_row);
    } else { /* a second pass, because the first leaves its rounding along the directions */
        along = take_along(b, b->rest, along_row);
        across = norm_of(b->rest, dim);
        add_outer_product(b->sums[1], b->rest, dim, 1.0);
        along += take_along(b, b->rest, along_row);
    }
    add_outer_product(b->sums[0], along_row, b->leading, 1.0);
    add_outer_product(b->sums[2], lead_row, b->leading, 1.0);
    block->along = fmaxf(block->along, up(along + 1e-12));
    block->across = fmaxf(block->across, up(across + 1e-12));
    block->leading = fmaxf(block->leading, up(sqrt(leading)));
}

static void put_block(Builder *b, int cluster, int at)
{
    const double *centroid = b->centroids + (size_t)cluster * (size_t)b->dim;
    int first = at * BLOCK_ROWS, dim = b->dim, skipped = at - b->s.hot_blocks;
    int end = first + BLOCK_ROWS < b->vocab ? first + BLOCK_ROWS : b->vocab;
    size_t bytes = block_bytes(CODING_INT8, b->leading, SCREEN_GROUP);
    uint8_t *record = b->out + b->layout.coordinates + (size_t)skipped * bytes;
    ScreenBlock *bound = (ScreenBlock *)(void *)(b->out + b->layout.block) + skipped;
    memset(b->leads, 0, BLOCK_ROWS * (size_t)b->leading * sizeof *b->leads);
    for (int row = first; row < end; row++) {
        stored_row(b->stored, row, b->row);
        for (int i = 0; i < dim; i++)
            b->rest[i] = b->row[i] - centroid[i];
        for (int k = 0; k < b->leading; k++)
            b->leads[(row - first) * b->leading + k] = (float)(b->leading == dim
                ? b->rest[k] : dot(b->directions + (size_t)k * (size_t)dim, b->rest, dim));
    }
    quantise_block(b->leads, b->leading, SCREEN_GROUP, CODING_INT8, record);
    Matrix packed = { .coding = CODING_INT8, .rows = BLOCK_ROWS, .cols = b->leading,
                      .group = SCREEN_GROUP, .data = record };
    for (int row = first; row < end; row++) {
        stored_row(b->stored, row, b->row);
        matrix_row(&packed, row - first, b->leads);
        measure_rest(b, centroid, b->leads, bound);
    }
}

/* Coordinates and bounds of a cluster's rows. */
static void put_cluster(Builder *b, int index)
{
    ScreenCluster *c = &b->cluster[index];
    float *spread[3] = { &c->spread_along, &c->spread_across, &c->spread_leading };
    for (int i = 0; i < 3; i++)
        memset(b->sums[i], 0, (size_t)b->dim * (size_t)b->dim * sizeof *b->sums[i]);
    for (uint32_t i = 0; i < c->blocks; i++)
        put_block(b, index, (int)(c->first + i));
    for (int i = 0; i < 3; i++) {
        int n = i == 1 ? b->dim : b->leading;
        complete_symmetric(b->sums[i], n);
        *spread[i] = up(sqrt(largest_eigenvalue_bound(b->sums[i], n, b->scratch)) + 1e-9);
    }
}

/* Row r of the interleaved fp32 matrix of directions and centroids. */
static void put_direction(Builder *b, int r, const double *v)
{
    float *block = (float *)(void *)(b->out + b->layout.directions)
        + (size_t)(r / BLOCK_ROWS) * (size_t)b->dim * BLOCK_ROWS;
    for (int i = 0; i < b->dim; i++)
        block[i * BLOCK_ROWS + r % BLOCK_ROWS] = (float)v[i];
}

static void put_header(Builder *b, double skew)
{
    uint32_t counts[4] = { SCREEN_VERSION, (uint32_t)b->s.hot_blocks, (uint32_t)b->s.clusters,
                           (uint32_t)b->leading };
    float rounded = up(skew);
    memcpy(b->out, counts, sizeof counts);
    uint32_t untrained = (uint32_t)b->s.untrained_block;
    memcpy(b->out + 16, &rounded, sizeof rounded);
    memcpy(b->out + 20, &untrained, sizeof untrained);
}

static void build(Builder *b)
{
    choose_directions(b);
    for (int c = 0; c < b->s.clusters; c++)
        measure_cluster(b, c);
    put_header(b, skew_of(b));
    for (int k = 0; k < b->leading && b->leading < b->dim; k++)
        put_direction(b, k, b->directions + (size_t)k * (size_t)b->dim);
    float *centroids = (float *)(void *)(b->out + b->layout.centroids);
    for (int c = 0; c < b->s.clusters; c++) {
        for (int i = 0; i < b->dim; i++)
            centroids[c * b->dim + i] = (float)b->centroids[c * b->dim + i];
        put_cluster(b, c);
    }
    memcpy(b->out + b->layout.cluster, b->cluster, (size_t)b->s.clusters * sizeof *b->cluster);
}

bool screen_build(const StoredRows *stored, int leading, uint8_t **section, size_t *size,
                  Fault *fault)
{
    const Shape *shape = &stored->model->shape;
    size_t dim = (size_t)shape->dim;
    Builder b = { .stored = stored, .dim = shape->dim, .vocab = shape->vocab, .leading = leading };
    b.s.blocks = blocks_of(shape->vocab);
    b.s.hot_blocks = stored->order->hot_rows / BLOCK_ROWS;
    choose_clusters(&b);
    b.layout = screen_layout(b.dim, b.s.blocks, b.s.hot_blocks, b.s.clusters, leading);
    b.row = malloc(dim * sizeof(float));
    b.matrix = malloc(dim * dim * sizeof(double));
    b.scratch = malloc(dim * dim * sizeof(double));
    b.directions = malloc((size_t)leading * dim * sizeof(double));
    b.centroids = malloc(SCREEN_MAX_CLUSTERS * dim * sizeof(double));
    b.rest = malloc(dim * sizeof(double));
    double *sums = malloc(3 * dim * dim * sizeof(double));
    b.leads = malloc(BLOCK_ROWS * (size_t)leading * sizeof(float));
    b.out = calloc(1, b.layout.end);
    bool enough = b.row && b.matrix && b.scratch && b.directions && b.centroids && b.rest
        && b.leads && b.out && sums;
    if (enough) {
        for (size_t i = 0; i < 3; i++)
            b.sums[i] = sums + i * dim * dim;
        build(&b);
    }
    free(b.row);
    free(b.matrix);
    free(b.scratch);
    free(b.directions);
    free(b.centroids);
    free(b.rest);
    free(sums);
    free(b.leads);
    if (!enough) {
        free(b.out);
        return fault_set(fault, FAULT_MEMORY, "not enough memory to plan the screening");
    }
    *section = b.out;
    *size = b.layout.end;
    return true;
}
