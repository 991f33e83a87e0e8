/// Linear layers over integer codes: convolution, depthwise convolution, dense.
///
/// A feature map is an array of codes in NHWC order: bytes, or int16. Codes wider than 16 bits are held as several planes of
/// int16 limbs in balanced base 2^16 (see `qcc_split_limbs`); the layer is run once per pair of input limb and weight limb
/// and the results are added with `qcc_add_shifted_i64`.
///
/// A kernel computes `sum[o] = sum x * w`, padding included (with the given code), and nothing else: the term
/// `- zero_point * sum w` and the bias are constants of the requantization.
///
/// - `_i32` and `_codes`: sums of 32 bits. Precondition: every finished one is within int32. Partial sums may leave it:
///   arithmetic is modulo 2^32 in every order of summation.
/// - `_i64`: exact for all int16 codes and weights, without precondition, a third to half as fast: the input is split in two
///   signed bytes, and sums of weights are cut where a partial sum could leave 32 bits. For int16 codes only.
/// - `_codes`: the sums are requantized where they are, in registers. Precondition: `qcc_requant_fits_tiles`, and its
///   accumulators are within their channels' bounds.
///
/// Parameters of all of them:
///   - x: `[in_height][in_width][in_channels]` codes, as they lie in memory (`qcc_codes`).
///   - pad: the code of zero, used outside the input, as it lies in memory.
///   - acc, codes: `[out_height][out_width][out_channels]`, overwritten. Codes have 1 byte (not negative) or 2 (int16) each.
///   - scratch: as many bytes as `_scratch_bytes` says, any alignment, any content.
///
/// Packed layers are immutable after packing and may be used from many threads at once; the scratch memory may not.
#ifndef QCC_CONV_H
#define QCC_CONV_H

#include <stddef.h>
#include <stdint.h>

#include "qcc_geometry.h"
#include "qcc_requantize.h"

#pragma clang assume_nonnull begin

/// How the codes of a layer's input lie in memory.
typedef struct {
  /// Bytes per code: 1 or 2 (int16).
  int32_t bytes;
  /// A byte holds code + offset, which is not negative, and `largest` at most. 0 for int16.
  int32_t offset, largest;
} qcc_codes;

// MARK: Convolution

/// A convolution's geometry and its weights in the kernel's own order.
typedef struct qcc_packed_conv qcc_packed_conv;

/// Packs weights, codes in HWIO order (`qcc_conv_geometry` has the shape). Null when the geometry is not valid, weights beside
/// bytes do not fit 8 bits, or memory has run out. To be freed with `qcc_free_conv`.
qcc_packed_conv *_Nullable qcc_pack_conv(const qcc_conv_geometry *geometry, const int16_t *weights, qcc_codes input);

void qcc_free_conv(qcc_packed_conv *_Nullable conv);

size_t qcc_conv_scratch_bytes(const qcc_packed_conv *conv);

void qcc_conv2d_i32(const qcc_packed_conv *conv, const void *x, int32_t pad, int32_t *acc, void *scratch);
void qcc_conv2d_i64(const qcc_packed_conv *conv, const void *x, int32_t pad, int64_t *acc, void *scratch);
void qcc_conv2d_codes(
  const qcc_packed_conv *conv, const qcc_requant *requant, const void *x, int32_t pad, int32_t code_bytes, void *codes,
  void *scratch);

// MARK: Depthwise convolution

/// A depthwise convolution's geometry and its weights in the kernel's own order.
typedef struct qcc_packed_depthwise qcc_packed_depthwise;

/// Packs weights `[kernel_height][kernel_width][in_channels][multiplier]`. Null when the geometry is not valid or not
/// depthwise (`groups == in_channels`), weights beside bytes do not fit 8 bits, or memory has run out. To be freed with
/// `qcc_free_depthwise`.
qcc_packed_depthwise *_Nullable qcc_pack_depthwise(
  const qcc_conv_geometry *geometry, const int16_t *weights, qcc_codes input);

void qcc_free_depthwise(qcc_packed_depthwise *_Nullable depthwise);

size_t qcc_depthwise_scratch_bytes(const qcc_packed_depthwise *depthwise);

void qcc_depthwise_i32(
  const qcc_packed_depthwise *depthwise, const void *x, int32_t pad, int32_t *acc, void *scratch);
void qcc_depthwise_i64(
  const qcc_packed_depthwise *depthwise, const void *x, int32_t pad, int64_t *acc, void *scratch);
void qcc_depthwise_codes(
  const qcc_packed_depthwise *depthwise, const qcc_requant *requant, const void *x, int32_t pad, int32_t code_bytes,
  void *codes, void *scratch);

// MARK: Dense

// A dense layer is packed as a convolution of 1x1 over one position, and runs over many: a batch of samples, or the pixels of
// their feature maps where a convolution is pointwise. From 8 on the weights are reused and it is several times as fast.
// `x` is `[positions][inputs]`, the result `[positions][outputs]`.

/// It does not grow beyond a fixed number of positions.
size_t qcc_dense_scratch_bytes(const qcc_packed_conv *dense, size_t positions);

void qcc_dense_i32(const qcc_packed_conv *dense, const void *x, size_t positions, int32_t *acc, void *scratch);
void qcc_dense_i64(const qcc_packed_conv *dense, const void *x, size_t positions, int64_t *acc, void *scratch);
void qcc_dense_codes(
  const qcc_packed_conv *dense, const qcc_requant *requant, const void *x, size_t positions, int32_t code_bytes, void *codes,
  void *scratch);

#pragma clang assume_nonnull end

#endif
