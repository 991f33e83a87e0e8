#include "qcc_geometry.h"

#include <stddef.h>

#include "geometry_math.h"

static bool fits(int64_t a, int64_t b, int64_t c) {
  // Each factor is below 2^32, so the first product fits.
  int64_t limit = INT32_MAX;
  return a <= limit && b <= limit && c <= limit && a * b <= limit && a * b * c <= limit;
}

bool qcc_conv_geometry_is_valid(const qcc_conv_geometry *g) {
  const int32_t positive[] = {
    g->in_height,     g->in_width,     g->in_channels,     g->out_height,      g->out_width, g->out_channels,
    g->kernel_height, g->kernel_width, g->stride_height,   g->stride_width,    g->groups,    g->dilation_height,
    g->dilation_width,
  };
  for (size_t i = 0; i < sizeof positive / sizeof positive[0]; i++) {
    if (positive[i] < 1) return false;
  }
  if (g->pad_top < 0 || g->pad_left < 0) return false;
  if (g->in_channels % g->groups != 0 || g->out_channels % g->groups != 0) return false;
  const int64_t taps = (int64_t)g->kernel_height * g->kernel_width;
  // A depthwise layer spreads its input over the output channels.
  const int64_t channels = g->in_channels > g->out_channels ? g->in_channels : g->out_channels;
  return fits(g->in_height, g->in_width, g->in_channels) && fits(g->out_height, g->out_width, g->out_channels)
    && fits(taps, g->in_channels / g->groups, (int64_t)g->out_channels + 16 * (int64_t)g->groups)
    && fits(qcc_window_rows(g), qcc_window_columns(g), channels + 1);
}

bool qcc_pool_geometry_is_valid(const qcc_pool_geometry *g) {
  const int32_t positive[] = {
    g->in_height,     g->in_width,     g->channels,      g->out_height,   g->out_width,
    g->kernel_height, g->kernel_width, g->stride_height, g->stride_width,
  };
  for (size_t i = 0; i < sizeof positive / sizeof positive[0]; i++) {
    if (positive[i] < 1) return false;
  }
  if (g->pad_top < 0 || g->pad_left < 0) return false;
  if (g->pad_top >= g->kernel_height || g->pad_left >= g->kernel_width) return false;
  const int64_t last_row = (int64_t)(g->out_height - 1) * g->stride_height - g->pad_top;
  const int64_t last_column = (int64_t)(g->out_width - 1) * g->stride_width - g->pad_left;
  return last_row < g->in_height && last_column < g->in_width && fits(g->in_height, g->in_width, g->channels)
    && fits(g->out_height, g->out_width, g->channels);
}
