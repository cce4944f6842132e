/* Steps that the layers and the classifier share: norm, quantisation, products by all threads. */
#ifndef STORYTELLER_INFER_FORWARD_H
#define STORYTELLER_INFER_FORWARD_H

#include "infer/transformer.h"

/* Most matrices that are multiplied with the same input in one job: wq wk wv, or w1 w3. */
enum { MOST_TOGETHER = 3 };

typedef struct MatmulJob {
    const Kernels *kernels;
    const Matrix *matrices[MOST_TOGETHER];
    float *outputs[MOST_TOGETHER];
    int strides[MOST_TOGETHER];
    int count;
    const Activations *input;
    int n;
} MatmulJob;

/* Floats between two positions of a buffer that a product with `cols` outputs fills. */
static inline int stride_of(int cols)
{
    return padded_cols(cols, 0);
}

/* Adds a product of the job's input to a zeroed job. */
void forward_add(MatmulJob *job, const Matrix *matrix, float *output, int stride);

/* Multiplies all matrices of the job with the first n positions of `input`. */
void forward_multiply(Transformer *t, MatmulJob *job, const Activations *input, int n);

/* Fills q, scale and sum from f for the first n positions, if the weights are quantised. */
void forward_quantise(const Transformer *t, Activations *a, int n);

/* Norms n positions of the residual stream `x` into t->normed, ready for the next products. */
void forward_normalise(Transformer *t, const float *x, const float *weight, int n);

#endif
