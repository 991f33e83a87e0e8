/// Vectors of double-precision numbers, in one order of summation. Private to the target.
#ifndef QCC_FLOAT64_VECTORS_H
#define QCC_FLOAT64_VECTORS_H

#include "float_windows.h"
#include "isa.h"

enum { QCC_F64_LANES = 8 };

/// The sum of x y, in 16 chains.
QCC_INLINE double qcc_dot(int64_t n, const double *x, const double *y) {
  vec8d even = {}, odd = {};
  int64_t i = 0;
  for (; i + 2 * QCC_F64_LANES <= n; i += 2 * QCC_F64_LANES) {
    even = __builtin_elementwise_fma(*(const vec8d *)(x + i), *(const vec8d *)(y + i), even);
    odd = __builtin_elementwise_fma(*(const vec8d *)(x + i + QCC_F64_LANES), *(const vec8d *)(y + i + QCC_F64_LANES), odd);
  }
  even += odd;
  double sum = 0;
  QCC_UNROLL for (int lane = 0; lane < QCC_F64_LANES; lane++) sum += even[lane];
  for (; i < n; i++) sum = __builtin_fma(x[i], y[i], sum);
  return sum;
}

/// y += factor x
QCC_INLINE void qcc_add_multiple(int64_t n, double factor, const double *restrict x, double *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = __builtin_fma(factor, x[i], y[i]);
}

QCC_INLINE double qcc_nearest_code(double weight, double scale, double low, double high) {
  const double code = __builtin_rint(weight / scale);
  return code < low ? low : code > high ? high : code;
}

#endif
