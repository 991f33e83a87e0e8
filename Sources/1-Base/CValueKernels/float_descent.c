#include <stdlib.h>
#include <string.h>

#include "float64_vectors.h"
#include "qcc_float.h"

/// How often all codes are looked at between two scales, and how many scales there are at most.
enum { SWEEPS = 16, SCALES = 8 };

/// One column of weights: scale x code, which is to come near to `wanted`.
typedef struct {
  /// `[k][k]`, whole.
  const double *a;
  double scale;
  double *codes, *wanted;
  /// Where it is true, a code stays 0; one per row of `columns`.
  const bool *pruned;
  size_t columns;
  /// A wanted, and A (scale x code - wanted).
  double *pull, *slope;
} column;

/// Gives every code in turn the value that is best while all others stay.
QCC_INLINE void descend(int64_t k, column *c, double low, double high) {
  for (int sweep = 0; sweep < SWEEPS; sweep++) {
    bool has_changed = false;
    for (int64_t i = 0; i < k; i++) {
      if (c->pruned[(size_t)i * c->columns]) continue;
      const double best = c->codes[i] * c->scale - c->slope[i] / c->a[i * k + i];
      const double code = qcc_nearest_code(best, c->scale, low, high);
      if (code == c->codes[i]) continue;
      qcc_add_multiple(k, (code - c->codes[i]) * c->scale, c->a + i * k, c->slope);
      c->codes[i] = code;
      has_changed = true;
    }
    if (!has_changed) return;
  }
}

/// The scale that is best for the codes; false where it is what it was.
QCC_INLINE bool rescale(int64_t k, column *c) {
  double square = 0;
  for (int64_t i = 0; i < k; i++) square = __builtin_fma(c->codes[i], c->slope[i] + c->pull[i], square);
  const double factor = qcc_dot(k, c->codes, c->pull) / square;
  const double change = factor - 1;
  if (!(factor > 0.1 && factor < 10) || (change < 1e-6 && change > -1e-6)) return false;
  for (int64_t i = 0; i < k; i++) c->slope[i] = __builtin_fma(factor, c->slope[i], change * c->pull[i]);
  c->scale *= factor;
  return true;
}

QCC_INLINE void descent_body(
  size_t k, size_t n, const double *a, const double *wanted, double low, double high, const bool *pruned,
  bool may_scale, double *scales, double *codes, double *errors, double *scratch) {
  const int64_t terms = (int64_t)k;
  double *whole = scratch + 4 * k;
  for (size_t i = 0; i < k; i++) {
    for (size_t j = 0; j < k; j++) whole[i * k + j] = a[i < j ? i * k + j : j * k + i];
  }
  for (size_t o = 0; o < n; o++) {
    column c = {whole, scales[o], scratch, scratch + k, pruned + o, n, scratch + 2 * k, scratch + 3 * k};
    for (size_t i = 0; i < k; i++) {
      c.codes[i] = codes[i * n + o];
      c.wanted[i] = wanted[i * n + o];
    }
    for (size_t i = 0; i < k; i++) {
      c.pull[i] = qcc_dot(terms, whole + i * k, c.wanted);
      c.slope[i] = __builtin_fma(c.scale, qcc_dot(terms, whole + i * k, c.codes), -c.pull[i]);
    }
    descend(terms, &c, low, high);
    for (int count = 1; may_scale && count < SCALES && rescale(terms, &c); count++) descend(terms, &c, low, high);
    errors[o] = 0;
    for (size_t i = 0; i < k; i++) {
      codes[i * n + o] = c.codes[i];
      errors[o] = __builtin_fma(c.slope[i], c.codes[i] * c.scale - c.wanted[i], errors[o]);
    }
    scales[o] = c.scale;
  }
}

QCC_DISPATCH(
  qcc_descent_f64,
  (size_t k, size_t n, const double *a, const double *wanted, double low, double high, const bool *pruned,
   bool may_scale, double *scales, double *codes, double *errors, double *scratch),
  descent_body, (k, n, a, wanted, low, high, pruned, may_scale, scales, codes, errors, scratch))

bool qcc_descend(
  size_t k, size_t n, const double *a, const double *wanted, double low, double high, const bool *pruned, bool may_scale,
  double *scales, double *codes, double *errors) {
  double *scratch = malloc((k + 4) * k * sizeof *scratch);
  if (!scratch) return false;
  qcc_descent_f64(k, n, a, wanted, low, high, pruned, may_scale, scales, codes, errors, scratch);
  free(scratch);
  return true;
}
