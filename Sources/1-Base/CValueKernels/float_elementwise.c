#include <string.h>

#include "float_windows.h"
#include "geometry_math.h"
#include "isa.h"
#include "qcc_float.h"

QCC_INLINE float clamped(float value, float low, float high) {
  value = value < low ? low : value;
  return value > high ? high : value;
}

QCC_INLINE float quantized(float value, const qcc_f32_quantizer *q) {
  return q->scale * (clamped(__builtin_rintf(value / q->scale) + q->zero_point, q->low, q->high) - q->zero_point);
}

QCC_INLINE void affine_body(
  size_t rows, size_t channels, const float *scale, const float *shift, const float *x, float *y) {
  for (size_t row = 0; row < rows; row++, x += channels, y += channels) {
    for (size_t c = 0; c < channels; c++) y[c] = __builtin_fmaf(x[c], scale[c], shift[c]);
  }
}

QCC_DISPATCH(
  qcc_f32_affine, (size_t rows, size_t channels, const float *scale, const float *shift, const float *x, float *y),
  affine_body, (rows, channels, scale, shift, x, y))

QCC_INLINE void clip_body(size_t count, float low, float high, const float *x, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = clamped(x[i], low, high);
}

QCC_DISPATCH(
  qcc_f32_clip, (size_t count, float low, float high, const float *x, float *y), clip_body, (count, low, high, x, y))

QCC_INLINE void add_body(size_t count, const float *restrict x, float *restrict y) {
  for (size_t i = 0; i < count; i++) y[i] += x[i];
}

QCC_DISPATCH(qcc_f32_add, (size_t count, const float *x, float *y), add_body, (count, x, y))

QCC_INLINE void subtract_body(size_t count, const float *restrict x, float *restrict y) {
  for (size_t i = 0; i < count; i++) y[i] -= x[i];
}
QCC_DISPATCH(qcc_f32_subtract, (size_t count, const float *x, float *y), subtract_body, (count, x, y))

void qcc_f64_add(size_t count, const double *x, double *y) {
  for (size_t i = 0; i < count; i++) y[i] += x[i];
}

QCC_INLINE void quantize_body(size_t count, const qcc_f32_quantizer *quantizer, const float *x, float *y) {
  const qcc_f32_quantizer q = *quantizer;
  for (size_t i = 0; i < count; i++) y[i] = quantized(x[i], &q);
}

QCC_DISPATCH(
  qcc_f32_quantize, (size_t count, const qcc_f32_quantizer *q, const float *x, float *y), quantize_body, (count, q, x, y))

/// Squared distances are summed up in 16 chains of float64, element i in chain i modulo 16.
enum { LANES = 16 };

#define SUM_OF_SQUARES(count, DISTANCE)                                        \
  double sums[LANES] = {0};                                                    \
  size_t start = 0;                                                            \
  for (; start + LANES <= (count); start += LANES) {                           \
    for (size_t lane = 0; lane < LANES; lane++) {                              \
      const size_t i = start + lane;                                           \
      const double distance = (DISTANCE);                                      \
      sums[lane] = __builtin_fma(distance, distance, sums[lane]);              \
    }                                                                          \
  }                                                                            \
  for (size_t i = start; i < (count); i++) {                                   \
    const double distance = (DISTANCE);                                        \
    sums[i - start] = __builtin_fma(distance, distance, sums[i - start]);      \
  }                                                                            \
  double sum = 0;                                                              \
  for (size_t lane = 0; lane < LANES; lane++) sum += sums[lane];               \
  return sum;

QCC_INLINE double error_body(size_t count, const qcc_f32_quantizer *quantizer, const float *x) {
  const qcc_f32_quantizer q = *quantizer;
  SUM_OF_SQUARES(count, quantized(x[i], &q) - x[i])
}

QCC_DISPATCH_RESULT(
  double, qcc_f32_quantization_error, (size_t count, const qcc_f32_quantizer *q, const float *x), error_body,
  (count, q, x))

QCC_INLINE double distance_body(size_t count, const float *x, const float *y) { SUM_OF_SQUARES(count, x[i] - y[i]) }

QCC_DISPATCH_RESULT(
  double, qcc_f32_squared_distance, (size_t count, const float *x, const float *y), distance_body, (count, x, y))

QCC_INLINE void range_body(size_t count, const float *x, float *low, float *high) {
  vec16 least = QCC_SPLAT(count > 0 ? x[0] : 0), most = least, odd = {};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const vec16 values = *(const vec16 *)(x + i);
    least = __builtin_elementwise_min(values, least);
    most = __builtin_elementwise_max(values, most);
    odd += values * 0;
  }
  for (; i < count; i++) {
    least[0] = x[i] < least[0] ? x[i] : least[0];
    most[0] = x[i] > most[0] ? x[i] : most[0];
    odd[0] += x[i] * 0;
  }
  // Of two zeros the positive one, whatever the instruction set says.
  *low = least[0] + 0.0f;
  *high = most[0] + 0.0f;
  float sum = odd[0];
  for (int lane = 1; lane < LANES; lane++) {
    *low = least[lane] < *low ? least[lane] + 0.0f : *low;
    *high = most[lane] > *high ? most[lane] + 0.0f : *high;
    sum += odd[lane];
  }
  if (sum != 0) *low = *high = sum;
}

QCC_DISPATCH(
  qcc_f32_range, (size_t count, const float *x, float *low, float *high), range_body, (count, x, low, high))

void qcc_f32_histogram(size_t count, const float *x, float low, float high, size_t bins, uint64_t *counts) {
  const double factor = high > low ? (double)bins / ((double)high - (double)low) : 0;
  for (size_t i = 0; i < count; i++) {
    const double bin = ((double)x[i] - low) * factor;
    counts[bin < 0 ? 0 : bin >= (double)bins ? bins - 1 : (size_t)bin]++;
  }
}

#define POOL(name, START, STEP, END)                                                                   \
  static void name##_pool(const qcc_pool_geometry *g, size_t samples, float factor, const float *x, float *y) { \
    const size_t channels = (size_t)g->channels;                                                       \
    for (size_t sample = 0; sample < samples; sample++) {                                              \
      for (int64_t oy = 0; oy < g->out_height; oy++) {                                                 \
        const qcc_span rows = qcc_window_row_span(g, oy);                                              \
        for (int64_t ox = 0; ox < g->out_width; ox++, y += channels) {                                 \
          const qcc_span columns = qcc_window_column_span(g, ox);                                      \
          for (size_t c = 0; c < channels; c++) y[c] = (START);                                        \
          for (int64_t iy = rows.first; iy < rows.end; iy++) {                                         \
            for (int64_t ix = columns.first; ix < columns.end; ix++) {                                 \
              const float *from = x + (size_t)(iy * g->in_width + ix) * channels;                      \
              for (size_t c = 0; c < channels; c++) y[c] = (STEP);                                     \
            }                                                                                          \
          }                                                                                            \
          const float inside = (float)((rows.end - rows.first) * (columns.end - columns.first));       \
          (void)inside;                                                                                \
          for (size_t c = 0; c < channels; c++) y[c] = (END);                                          \
        }                                                                                              \
      }                                                                                                \
      x += (size_t)g->in_height * (size_t)g->in_width * channels;                                      \
    }                                                                                                  \
  }

POOL(max, -__builtin_inff(), from[c] > y[c] ? from[c] : y[c], y[c] * factor)
POOL(average, 0, y[c] + from[c], y[c] / inside * factor)

void qcc_f32_max_pool(const qcc_pool_geometry *geometry, size_t samples, const float *x, float *y) {
  max_pool(geometry, samples, 1, x, y);
}

void qcc_f32_average_pool(
  const qcc_pool_geometry *geometry, size_t samples, float factor, const float *x, float *y) {
  average_pool(geometry, samples, factor, x, y);
}
