#include "qcc_reference.h"

#include "isa.h"

// A fused multiply-add rounds once where the documented semantics round twice.
#pragma STDC FP_CONTRACT OFF

/// The taps of one axis that lie inside the input.
typedef struct {
  int64_t first, end;
} taps;

static taps taps_inside(int64_t origin, int64_t dilation, int64_t kernel, int64_t in) {
  taps t = {0, kernel};
  while (t.first < kernel && origin + t.first * dilation < 0) t.first++;
  while (t.end > t.first && origin + (t.end - 1) * dilation >= in) t.end--;
  return t;
}

/// Neighbouring output positions whose sums share the weights that are read, where all taps lie inside the input.
enum { PIXELS = 4 };

/// COUNT neighbouring output channels of some neighbouring output positions, sums in registers.
QCC_INLINE void conv_block(
  const int COUNT, const int positions, const qcc_conv_geometry *g, const double *x, const double *w, int64_t iy,
  int64_t ix, taps rows, taps columns, double *restrict y) {
  double sums[PIXELS][32] = {{0}};
  const int64_t inputs = g->in_channels / g->groups, step = (int64_t)g->stride_width * g->in_channels;
  for (int64_t ky = rows.first; ky < rows.end; ky++) {
    for (int64_t kx = columns.first; kx < columns.end; kx++) {
      const double *from =
        x + ((iy + ky * g->dilation_height) * g->in_width + ix + kx * g->dilation_width) * g->in_channels;
      const double *weights = w + (ky * g->kernel_width + kx) * inputs * g->out_channels;
      for (int64_t c = 0; c < inputs; c++, weights += g->out_channels) {
#pragma clang loop unroll(full)
        for (int p = 0; p < positions; p++) {
          const double value = from[c + p * step];
#pragma clang loop unroll(full)
          for (int o = 0; o < COUNT; o++) sums[p][o] += value * weights[o];
        }
      }
    }
  }
  for (int p = 0; p < positions; p++) {
    for (int o = 0; o < COUNT; o++) y[p * (int64_t)g->out_channels + o] = sums[p][o];
  }
}

/// All output channels of a group, of 1 or PIXELS neighbouring output positions.
QCC_INLINE void conv_positions(
  const int positions, const qcc_conv_geometry *g, const double *x, const double *weights, int64_t iy, int64_t ix,
  taps rows, taps columns, double *y) {
  const int64_t inputs = g->in_channels / g->groups, outputs = g->out_channels / g->groups;
  for (int64_t group = 0; group < g->groups; group++, y += outputs) {
    const double *from = x + group * inputs, *w = weights + group * outputs;
    int64_t o = 0;
    for (; o + 32 <= outputs; o += 32) conv_block(32, positions, g, from, w + o, iy, ix, rows, columns, y + o);
    for (; o + 16 <= outputs; o += 16) conv_block(16, positions, g, from, w + o, iy, ix, rows, columns, y + o);
    for (; o + 4 <= outputs; o += 4) conv_block(4, positions, g, from, w + o, iy, ix, rows, columns, y + o);
    for (; o < outputs; o++) conv_block(1, positions, g, from, w + o, iy, ix, rows, columns, y + o);
  }
}

static bool is_whole(taps t, int64_t kernel) { return t.first == 0 && t.end == kernel; }

QCC_INLINE void conv_body(const qcc_conv_geometry *g, const double *x, const double *weights, double *y) {
  const int64_t kernel = g->kernel_width;
  for (int64_t oy = 0; oy < g->out_height; oy++) {
    const int64_t iy = oy * g->stride_height - g->pad_top;
    const taps rows = taps_inside(iy, g->dilation_height, g->kernel_height, g->in_height);
    for (int64_t ox = 0; ox < g->out_width;) {
      const int64_t ix = ox * g->stride_width - g->pad_left;
      const taps columns = taps_inside(ix, g->dilation_width, kernel, g->in_width);
      const int64_t last = ix + (PIXELS - 1) * (int64_t)g->stride_width;
      // Between two positions whose taps all lie inside so do those of the others.
      if (ox + PIXELS <= g->out_width && is_whole(columns, kernel)
          && is_whole(taps_inside(last, g->dilation_width, kernel, g->in_width), kernel)) {
        conv_positions(PIXELS, g, x, weights, iy, ix, rows, columns, y);
        ox += PIXELS;
        y += PIXELS * (int64_t)g->out_channels;
      } else {
        conv_positions(1, g, x, weights, iy, ix, rows, columns, y);
        ox++;
        y += g->out_channels;
      }
    }
  }
}

QCC_INLINE void depthwise_body(const qcc_conv_geometry *g, const double *x, const double *weights, double *restrict y) {
  const int64_t channels = g->in_channels, outputs = g->out_channels, multiplier = outputs / channels;
  for (int64_t oy = 0; oy < g->out_height; oy++) {
    const int64_t iy = oy * g->stride_height - g->pad_top;
    const taps rows = taps_inside(iy, g->dilation_height, g->kernel_height, g->in_height);
    for (int64_t ox = 0; ox < g->out_width; ox++, y += outputs) {
      const int64_t ix = ox * g->stride_width - g->pad_left;
      const taps columns = taps_inside(ix, g->dilation_width, g->kernel_width, g->in_width);
      for (int64_t o = 0; o < outputs; o++) y[o] = 0;
      for (int64_t ky = rows.first; ky < rows.end; ky++) {
        for (int64_t kx = columns.first; kx < columns.end; kx++) {
          const double *from =
            x + ((iy + ky * g->dilation_height) * g->in_width + ix + kx * g->dilation_width) * channels;
          const double *w = weights + (ky * g->kernel_width + kx) * outputs;
          if (multiplier == 1) {
            for (int64_t c = 0; c < channels; c++) y[c] += from[c] * w[c];
          } else {
            for (int64_t c = 0; c < channels; c++) {
              for (int64_t m = 0; m < multiplier; m++) y[c * multiplier + m] += from[c] * w[c * multiplier + m];
            }
          }
        }
      }
    }
  }
}

QCC_INLINE void layer_body(const qcc_conv_geometry *g, const double *x, const double *weights, double *y) {
  if (g->groups > 1 && g->groups == g->in_channels) depthwise_body(g, x, weights, y);
  else conv_body(g, x, weights, y);
}

QCC_DISPATCH(
  qcc_ref_conv2d_f64, (const qcc_conv_geometry *geometry, const double *x, const double *weights, double *y),
  layer_body, (geometry, x, weights, y))
