/// Linear layers over integer codes: convolution, depthwise convolution, dense.
///
/// A feature map is an array of int16 codes in NHWC order. Codes wider than 16 bits are held as several planes of int16
/// limbs in balanced base 2^16 (see `qcc_split_limbs`); the layer is run once per pair of input limb and weight limb
/// and the results are added with `qcc_add_shifted_i64`.
///
/// A kernel computes `acc[o] = sum x * w`, padding included (with the given code), and nothing else: the term
/// `- zero_point * sum w` and the bias are constants of the requantization.
///
/// Packed layers are immutable after packing and may be used from many threads at once; the scratch memory may not.
#ifndef QCC_CONV_H
#define QCC_CONV_H

#include <stddef.h>
#include <stdint.h>

#include "qcc_geometry.h"

#pragma clang assume_nonnull begin

// MARK: Convolution

/// A convolution's geometry and its weights in the kernel's own order.
typedef struct qcc_packed_conv qcc_packed_conv;

/// Packs weights, codes in HWIO order (`qcc_conv_geometry` has the shape). Null when the geometry is not valid or
/// memory has run out. To be freed with `qcc_free_conv`.
qcc_packed_conv *_Nullable qcc_pack_conv(const qcc_conv_geometry *geometry, const int16_t *weights);

void qcc_free_conv(qcc_packed_conv *_Nullable conv);

/// Bytes of scratch memory that one run of the layer needs (any alignment, any content).
size_t qcc_conv_scratch_bytes(const qcc_packed_conv *conv);

/// Convolution with int32 accumulators, the fast one.
///
/// - Precondition: every output accumulator is within int32. Partial sums may leave it: arithmetic is modulo 2^32 in
///   every order of summation, so that `sum |w| * max |x| < 2^31` is more than enough.
/// - Parameters:
///   - x: `[in_height][in_width][in_channels]` codes.
///   - pad: the code of zero, used outside the input.
///   - acc: `[out_height][out_width][out_channels]` accumulators, overwritten.
///   - scratch: `qcc_conv_scratch_bytes` bytes.
void qcc_conv2d_i32(
  const qcc_packed_conv *conv, const int16_t *x, int16_t pad, int32_t *acc, void *scratch);

/// Convolution with int64 accumulators: exact for all int16 codes and weights, without precondition.
///
/// A third to half as fast as `qcc_conv2d_i32`: the input is split in two signed bytes, and sums of weights are cut
/// where a partial sum could leave 32 bits.
void qcc_conv2d_i64(
  const qcc_packed_conv *conv, const int16_t *x, int16_t pad, int64_t *acc, void *scratch);

// MARK: Depthwise convolution

/// A depthwise convolution's geometry and its weights in the kernel's own order.
typedef struct qcc_packed_depthwise qcc_packed_depthwise;

/// Packs weights `[kernel_height][kernel_width][in_channels][multiplier]`. Null when the geometry is not valid or not
/// depthwise (`groups == in_channels`), or memory has run out. To be freed with `qcc_free_depthwise`.
qcc_packed_depthwise *_Nullable qcc_pack_depthwise(const qcc_conv_geometry *geometry, const int16_t *weights);

void qcc_free_depthwise(qcc_packed_depthwise *_Nullable depthwise);

/// Bytes of scratch memory that one run of the layer needs (any alignment, any content).
size_t qcc_depthwise_scratch_bytes(const qcc_packed_depthwise *depthwise);

/// Depthwise convolution with int32 accumulators; parameters and precondition of `qcc_conv2d_i32`.
void qcc_depthwise_i32(
  const qcc_packed_depthwise *depthwise, const int16_t *x, int16_t pad, int32_t *acc, void *scratch);

/// Depthwise convolution with int64 accumulators, exact for all codes and weights.
void qcc_depthwise_i64(
  const qcc_packed_depthwise *depthwise, const int16_t *x, int16_t pad, int64_t *acc, void *scratch);

// MARK: Dense

/// Bytes of scratch memory for a run over `samples` samples; it does not grow beyond a fixed number of samples.
size_t qcc_dense_scratch_bytes(const qcc_packed_conv *dense, size_t samples);

/// Dense layer, packed as a convolution of 1x1 over one position, with int32 accumulators over a batch; batches of 8 and more reuse the weights and run several times
/// faster.
///
/// - Precondition: as for `qcc_conv2d_i32`.
/// - Parameters:
///   - x: `[samples][inputs]` codes.
///   - acc: `[samples][outputs]` accumulators, overwritten.
///   - scratch: `qcc_dense_scratch_bytes` bytes.
void qcc_dense_i32(const qcc_packed_conv *dense, const int16_t *x, size_t samples, int32_t *acc, void *scratch);

/// Dense layer with int64 accumulators, exact for all codes and weights.
void qcc_dense_i64(const qcc_packed_conv *dense, const int16_t *x, size_t samples, int64_t *acc, void *scratch);

#pragma clang assume_nonnull end

#endif
