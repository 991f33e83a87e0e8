#include "qcc_float.h"

#include <stdlib.h>
#include <string.h>

#include "float_windows.h"
#include "isa.h"

/// Output channels per block of packed weights: `[block][terms][16]`, zeros where there is no channel.
enum { BLOCK = 16 };

/// One group of a convolution, one sample.
typedef struct {
  const qcc_windows *windows;
  const float *x;
  const float *weights;
  /// As many as the blocks have channels.
  const float *bias;
  /// The group's first output, and floats from one position to the next.
  float *y;
  int64_t y_stride;
} job;

/// P neighbouring positions times Q blocks of output channels, held in registers.
QCC_INLINE void tile(const int P, const int Q, const job *j, const float *x, float *y, int64_t channel) {
  vec16 sums[14][4];
  QCC_UNROLL for (int p = 0; p < P; p++) {
    QCC_UNROLL for (int q = 0; q < Q; q++) sums[p][q] = (vec16){};
  }
  const qcc_windows *w = j->windows;
  const int64_t step = w->column_stride, block = w->terms * BLOCK;
  const float *weights = j->weights + channel / BLOCK * block;
  for (int64_t run = 0; run < w->run_count; run++) {
    const float *from = x + w->offsets[run];
    for (int64_t left = w->run_length; left > 0; left--) {
      vec16 column[4];
      QCC_UNROLL for (int q = 0; q < Q; q++) column[q] = *(const vec16 *)(weights + q * block);
      QCC_UNROLL for (int p = 0; p < P; p++) {
        const vec16 input = QCC_SPLAT(from[p * step]);
        QCC_UNROLL for (int q = 0; q < Q; q++) sums[p][q] = __builtin_elementwise_fma(input, column[q], sums[p][q]);
      }
      weights += BLOCK;
      from++;
    }
  }
  QCC_UNROLL for (int q = 0; q < Q; q++) {
    const vec16 bias = *(const vec16 *)(j->bias + channel + q * BLOCK);
    const int64_t left = w->outputs - channel - q * BLOCK;
    QCC_UNROLL for (int p = 0; p < P; p++) {
      const vec16 sum = sums[p][q] + bias;
      float *to = y + p * j->y_stride + channel + q * BLOCK;
      if (left >= BLOCK) {
        memcpy(to, &sum, sizeof sum);
      } else {
        for (int64_t o = 0; o < left; o++) to[o] = sum[o];
      }
    }
  }
}

/// All positions for Q blocks, rows cut in tiles of nearly equal length.
QCC_INLINE void tile_rows(const int MOST, const int Q, const job *j, int64_t channel) {
  const qcc_windows *w = j->windows;
  float *y = j->y;
  for (int64_t row = 0; row < w->rows; row++) {
    const float *x = j->x + row * w->row_stride;
    int64_t left = w->columns;
    for (int64_t tiles = (left + MOST - 1) / MOST; tiles > 0; tiles--) {
      const int64_t count = (left + tiles - 1) / tiles;
      switch (count) {
#define TILE(P)                                                    \
  case P:                                                          \
    if (P <= MOST) tile(P <= MOST ? P : 1, Q, j, x, y, channel); \
    break;
        TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7)
        TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14)
#undef TILE
      }
      x += count * w->column_stride;
      y += count * j->y_stride;
      left -= count;
    }
  }
}

/// P1, P2, P4: most positions that fit the registers with 1, 2 and 4 blocks (0: not used).
QCC_INLINE void linear_body(const int P1, const int P2, const int P4, const job *j) {
  int64_t channel = 0;
  while (channel < j->windows->outputs) {
    const int64_t left = j->windows->outputs - channel;
    // Short rows fill the registers with channels instead of positions.
    if (P4 && left > 3 * BLOCK && j->windows->columns <= P4) {
      tile_rows(P4 ? P4 : 1, 4, j, channel);
      channel += 4 * BLOCK;
    } else if (P2 && left > BLOCK) {
      tile_rows(P2 ? P2 : 1, 2, j, channel);
      channel += 2 * BLOCK;
    } else {
      tile_rows(P1, 1, j, channel);
      channel += BLOCK;
    }
  }
}

QCC_DISPATCH_EACH(
  void, qcc_f32_linear, (const job *j), (j), linear_body(14, 12, 6, j), linear_body(6, 0, 0, j), linear_body(4, 0, 0, j))

/// Every group has one input and one output channel: 16 groups at once, P positions. Reads up to 15 floats past a window.
QCC_INLINE void depthwise_tile(const int P, const job *j, const float *x, float *y, int64_t channel) {
  const qcc_windows *w = j->windows;
  const int64_t padded = (w->geometry.groups + BLOCK - 1) / BLOCK * BLOCK, left = w->geometry.groups - channel;
  vec16 sums[8];
  QCC_UNROLL for (int p = 0; p < P; p++) sums[p] = (vec16){};
  for (int64_t run = 0; run < w->run_count; run++) {
    const vec16 weights = *(const vec16 *)(j->weights + run * padded + channel);
    QCC_UNROLL for (int p = 0; p < P; p++) {
      const vec16 input = *(const vec16 *)(x + w->offsets[run] + p * w->column_stride + channel);
      sums[p] = __builtin_elementwise_fma(input, weights, sums[p]);
    }
  }
  QCC_UNROLL for (int p = 0; p < P; p++) {
    const vec16 sum = sums[p] + *(const vec16 *)(j->bias + channel);
    float *to = y + p * j->y_stride + channel;
    if (left >= BLOCK) {
      memcpy(to, &sum, sizeof sum);
    } else {
      for (int64_t o = 0; o < left; o++) to[o] = sum[o];
    }
  }
}

QCC_INLINE void depthwise_body(const job *j) {
  const qcc_windows *w = j->windows;
  for (int64_t row = 0; row < w->rows; row++) {
    const float *x = j->x + row * w->row_stride;
    float *y = j->y + row * w->columns * j->y_stride;
    for (int64_t channel = 0; channel < w->geometry.groups; channel += BLOCK) {
      int64_t p = 0;
      for (; p + 4 <= w->columns; p += 4) {
        depthwise_tile(4, j, x + p * w->column_stride, y + p * j->y_stride, channel);
      }
      for (; p < w->columns; p++) depthwise_tile(1, j, x + p * w->column_stride, y + p * j->y_stride, channel);
    }
  }
}

QCC_DISPATCH(qcc_f32_depthwise, (const job *j), depthwise_body, (j))

bool qcc_f32_conv2d(
  const qcc_conv_geometry *g, size_t samples, const float *x, const float *weights, const float *bias, float *y) {
  const bool isDepthwise = g->groups == g->in_channels && g->groups == g->out_channels && g->groups > 1;
  qcc_windows w;
  if (!qcc_windows_make(&w, g, (int64_t)samples, isDepthwise)) return false;
  const int64_t groups = isDepthwise ? 1 : g->groups, outputs = g->out_channels / groups;
  const int64_t width = (outputs + BLOCK - 1) / BLOCK * BLOCK;
  float *packed = calloc((size_t)(groups * width * (w.terms + 1)), sizeof *packed);
  if (!packed) {
    qcc_windows_free(&w);
    return false;
  }
  float *biases = packed + groups * width * w.terms;
  for (int64_t group = 0; group < groups; group++) {
    for (int64_t o = 0; o < outputs; o++) {
      const int64_t channel = group * outputs + o;
      if (bias) biases[group * width + o] = bias[channel];
      for (int64_t t = 0; t < w.terms; t++) {
        const int64_t at = isDepthwise ? t * width + o : (o / BLOCK * w.terms + t) * BLOCK + o % BLOCK;
        packed[group * width * w.terms + at] = weights[t * g->out_channels + channel];
      }
    }
  }
  for (int64_t sample = 0; sample < w.samples; sample++) {
    const float *from = qcc_windows_sample(&w, x, sample);
    for (int64_t group = 0; group < groups; group++) {
      const job j = {
        &w, from + group * (g->in_channels / g->groups), packed + group * width * w.terms, biases + group * width,
        y + sample * w.output_stride + group * outputs, g->out_channels};
      if (isDepthwise) {
        qcc_f32_depthwise(&j);
      } else {
        qcc_f32_linear(&j);
      }
    }
  }
  free(packed);
  qcc_windows_free(&w);
  return true;
}
