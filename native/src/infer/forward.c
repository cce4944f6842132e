#include "infer/forward.h"

#include "kernels/scalar.h"

/* Each part takes an equal range of the blocks of all matrices, counted through. */
static void matmul_part(void *context, int part, int parts)
{
    const MatmulJob *job = context;
    int all = 0, before = 0;
    for (int m = 0; m < job->count; m++)
        all += blocks_of(job->matrices[m]->rows);
    int first = (int)((long)all * part / parts), last = (int)((long)all * (part + 1) / parts);
    for (int m = 0; m < job->count; m++) {
        const Matrix *matrix = job->matrices[m];
        int blocks = blocks_of(matrix->rows);
        int from = first - before < 0 ? 0 : first - before;
        int to = last - before > blocks ? blocks : last - before;
        if (from < to)
            job->kernels->matmul[matrix->coding](job->outputs[m] + (size_t)from * BLOCK_ROWS,
                                                 job->strides[m], matrix, from, to, job->input,
                                                 job->n);
        before += blocks;
    }
}

void forward_add(MatmulJob *job, const Matrix *matrix, float *output, int stride)
{
    job->matrices[job->count] = matrix;
    job->outputs[job->count] = output;
    job->strides[job->count++] = stride;
}

void forward_multiply(Transformer *t, MatmulJob *job, const Activations *input, int n)
{
    job->kernels = t->kernels;
    job->input = input;
    job->n = n;
    thread_pool_run(t->pool, matmul_part, job);
}

void forward_quantise(const Transformer *t, Activations *a, int n)
{
    if (!a->group)
        return;
    size_t stride = (size_t)a->stride, groups = stride / (size_t)a->group;
    bool as_runq = t->model->classifier.coding == CODING_Q80_ROWS;
    for (size_t i = 0; i < (size_t)n; i++) {
        const float *f = a->f + i * (size_t)a->f_stride;
        int8_t *q = a->q + i * stride;
        float *scale = a->scale + i * groups;
        int32_t *sum = a->sum + i * groups;
        if (as_runq)
            scalar_quantise_q80(f, a->cols, a->group, q, scale, sum);
        else
            t->kernels->quantise(f, a->cols, a->stride, a->group, q, scale, sum);
    }
}

void forward_normalise(Transformer *t, const float *x, const float *weight, int n)
{
    int dim = t->model->shape.dim;
    for (int i = 0; i < n; i++)
        t->kernels->rmsnorm(t->normed.f + (size_t)i * (size_t)t->normed.f_stride,
                            x + (size_t)i * (size_t)stride_of(dim), weight, dim);
    forward_quantise(t, &t->normed, n);
}
