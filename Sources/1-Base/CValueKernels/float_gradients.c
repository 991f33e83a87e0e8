#include "qcc_gradients.h"

#include <stdlib.h>
#include <string.h>

#include "float_windows.h"
#include "geometry_math.h"
#include "isa.h"

// Instruction sets with fused multiply-adds would use them where others cannot.
#pragma STDC FP_CONTRACT OFF

// MARK: Input

/// The taps of one axis that reach inputs of one remainder modulo the stride: kernel position first + i * stride for i < count;
/// output position t + base - i is what the tap i of the t-th such input was multiplied for.
typedef struct {
  int32_t first, count, base;
  /// Inputs of that remainder.
  int32_t inputs;
} phase;

static phase phase_of(int32_t remainder, int32_t stride, int32_t pad, int32_t kernel, int32_t extent) {
  phase p;
  p.first = (remainder + pad) % stride;
  p.count = kernel > p.first ? (kernel - p.first + stride - 1) / stride : 0;
  p.base = (remainder + pad) / stride;
  p.inputs = extent > remainder ? (extent - remainder + stride - 1) / stride : 0;
  return p;
}

/// The kernel for the way back: taps of a phase in reverse, input and output channels of each group exchanged.
static void turn_weights(
  const qcc_conv_geometry *g, const phase *rows, const phase *columns, const float *weights, float *turned) {
  const int64_t inputs = g->in_channels / g->groups, outputs = g->out_channels / g->groups;
  for (int64_t ky = 0; ky < rows->count; ky++) {
    for (int64_t kx = 0; kx < columns->count; kx++) {
      const int64_t y = rows->first + (rows->count - 1 - ky) * g->stride_height;
      const int64_t x = columns->first + (columns->count - 1 - kx) * g->stride_width;
      const float *from = weights + (y * g->kernel_width + x) * inputs * g->out_channels;
      float *to = turned + (ky * columns->count + kx) * outputs * g->in_channels;
      for (int64_t group = 0; group < g->groups; group++) {
        for (int64_t o = 0; o < outputs; o++) {
          for (int64_t i = 0; i < inputs; i++) {
            to[o * g->in_channels + group * inputs + i] = from[i * g->out_channels + group * outputs + o];
          }
        }
      }
    }
  }
}

/// Every product by itself: for the geometries that no convolution goes back for.
static void input_gradient_directly(
  const qcc_conv_geometry *g, size_t samples, const float *dy, const float *weights, float *dx) {
  const int64_t inputs = g->in_channels / g->groups, outputs = g->out_channels / g->groups;
  for (size_t sample = 0; sample < samples; sample++) {
    for (int64_t oy = 0; oy < g->out_height; oy++) {
      for (int64_t ox = 0; ox < g->out_width; ox++, dy += g->out_channels) {
        for (int64_t ky = 0; ky < g->kernel_height; ky++) {
          const int64_t iy = oy * g->stride_height + ky * g->dilation_height - g->pad_top;
          if (iy < 0 || iy >= g->in_height) continue;
          for (int64_t kx = 0; kx < g->kernel_width; kx++) {
            const int64_t ix = ox * g->stride_width + kx * g->dilation_width - g->pad_left;
            if (ix < 0 || ix >= g->in_width) continue;
            const float *tap = weights + (ky * g->kernel_width + kx) * inputs * g->out_channels;
            float *to = dx + (iy * g->in_width + ix) * g->in_channels;
            for (int64_t c = 0; c < g->in_channels; c++) {
              const int64_t group = c / inputs * outputs;
              for (int64_t o = group; o < group + outputs; o++) {
                to[c] = __builtin_fmaf(dy[o], tap[c % inputs * g->out_channels + o], to[c]);
              }
            }
          }
        }
      }
    }
    dx += (int64_t)g->in_height * g->in_width * g->in_channels;
  }
}

/// The inputs of one remainder along each axis.
static bool input_gradient_of_phase(
  const qcc_conv_geometry *g, size_t samples, const float *dy, const float *weights, int32_t row, int32_t column,
  const phase *rows, const phase *columns, float *dx) {
  const size_t taps = (size_t)rows->count * (size_t)columns->count;
  const size_t elements = (size_t)rows->inputs * (size_t)columns->inputs * (size_t)g->in_channels;
  const bool is_whole = g->stride_height == 1 && g->stride_width == 1;
  if (taps == 0 || elements == 0) return true;
  float *turned = malloc(taps * (size_t)(g->out_channels / g->groups) * (size_t)g->in_channels * sizeof *turned);
  float *part = is_whole ? dx : malloc(samples * elements * sizeof *part);
  bool is_done = turned && part;
  if (is_done) {
    turn_weights(g, rows, columns, weights, turned);
    const qcc_conv_geometry back = {
      .in_height = g->out_height, .in_width = g->out_width, .in_channels = g->out_channels,
      .out_height = rows->inputs, .out_width = columns->inputs, .out_channels = g->in_channels,
      .kernel_height = rows->count, .kernel_width = columns->count, .stride_height = 1, .stride_width = 1,
      .dilation_height = g->dilation_height, .dilation_width = g->dilation_width,
      .pad_top = (rows->count - 1) * g->dilation_height - rows->base,
      .pad_left = (columns->count - 1) * g->dilation_width - columns->base, .groups = g->groups};
    is_done = qcc_f32_conv2d(&back, samples, dy, turned, NULL, part);
  }
  if (is_done && !is_whole) {
    const size_t channels = (size_t)g->in_channels;
    const float *from = part;
    for (size_t sample = 0; sample < samples; sample++) {
      for (int32_t y = row; y < g->in_height; y += g->stride_height) {
        for (int32_t x = column; x < g->in_width; x += g->stride_width, from += channels) {
          const size_t place = (sample * (size_t)g->in_height + (size_t)y) * (size_t)g->in_width + (size_t)x;
          memcpy(dx + place * channels, from, channels * sizeof *dx);
        }
      }
    }
  }
  if (!is_whole) free(part);
  free(turned);
  return is_done;
}

bool qcc_f32_conv2d_input_gradient(
  const qcc_conv_geometry *g, size_t samples, const float *dy, const float *weights, float *dx) {
  const size_t elements = samples * (size_t)g->in_height * (size_t)g->in_width * (size_t)g->in_channels;
  const bool is_strided = g->stride_height > 1 || g->stride_width > 1;
  const bool is_dilated = g->dilation_height > 1 || g->dilation_width > 1;
  bool goes_back = !(is_strided && is_dilated);
  for (int32_t row = 0; row < g->stride_height; row++) {
    const phase p = phase_of(row, g->stride_height, g->pad_top, g->kernel_height, g->in_height);
    goes_back = goes_back && (p.count == 0 || p.base <= (p.count - 1) * g->dilation_height);
  }
  for (int32_t column = 0; column < g->stride_width; column++) {
    const phase p = phase_of(column, g->stride_width, g->pad_left, g->kernel_width, g->in_width);
    goes_back = goes_back && (p.count == 0 || p.base <= (p.count - 1) * g->dilation_width);
  }
  if (is_strided || !goes_back) memset(dx, 0, elements * sizeof *dx);
  if (!goes_back) {
    input_gradient_directly(g, samples, dy, weights, dx);
    return true;
  }
  for (int32_t row = 0; row < g->stride_height; row++) {
    const phase rows = phase_of(row, g->stride_height, g->pad_top, g->kernel_height, g->in_height);
    for (int32_t column = 0; column < g->stride_width; column++) {
      const phase columns = phase_of(column, g->stride_width, g->pad_left, g->kernel_width, g->in_width);
      if (!input_gradient_of_phase(g, samples, dy, weights, row, column, &rows, &columns, dx)) return false;
    }
  }
  return true;
}

// MARK: Weights

enum { BLOCK = 16 };

/// One group of a convolution, one sample.
typedef struct {
  const qcc_windows *windows;
  const float *x;
  /// Whole blocks of channels from one position to the next.
  const float *dy;
  int64_t dy_stride;
  /// The group's first, and floats from one term to the next.
  float *dw;
  int64_t dw_stride;
} gradient_job;

/// T neighbouring terms times Q blocks of output channels, held in registers over all positions.
QCC_INLINE void gradient_tile(
  const int T, const int Q, const gradient_job *j, const float *x, int64_t channel, float *dw) {
  const qcc_windows *w = j->windows;
  vec16 sums[12][2];
  QCC_UNROLL for (int t = 0; t < T; t++) {
    QCC_UNROLL for (int q = 0; q < Q; q++) sums[t][q] = (vec16){};
  }
  const float *dy = j->dy + channel;
  const int64_t step = w->column_stride, dy_stride = j->dy_stride;
  for (int64_t row = 0; row < w->rows; row++) {
    const float *from = x + row * w->row_stride;
    for (int64_t left = w->columns; left > 0; left--) {
      vec16 gradient[2];
      QCC_UNROLL for (int q = 0; q < Q; q++) gradient[q] = *(const vec16 *)(dy + q * BLOCK);
      QCC_UNROLL for (int t = 0; t < T; t++) {
        const vec16 input = QCC_SPLAT(from[t]);
        QCC_UNROLL for (int q = 0; q < Q; q++) sums[t][q] = __builtin_elementwise_fma(input, gradient[q], sums[t][q]);
      }
      from += step;
      dy += dy_stride;
    }
  }
  QCC_UNROLL for (int t = 0; t < T; t++) {
    QCC_UNROLL for (int q = 0; q < Q; q++) {
      float *to = dw + t * j->dw_stride + channel + q * BLOCK;
      const int64_t left = w->outputs - channel - q * BLOCK;
      for (int64_t o = 0; o < (left < BLOCK ? left : BLOCK); o++) to[o] += sums[t][q][o];
    }
  }
}

/// All terms for Q blocks.
QCC_INLINE void gradient_terms(const int MOST, const int SOME, const int Q, const gradient_job *j, int64_t channel) {
  const qcc_windows *w = j->windows;
  float *dw = j->dw;
  for (int64_t run = 0; run < w->run_count; run++) {
    const float *x = j->x + w->offsets[run];
    int64_t left = w->run_length;
    for (; left >= MOST; left -= MOST, x += MOST, dw += MOST * j->dw_stride) gradient_tile(MOST, Q, j, x, channel, dw);
    for (; left >= SOME; left -= SOME, x += SOME, dw += SOME * j->dw_stride) gradient_tile(SOME, Q, j, x, channel, dw);
    for (; left > 0; left--, x++, dw += j->dw_stride) gradient_tile(1, Q, j, x, channel, dw);
  }
}

QCC_INLINE void gradient_body(const int MOST, const int SOME, const int Q, const gradient_job *j) {
  int64_t channel = 0;
  while (channel < j->windows->outputs) {
    if (Q > 1 && j->windows->outputs - channel > BLOCK) {
      gradient_terms(MOST, SOME, Q, j, channel);
      channel += Q * BLOCK;
    } else {
      gradient_terms(MOST, SOME, 1, j, channel);
      channel += BLOCK;
    }
  }
}

QCC_DISPATCH_EACH(
  void, qcc_f32_weight_gradient, (const gradient_job *j), (j), gradient_body(12, 4, 2, j), gradient_body(4, 2, 1, j),
  gradient_body(2, 2, 1, j))

/// Every group has one input and one output channel: 16 groups at once, all taps of a kernel's row. Reads up to 15 floats past a
/// window.
QCC_INLINE void depthwise_gradient_tile(const int T, const gradient_job *j, int64_t run, int64_t channel) {
  const qcc_windows *w = j->windows;
  vec16 sums[3];
  QCC_UNROLL for (int t = 0; t < T; t++) sums[t] = (vec16){};
  const float *dy = j->dy + channel;
  for (int64_t row = 0; row < w->rows; row++) {
    const float *from = j->x + row * w->row_stride + channel;
    for (int64_t left = w->columns; left > 0; left--) {
      const vec16 gradient = *(const vec16 *)dy;
      QCC_UNROLL for (int t = 0; t < T; t++) {
        const vec16 input = *(const vec16 *)(from + w->offsets[run + t]);
        sums[t] = __builtin_elementwise_fma(input, gradient, sums[t]);
      }
      from += w->column_stride;
      dy += j->dy_stride;
    }
  }
  const int64_t left = w->geometry.groups - channel;
  QCC_UNROLL for (int t = 0; t < T; t++) {
    float *to = j->dw + (run + t) * j->dw_stride + channel;
    for (int64_t o = 0; o < (left < BLOCK ? left : BLOCK); o++) to[o] += sums[t][o];
  }
}

QCC_INLINE void depthwise_gradient_body(const gradient_job *j) {
  for (int64_t channel = 0; channel < j->windows->geometry.groups; channel += BLOCK) {
    int64_t run = 0;
    for (; run + 3 <= j->windows->run_count; run += 3) depthwise_gradient_tile(3, j, run, channel);
    for (; run < j->windows->run_count; run++) depthwise_gradient_tile(1, j, run, channel);
  }
}

QCC_DISPATCH(qcc_f32_depthwise_weight_gradient, (const gradient_job *j), depthwise_gradient_body, (j))

QCC_INLINE void bias_gradient_body(size_t rows, size_t channels, const float *restrict dy, float *restrict db) {
  for (size_t c = 0; c < channels; c++) db[c] = 0;
  for (size_t row = 0; row < rows; row++, dy += channels) {
    for (size_t c = 0; c < channels; c++) db[c] += dy[c];
  }
}

QCC_DISPATCH(
  bias_gradient, (size_t rows, size_t channels, const float *dy, float *db), bias_gradient_body,
  (rows, channels, dy, db))

bool qcc_f32_conv2d_weight_gradient(
  const qcc_conv_geometry *g, size_t samples, const float *x, const float *dy, float *dw, float *db) {
  const bool is_depthwise = g->groups == g->in_channels && g->groups == g->out_channels && g->groups > 1;
  const int64_t outputs = g->out_channels / g->groups, inputs = g->in_channels / g->groups;
  const size_t weights = (size_t)g->kernel_height * (size_t)g->kernel_width * (size_t)inputs * (size_t)g->out_channels;
  bias_gradient(samples * (size_t)g->out_height * (size_t)g->out_width, (size_t)g->out_channels, dy, db);
  memset(dw, 0, weights * sizeof *dw);
  qcc_windows w;
  if (!qcc_windows_make(&w, g, (int64_t)samples, is_depthwise)) return false;
  // Blocks are read whole: where channels are none of those, they are copied.
  const int64_t groups = is_depthwise ? 1 : g->groups, channels = is_depthwise ? g->out_channels : outputs;
  const int64_t width = (channels + BLOCK - 1) / BLOCK * BLOCK, positions = w.rows * w.columns;
  const bool copies = width != channels;
  float *wide = copies ? calloc((size_t)(positions * width), sizeof *wide) : NULL;
  if (copies && !wide) {
    qcc_windows_free(&w);
    return false;
  }
  for (int64_t sample = 0; sample < w.samples; sample++) {
    const float *from = qcc_windows_sample(&w, x, sample);
    const float *gradient = dy + sample * w.output_stride;
    for (int64_t group = 0; group < groups; group++) {
      for (int64_t p = 0; copies && p < positions; p++) {
        memcpy(
          wide + p * width, gradient + p * g->out_channels + group * channels, (size_t)channels * sizeof *wide);
      }
      const gradient_job j = {
        &w, from + group * inputs, copies ? wide : gradient + group * channels, copies ? width : g->out_channels,
        dw + group * channels, g->out_channels};
      if (is_depthwise) {
        qcc_f32_depthwise_weight_gradient(&j);
      } else {
        qcc_f32_weight_gradient(&j);
      }
    }
  }
  free(wide);
  qcc_windows_free(&w);
  return true;
}

// MARK: Pools and functions

void qcc_f32_max_pool_gradient(
  const qcc_pool_geometry *g, size_t samples, const float *x, const float *dy, float *dx) {
  const size_t channels = (size_t)g->channels, elements = (size_t)g->in_height * (size_t)g->in_width * channels;
  memset(dx, 0, samples * elements * sizeof *dx);
  for (size_t sample = 0; sample < samples; sample++, x += elements, dx += elements) {
    for (int64_t oy = 0; oy < g->out_height; oy++) {
      const qcc_span rows = qcc_window_row_span(g, oy);
      for (int64_t ox = 0; ox < g->out_width; ox++, dy += channels) {
        const qcc_span columns = qcc_window_column_span(g, ox);
        for (size_t c = 0; c < channels; c++) {
          size_t largest = (size_t)(rows.first * g->in_width + columns.first) * channels + c;
          for (int64_t iy = rows.first; iy < rows.end; iy++) {
            for (int64_t ix = columns.first; ix < columns.end; ix++) {
              const size_t place = (size_t)(iy * g->in_width + ix) * channels + c;
              if (x[place] > x[largest]) largest = place;
            }
          }
          dx[largest] += dy[c];
        }
      }
    }
  }
}

void qcc_f32_average_pool_gradient(
  const qcc_pool_geometry *g, size_t samples, float factor, const float *dy, float *dx) {
  const size_t channels = (size_t)g->channels, elements = (size_t)g->in_height * (size_t)g->in_width * channels;
  memset(dx, 0, samples * elements * sizeof *dx);
  for (size_t sample = 0; sample < samples; sample++, dx += elements) {
    for (int64_t oy = 0; oy < g->out_height; oy++) {
      const qcc_span rows = qcc_window_row_span(g, oy);
      for (int64_t ox = 0; ox < g->out_width; ox++, dy += channels) {
        const qcc_span columns = qcc_window_column_span(g, ox);
        const float share = factor / (float)((rows.end - rows.first) * (columns.end - columns.first));
        for (int64_t iy = rows.first; iy < rows.end; iy++) {
          for (int64_t ix = columns.first; ix < columns.end; ix++) {
            float *to = dx + (size_t)(iy * g->in_width + ix) * channels;
            for (size_t c = 0; c < channels; c++) to[c] = __builtin_fmaf(dy[c], share, to[c]);
          }
        }
      }
    }
  }
}

QCC_INLINE void clip_gradient_body(
  size_t count, float low, float high, const float *restrict x, const float *restrict dy, float *restrict dx) {
  for (size_t i = 0; i < count; i++) dx[i] = x[i] > low && x[i] < high ? dy[i] : 0;
}

QCC_DISPATCH(
  qcc_f32_clip_gradient, (size_t count, float low, float high, const float *x, const float *dy, float *dx),
  clip_gradient_body, (count, low, high, x, dy, dx))

// MARK: Quantizers

QCC_INLINE float clamped(float value, float low, float high) {
  value = value < low ? low : value;
  return value > high ? high : value;
}

/// What a value changes with the scale, and whether it is inside the range: codes are counted from the zero point. A value on a
/// code, as weights are where training begins and at the ends of their range, is that whatever the last bits of its quotient say.
QCC_INLINE float step_gradient(float position, float low, float high, bool *is_inside) {
  const float nearest = __builtin_rintf(position);
  const float left = nearest - position;
  const bool is_on_code = __builtin_fabsf(left) <= 0x1p-21f * __builtin_fabsf(position);
  const float end = clamped(nearest, low, high);
  *is_inside = is_on_code ? nearest == end : position >= low && position <= high;
  return *is_inside ? (is_on_code ? 0 : left) : end;
}

enum { LANES = 16 };

QCC_INLINE double quantize_gradient_body(
  size_t count, const qcc_f32_quantizer *quantizer, const float *restrict x, const float *restrict dy,
  float *restrict dx) {
  const float scale = quantizer->scale;
  const float low = quantizer->low - quantizer->zero_point, high = quantizer->high - quantizer->zero_point;
  double sums[LANES] = {0};
  size_t start = 0;
  for (; start + LANES <= count; start += LANES) {
    for (size_t lane = 0; lane < LANES; lane++) {
      bool is_inside;
      const float change = step_gradient(x[start + lane] / scale, low, high, &is_inside);
      dx[start + lane] = is_inside ? dy[start + lane] : 0;
      sums[lane] += (double)(dy[start + lane] * change);
    }
  }
  for (size_t i = start; i < count; i++) {
    bool is_inside;
    const float change = step_gradient(x[i] / scale, low, high, &is_inside);
    dx[i] = is_inside ? dy[i] : 0;
    sums[i - start] += (double)(dy[i] * change);
  }
  double sum = 0;
  for (size_t lane = 0; lane < LANES; lane++) sum += sums[lane];
  return sum;
}

QCC_DISPATCH_RESULT(
  double, qcc_f32_quantize_gradient,
  (size_t count, const qcc_f32_quantizer *q, const float *x, const float *dy, float *dx), quantize_gradient_body,
  (count, q, x, dy, dx))

QCC_INLINE float weight_code(float x, float low, float high, bool to_signs) {
  if (to_signs) return x < 0 ? -1.0f : 1.0f;
  return clamped(__builtin_rintf(x), low, high);
}

QCC_INLINE void quantize_weights_body(
  size_t rows, size_t channels, const float *restrict scales, float low, float high, bool to_signs,
  const float *restrict x, float *restrict y) {
  for (size_t row = 0; row < rows; row++, x += channels, y += channels) {
    for (size_t c = 0; c < channels; c++) y[c] = scales[c] * weight_code(x[c], low, high, to_signs);
  }
}

QCC_DISPATCH(
  qcc_f32_quantize_weights,
  (size_t rows, size_t channels, const float *scales, float low, float high, bool to_signs, const float *x, float *y),
  quantize_weights_body, (rows, channels, scales, low, high, to_signs, x, y))

QCC_INLINE void quantize_weights_gradient_body(
  size_t rows, size_t channels, const float *restrict scales, float low, float high, bool to_signs,
  const float *restrict x, const float *restrict dy, float *restrict dx, float *restrict dscales) {
  for (size_t c = 0; c < channels; c++) dscales[c] = 0;
  for (size_t row = 0; row < rows; row++, x += channels, dy += channels, dx += channels) {
    for (size_t c = 0; c < channels; c++) {
      dx[c] = low <= x[c] && x[c] <= high ? scales[c] * dy[c] : 0;
      dscales[c] += dy[c] * weight_code(x[c], low, high, to_signs);
    }
  }
}

QCC_DISPATCH(
  qcc_f32_quantize_weights_gradient,
  (size_t rows, size_t channels, const float *scales, float low, float high, bool to_signs, const float *x,
   const float *dy, float *dx, float *dscales),
  quantize_weights_gradient_body, (rows, channels, scales, low, high, to_signs, x, dy, dx, dscales))

// MARK: Steps

QCC_INLINE void adam_body(
  size_t count, const qcc_adam_step *step, const float *restrict gradient, float *restrict mean,
  float *restrict square, float *restrict x) {
  const qcc_adam_step s = *step;
  for (size_t i = 0; i < count; i++) {
    mean[i] += (1 - s.beta1) * (gradient[i] - mean[i]);
    square[i] += (1 - s.beta2) * (gradient[i] * gradient[i] - square[i]);
    x[i] -= s.rate * (mean[i] / s.correction1) / (__builtin_sqrtf(square[i] / s.correction2) + s.epsilon);
  }
}

QCC_DISPATCH(
  qcc_f32_adam,
  (size_t count, const qcc_adam_step *step, const float *gradient, float *mean, float *square, float *x), adam_body,
  (count, step, gradient, mean, square, x))
