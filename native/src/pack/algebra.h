/* Linear algebra for planning the screen, on small symmetric matrices of doubles. */
#ifndef STORYTELLER_PACK_ALGEBRA_H
#define STORYTELLER_PACK_ALGEBRA_H

/* sum += scale * v v', for v (n) of floats and sum (n, n); only the upper triangle is filled. */
void add_outer_product(double *sum, const double *v, int n, double scale);

/* Copies the upper triangle of (n, n) to the lower. */
void complete_symmetric(double *matrix, int n);

/*
 * Nearly orthonormal rows (count, n) that approximately span the eigenvectors of the largest
 * eigenvalues of a positive semidefinite matrix (n, n), by subspace iteration. `scratch` holds
 * (count, n).
 */
void leading_directions(double *rows, int count, const double *matrix, int n, double *scratch);

/*
 * An upper bound on the largest eigenvalue of a positive semidefinite matrix M (n, n), at most
 * n^(1/32) times it: ||M^16||_F^(1/16). Overwrites `matrix` and `scratch`, (n, n) each.
 */
double largest_eigenvalue_bound(double *matrix, int n, double *scratch);

#endif
