/* The little linear algebra that planning needs, on small symmetric matrices of doubles. */
#ifndef STORYTELLER_PACK_ALGEBRA_H
#define STORYTELLER_PACK_ALGEBRA_H

/* sum += scale * v v', for v (n) of floats and sum (n, n); only the upper triangle is filled. */
void add_outer_product(double *sum, const double *v, int n, double scale);

/* Copies the upper triangle of (n, n) to the lower. */
void complete_symmetric(double *matrix, int n);

/*
 * Nearly orthonormal rows (count, n) that span about the largest eigenvalues' directions of a
 * symmetric positive matrix (n, n), by subspace iteration. `scratch` holds (count, n).
 */
void leading_directions(double *rows, int count, const double *matrix, int n, double *scratch);

/*
 * A bound from above on the largest eigenvalue of a symmetric positive matrix (n, n), within
 * n^(1/32) of it: ||M^16||_F^(1/16). Overwrites both.
 */
double largest_eigenvalue_bound(double *matrix, int n, double *scratch);

#endif
