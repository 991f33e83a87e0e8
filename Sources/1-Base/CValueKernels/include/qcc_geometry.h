/// Shapes of convolutions and poolings: NHWC tensors with N = 1, sizes in elements.
#ifndef QCC_GEOMETRY_H
#define QCC_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Geometry of a convolution.
///
/// Output (oy, ox) reads input row `oy * stride_height + ky * dilation_height - pad_top` and the column alike;
/// positions outside the input hold the padding value. Bottom and right padding follow from the output size.
///
/// - Convolution: weights are HWIO `[kernel_height][kernel_width][in_channels / groups][out_channels]`; output channel
///   o reads the input channels of group `o / (out_channels / groups)`.
/// - Depthwise: `groups == in_channels` and weights are `[kernel_height][kernel_width][in_channels][multiplier]` with
///   `out_channels == in_channels * multiplier`; output channel `c * multiplier + m` reads input channel c.
typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_height, stride_width;
  int32_t dilation_height, dilation_width;
  int32_t pad_top, pad_left;
  int32_t groups;
} qcc_conv_geometry;

/// Geometry of a pooling window; positions outside the input are left out of the window.
typedef struct {
  int32_t in_height, in_width, channels;
  int32_t out_height, out_width;
  int32_t kernel_height, kernel_width;
  int32_t stride_height, stride_width;
  int32_t pad_top, pad_left;
} qcc_pool_geometry;

/// True when every size, stride and dilation is at least 1, paddings are at least 0, channels divide into the groups,
/// and every tensor the kernels touch (the padded input among them) has fewer than 2^31 elements.
bool qcc_conv_geometry_is_valid(const qcc_conv_geometry *geometry);

/// True when every size and stride is at least 1, paddings are at least 0, every window holds at least one input
/// position, and tensors have fewer than 2^31 elements.
bool qcc_pool_geometry_is_valid(const qcc_pool_geometry *geometry);

#pragma clang assume_nonnull end

#endif
