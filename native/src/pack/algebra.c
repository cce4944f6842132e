#include "pack/algebra.h"

#include <math.h>
#include <string.h>

enum { ITERATIONS = 24 };

void add_outer_product(double *sum, const double *v, int n, double scale)
{
    for (int i = 0; i < n; i++) {
        double factor = scale * v[i];
        double *row = sum + (size_t)i * (size_t)n;
        for (int j = i; j < n; j++)
            row[j] += factor * v[j];
    }
}

void complete_symmetric(double *matrix, int n)
{
    size_t width = (size_t)n;
    for (size_t i = 0; i < width; i++)
        for (size_t j = 0; j < i; j++)
            matrix[i * width + j] = matrix[j * width + i];
}

static double dot(const double *a, const double *b, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Gram-Schmidt, two passes for each row, which leaves rounding errors only. */
static void orthonormalise(double *rows, int count, int n)
{
    for (int i = 0; i < count; i++) {
        double *row = rows + (size_t)i * (size_t)n;
        for (int pass = 0; pass < 2; pass++)
            for (int j = 0; j < i; j++) {
                const double *other = rows + (size_t)j * (size_t)n;
                double along = dot(row, other, n);
                for (int k = 0; k < n; k++)
                    row[k] -= along * other[k];
            }
        double norm = sqrt(dot(row, row, n));
        for (int k = 0; k < n; k++)
            row[k] = norm > 0.0 ? row[k] / norm : 0.0;
    }
}

void leading_directions(double *rows, int count, const double *matrix, int n, double *scratch)
{
    size_t width = (size_t)n;
    unsigned state = 1;
    for (size_t i = 0; i < (size_t)count * width; i++) {
        state = state * 1664525u + 1013904223u;
        rows[i] = (double)(state >> 8) / 16777216.0 - 0.5;
    }
    orthonormalise(rows, count, n);
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        memset(scratch, 0, (size_t)count * width * sizeof *scratch);
        for (size_t i = 0; i < (size_t)count; i++)
            for (size_t k = 0; k < width; k++) {
                double factor = rows[i * width + k];
                for (size_t j = 0; j < width; j++)
                    scratch[i * width + j] += factor * matrix[k * width + j];
            }
        memcpy(rows, scratch, (size_t)count * width * sizeof *rows);
        orthonormalise(rows, count, n);
    }
}

static double frobenius(const double *matrix, int n)
{
    return sqrt(dot(matrix, matrix, n * n));
}

static void square(double *out, const double *matrix, size_t n)
{
    memset(out, 0, n * n * sizeof *out);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            double factor = matrix[i * n + k];
            for (size_t j = 0; j < n; j++)
                out[i * n + j] += factor * matrix[k * n + j];
        }
}

double largest_eigenvalue_bound(double *matrix, int n, double *scratch)
{
    /* scaled to norm 1 before each squaring, so that nothing over- or underflows */
    double bound = 0.0, power = 1.0;
    size_t count = (size_t)n * (size_t)n;
    for (int round = 0;; round++) {
        double norm = frobenius(matrix, n);
        if (!(norm > 0.0))
            return 0.0;
        bound += log(norm) * power;
        if (round == 4)
            break;
        for (size_t i = 0; i < count; i++)
            scratch[i] = matrix[i] / norm;
        square(matrix, scratch, (size_t)n);
        power /= 2.0;
    }
    return exp(bound) * (1.0 + 1e-9);
}
