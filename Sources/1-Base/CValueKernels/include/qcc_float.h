/// Layers in single precision over many samples, and what calibration sums up, searches and rounds with: fast where the float
/// reference is exact.
///
/// Every element of a result is one chain of fused multiply-adds in a fixed order, so that neither the instruction set nor
/// the number of threads changes a bit.
#ifndef QCC_FLOAT_H
#define QCC_FLOAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qcc_geometry.h"

#pragma clang assume_nonnull begin

// MARK: Layers

/// Convolution of `samples` inputs, of any number of groups: a depthwise one has as many as input channels, a dense layer is
/// one of 1x1 over a single position. The sum over kernel rows, columns and input channels in that order, then the bias.
///
/// - Precondition: `qcc_conv_geometry_is_valid`.
/// - Parameters:
///   - x: `[samples][in_height][in_width][in_channels]`.
///   - weights: HWIO, as `qcc_conv_geometry` has them.
///   - bias: `[out_channels]` or null.
///   - y: `[samples][out_height][out_width][out_channels]`, overwritten.
/// - Returns: false where memory has run out.
bool qcc_f32_conv2d(
  const qcc_conv_geometry *geometry, size_t samples, const float *x, const float *weights,
  const float *_Nullable bias, float *y);

/// Of each window the largest element, or the mean of those inside the input times `factor`.
///
/// - Precondition: `qcc_pool_geometry_is_valid`.
void qcc_f32_max_pool(const qcc_pool_geometry *geometry, size_t samples, const float *x, float *y);
void qcc_f32_average_pool(
  const qcc_pool_geometry *geometry, size_t samples, float factor, const float *x, float *y);

/// y = x * scale[c] + shift[c] over `rows` of `channels`.
void qcc_f32_affine(
  size_t rows, size_t channels, const float *scale, const float *shift, const float *x, float *y);

/// y = the nearest number in low ... high.
void qcc_f32_clip(size_t count, float low, float high, const float *x, float *y);

/// y += x
void qcc_f32_add(size_t count, const float *x, float *y);

/// y -= x
void qcc_f32_subtract(size_t count, const float *x, float *y);

/// y += x
void qcc_f64_add(size_t count, const double *x, double *y);

// MARK: Quantizing

/// value = scale * (code - zero_point), code = clamp(round_half_even(x / scale) + zero_point, low, high).
typedef struct {
  float scale;
  float zero_point, low, high;
} qcc_f32_quantizer;

/// y = the value nearest to x.
void qcc_f32_quantize(size_t count, const qcc_f32_quantizer *quantizer, const float *x, float *y);

/// The sum of (value - x)^2.
double qcc_f32_quantization_error(size_t count, const qcc_f32_quantizer *quantizer, const float *x);

/// The sum of (x - y)^2.
double qcc_f32_squared_distance(size_t count, const float *x, const float *y);

/// The least and the largest element. NaN where there is one.
void qcc_f32_range(size_t count, const float *x, float *low, float *high);

/// Adds each x to the bin it falls in: `bins` of equal width from low to high, the ends in the outermost ones.
void qcc_f32_histogram(size_t count, const float *x, float low, float high, size_t bins, uint64_t *counts);

// MARK: Moments

/// Terms of a window and its results, and one more: the rows of a moment matrix.
size_t qcc_moment_size(const qcc_conv_geometry *geometry);

/// What least squares needs of a layer's inputs and wanted outputs: with v = (the k elements of a window, 1, the n wanted
/// numbers of its group) adds the sum of v v' over all samples and positions to each group's matrix.
///
/// Only the upper triangle is meant, and of the wanted numbers among each other only the diagonal.
/// - Parameters:
///   - step: of the positions every how many is taken.
///   - y: `[samples][out_height][out_width][out_channels]`.
///   - moments: `[groups][k + 1 + n][k + 1 + n]`.
/// - Returns: false where memory has run out.
bool qcc_f32_moments(
  const qcc_conv_geometry *geometry, size_t samples, size_t step, const float *x, const float *y, double *moments);

/// Of weights `[k][n]` over one group's moments: per output channel the sums of z^2, z y and z, z = x w; `[n][3]`.
/// - Returns: false where memory has run out.
bool qcc_moment_products(
  size_t k, size_t n, const double *moments, const double *weights, double *products);

/// The same as covariances: the sums of (x - mean x)(x - mean x)' in the upper triangle of `inputs`, `[k][k]`, and of
/// (x - mean x)(y - mean y)' in `outputs`, `[k][n]`.
void qcc_covariances(size_t k, size_t n, const double *moments, double *inputs, double *outputs);

// MARK: Least squares and rounding

/// The inverse M of the lower Cholesky factor of a symmetric positive definite matrix `[n][n]`, of which it reads the upper
/// triangle: A^-1 = M' M. M is lower triangular, above it are zeros.
/// - Returns: false where the matrix is not positive definite.
bool qcc_inverse_cholesky(size_t n, const double *a, double *m);

/// x = M' M b, `[k][n]`: solves A x = b.
/// - Returns: false where memory has run out.
bool qcc_cholesky_solve(size_t k, size_t n, const double *m, const double *b, double *x);

/// Rounds weights `[k][n]` to codes in low ... high times the column's scale, from the last row to the first; each hands its
/// error on to those before it (Frantar et al. 2022, GPTQ, algorithm 1, with H^-1 = M' M).
/// - Parameters:
///   - pruned: `[k][n]`, whose codes are 0; their errors are handed on like others.
///   - weights: become what was left to round.
void qcc_round_with_feedback(
  size_t k, size_t n, const double *m, const double *scales, double low, double high, const bool *pruned, double *weights,
  double *codes);

/// Brings codes `[k][n]` times the column's scale nearer to what is wanted, in the norm e' A e of the error: by coordinate
/// descent, one code after the other, and where it may by the best scale for the codes, until neither changes anything.
///
/// - Parameters:
///   - a: symmetric, `[k][k]`, of which the upper triangle is read; its diagonal is positive.
///   - wanted: `[k][n]`.
///   - pruned: `[k][n]`, whose codes stay as they are.
///   - errors: per column e' A e, overwritten.
/// - Returns: false where memory has run out.
bool qcc_descend(
  size_t k, size_t n, const double *a, const double *wanted, double low, double high, const bool *pruned, bool may_scale,
  double *scales, double *codes, double *errors);

/// The nearest codes in low ... high times the column's scale.
void qcc_round_to_nearest(
  size_t k, size_t n, const double *scales, double low, double high, const double *weights, double *codes);

/// Per column the squared error of the nearest codes in low ... high times its scale, weighted with the rows' `importance`.
void qcc_rounding_errors(
  size_t k, size_t n, const double *scales, double low, double high, const double *weights, const double *importance,
  double *errors);

#pragma clang assume_nonnull end

#endif
