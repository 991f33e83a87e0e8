/// Linear layers in double precision, for the float reference. Nothing here is shared with the integer kernels but the
/// geometry.
///
/// Semantics: `y[o] = ((0.0 + x_0 * w_0) + x_1 * w_1) + ...` with every product and every sum rounded to double (no
/// fused multiply-add, no reassociation), over kernel rows, then kernel columns, then input channels, in that order;
/// positions outside the input are left out, which is the same as a padding value of 0.0. Results are the same on every
/// machine.
///
/// Error: with n = kernel_height * kernel_width * in_channels / groups terms and u = 2^-53,
/// |y - exact| <= n u / (1 - n u) * sum |x w|
/// (Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1).
#ifndef QCC_REFERENCE_H
#define QCC_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qcc_geometry.h"

#pragma clang assume_nonnull begin

/// Convolution, of any number of groups: a depthwise one has as many as input channels, a dense layer is one of 1x1 over a row
/// of samples. x `[in_height][in_width][in_channels]`, weights HWIO, y `[out_height][out_width][out_channels]`.
///
/// - Precondition: `qcc_conv_geometry_is_valid`.
void qcc_ref_conv2d_f64(const qcc_conv_geometry *geometry, const double *x, const double *weights, double *y);

/// A clip and uniform steps: code = clamp(round(gain x v + bias)) + zero point, v in lower ... upper.
typedef struct {
  double gain, bias;
  /// Of code - zero point.
  double lowest, highest;
  int64_t zero_point;
  /// How far from one another two programs' positions may be, relative to their terms.
  double unit;
  double lower, upper;
} qcc_ref_steps;

/// How far a quantizer's argument may be off beside its own error e: offset, and unit x (|v| + e + magnitude) behind the clip.
typedef struct {
  double offset, unit, magnitude;
} qcc_ref_bounds;

/// Marks the elements from `first` to before `end`, every `step`th, whose code may not be that of every number within
/// `errors` of the value; how many are marked. Marks of others are left as they are.
size_t qcc_ref_doubtful(
  const qcc_ref_steps *steps, const qcc_ref_bounds *bounds, size_t first, size_t end, size_t step, const double *values,
  const double *errors, const int64_t *codes, bool *marks);

#pragma clang assume_nonnull end

#endif
