/// What training needs beside `qcc_float.h`: gradients of layers and of quantizers, and a step of Adam.
///
/// Every element of a gradient is one chain of additions in a fixed order, so that neither the instruction set nor the number of
/// threads changes a bit.
#ifndef QCC_GRADIENTS_H
#define QCC_GRADIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "qcc_float.h"
#include "qcc_geometry.h"

#pragma clang assume_nonnull begin

// MARK: Layers

/// The gradient of `qcc_f32_conv2d` for its input.
///
/// - Parameters:
///   - dy: of the result, `[samples][out_height][out_width][out_channels]`.
///   - dx: `[samples][in_height][in_width][in_channels]`, overwritten.
/// - Returns: false where memory has run out.
bool qcc_f32_conv2d_input_gradient(
  const qcc_conv_geometry *geometry, size_t samples, const float *dy, const float *weights, float *dx);

/// The same for its weights and bias, over all samples.
///
/// - Parameters:
///   - dw: as the weights, overwritten.
///   - db: `[out_channels]`, overwritten.
/// - Returns: false where memory has run out.
bool qcc_f32_conv2d_weight_gradient(
  const qcc_conv_geometry *geometry, size_t samples, const float *x, const float *dy, float *dw, float *db);

/// Of `qcc_f32_max_pool`: what a window's result is given goes to the first of its largest elements.
void qcc_f32_max_pool_gradient(
  const qcc_pool_geometry *geometry, size_t samples, const float *x, const float *dy, float *dx);
void qcc_f32_average_pool_gradient(
  const qcc_pool_geometry *geometry, size_t samples, float factor, const float *dy, float *dx);

/// Of `qcc_f32_clip`: dx = dy where low < x < high, else 0. At a ReLU's 0, where sums of codes often are, that is 0 as elsewhere.
void qcc_f32_clip_gradient(size_t count, float low, float high, const float *x, const float *dy, float *dx);

// MARK: Quantizers

/// Of `qcc_f32_quantize`, straight through its rounding (Esser et al. 2019, LSQ, equation 3): dx = dy inside the range of the codes,
/// 0 outside.
///
/// - Returns: the gradient for the scale: the sum of dy (code - zero_point - x / scale) inside, of dy (code - zero_point) outside.
double qcc_f32_quantize_gradient(
  size_t count, const qcc_f32_quantizer *quantizer, const float *x, const float *dy, float *dx);

/// Weights `[rows][channels]` from where they stand between codes: y = scale * code, code = clamp(round_half_even(x), low, high), or the
/// sign, where 0 is positive.
void qcc_f32_quantize_weights(
  size_t rows, size_t channels, const float *scales, float low, float high, bool to_signs, const float *x, float *y);

/// Its gradient: dx = scale dy straight through the rounding inside the range of the codes, 0 outside.
/// - Parameter dscales: `[channels]`, overwritten: the sum of dy code.
void qcc_f32_quantize_weights_gradient(
  size_t rows, size_t channels, const float *scales, float low, float high, bool to_signs, const float *x,
  const float *dy, float *dx, float *dscales);

// MARK: Steps

/// A step of Adam (Kingma and Ba 2015, algorithm 1).
typedef struct {
  float rate, beta1, beta2, epsilon;
  /// 1 - beta^t of the step t, counted from 1.
  float correction1, correction2;
} qcc_adam_step;

/// Moves x and its moments.
void qcc_f32_adam(
  size_t count, const qcc_adam_step *step, const float *gradient, float *mean, float *square, float *x);

#pragma clang assume_nonnull end

#endif
