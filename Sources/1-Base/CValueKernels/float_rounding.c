#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "float64_vectors.h"
#include "qcc_float.h"

QCC_INLINE bool inverse_cholesky_body(int64_t n, const double *a, double *l, double *m) {
  // Row by row of L, whose elements are dot products of its earlier rows.
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < i; j++) {
      l[i * n + j] = (a[j * n + i] - qcc_dot(j, l + i * n, l + j * n)) / l[j * n + j];
    }
    const double square = a[i * n + i] - qcc_dot(i, l + i * n, l + i * n);
    if (!(square > 0)) return false;
    l[i * n + i] = __builtin_sqrt(square);
  }
  // L M = 1
  for (int64_t i = 0; i < n; i++) {
    double *row = m + i * n;
    for (int64_t j = 0; j < n; j++) row[j] = 0;
    for (int64_t j = 0; j < i; j++) qcc_add_multiple(j + 1, -l[i * n + j], m + j * n, row);
    row[i] = 1;
    for (int64_t j = 0; j <= i; j++) row[j] /= l[i * n + i];
  }
  return true;
}

QCC_DISPATCH_RESULT(
  bool, qcc_inverse_cholesky_f64, (int64_t n, const double *a, double *l, double *m), inverse_cholesky_body, (n, a, l, m))

bool qcc_inverse_cholesky(size_t n, const double *a, double *m) {
  double *l = malloc(n * n * sizeof *l);
  if (!l) return false;
  const bool is_positive = qcc_inverse_cholesky_f64((int64_t)n, a, l, m);
  free(l);
  return is_positive;
}

QCC_INLINE void solve_body(size_t k, size_t n, const double *m, const double *b, double *x, double *half) {
  memset(half, 0, k * n * sizeof *half);
  memset(x, 0, k * n * sizeof *x);
  for (size_t i = 0; i < k; i++) {
    for (size_t j = 0; j <= i; j++) qcc_add_multiple((int64_t)n, m[i * k + j], b + j * n, half + i * n);
  }
  for (size_t i = 0; i < k; i++) {
    for (size_t j = 0; j <= i; j++) qcc_add_multiple((int64_t)n, m[i * k + j], half + i * n, x + j * n);
  }
}

QCC_DISPATCH(
  qcc_solve_f64, (size_t k, size_t n, const double *m, const double *b, double *x, double *half), solve_body,
  (k, n, m, b, x, half))

bool qcc_cholesky_solve(size_t k, size_t n, const double *m, const double *b, double *x) {
  double *half = malloc(k * n * sizeof *half);
  if (!half) return false;
  qcc_solve_f64(k, n, m, b, x, half);
  free(half);
  return true;
}

QCC_INLINE void feedback_body(
  size_t k, size_t n, const double *m, const double *scales, double low, double high, const bool *pruned, double *weights,
  double *codes) {
  for (size_t i = k; i-- > 0;) {
    double *row = weights + i * n;
    for (size_t o = 0; o < n; o++) {
      const double code = pruned[i * n + o] ? 0 : qcc_nearest_code(row[o], scales[o], low, high);
      codes[i * n + o] = code;
      row[o] = (row[o] - code * scales[o]) / m[i * k + i];
    }
    for (size_t j = 0; j < i; j++) qcc_add_multiple((int64_t)n, -m[i * k + j], row, weights + j * n);
  }
}

QCC_DISPATCH(
  qcc_round_with_feedback,
  (size_t k, size_t n, const double *m, const double *scales, double low, double high, const bool *pruned,
   double *weights, double *codes),
  feedback_body, (k, n, m, scales, low, high, pruned, weights, codes))

QCC_INLINE void products_body(
  size_t k, size_t n, const double *moments, const double *weights, double *products, double *symmetric, double *column) {
  const size_t size = k + 1 + n;
  for (size_t i = 0; i < k; i++) {
    for (size_t j = 0; j < k; j++) symmetric[i * k + j] = moments[(i < j ? i * size + j : j * size + i)];
  }
  for (size_t o = 0; o < n; o++) {
    double square = 0, cross = 0, sum = 0;
    for (size_t i = 0; i < k; i++) column[i] = weights[i * n + o];
    for (size_t i = 0; i < k; i++) {
      const double w = column[i];
      if (w == 0) continue;
      square += w * qcc_dot((int64_t)k, symmetric + i * k, column);
      cross += w * moments[i * size + k + 1 + o];
      sum += w * moments[i * size + k];
    }
    products[3 * o] = square;
    products[3 * o + 1] = cross;
    products[3 * o + 2] = sum;
  }
}

QCC_DISPATCH(
  qcc_products_f64,
  (size_t k, size_t n, const double *moments, const double *weights, double *products, double *symmetric,
   double *column),
  products_body, (k, n, moments, weights, products, symmetric, column))

bool qcc_moment_products(size_t k, size_t n, const double *moments, const double *weights, double *products) {
  double *scratch = malloc((k * k + k) * sizeof *scratch);
  if (!scratch) return false;
  qcc_products_f64(k, n, moments, weights, products, scratch, scratch + k * k);
  free(scratch);
  return true;
}

QCC_INLINE void nearest_body(
  size_t k, size_t n, const double *scales, double low, double high, const double *weights, double *codes) {
  for (size_t i = 0; i < k; i++) {
    for (size_t o = 0; o < n; o++) codes[i * n + o] = qcc_nearest_code(weights[i * n + o], scales[o], low, high);
  }
}

QCC_DISPATCH(
  qcc_round_to_nearest,
  (size_t k, size_t n, const double *scales, double low, double high, const double *weights, double *codes),
  nearest_body, (k, n, scales, low, high, weights, codes))

QCC_INLINE void errors_body(
  size_t k, size_t n, const double *scales, double low, double high, const double *weights, const double *importance,
  double *errors) {
  for (size_t o = 0; o < n; o++) errors[o] = 0;
  for (size_t i = 0; i < k; i++) {
    for (size_t o = 0; o < n; o++) {
      const double weight = weights[i * n + o];
      const double lost = qcc_nearest_code(weight, scales[o], low, high) * scales[o] - weight;
      errors[o] = __builtin_fma(lost * lost, importance[i], errors[o]);
    }
  }
}

QCC_DISPATCH(
  qcc_rounding_errors,
  (size_t k, size_t n, const double *scales, double low, double high, const double *weights,
   const double *importance, double *errors),
  errors_body, (k, n, scales, low, high, weights, importance, errors))

void qcc_covariances(size_t k, size_t n, const double *moments, double *inputs, double *outputs) {
  const size_t size = k + 1 + n;
  const double *ones = moments + k * size;
  for (size_t i = 0; i < k; i++) {
    const double *row = moments + i * size, mean = row[k] / ones[k];
    for (size_t j = i; j < k; j++) inputs[i * k + j] = row[j] - mean * moments[j * size + k];
    for (size_t o = 0; o < n; o++) outputs[i * n + o] = row[k + 1 + o] - mean * ones[k + 1 + o];
  }
}
