#include <stdlib.h>
#include <string.h>

#include "float_moments.h"
#include "isa.h"

enum { ROWS = QCC_MOMENT_ROWS, LANES = QCC_MOMENT_LANES, AT_ONCE = 4 };

/// Rows of v for `lanes` channels: `[ROWS][stride][LANES]`, zeros behind the `size` columns.
typedef struct {
  float *values;
  int64_t rows, size, stride, lanes;
  /// Of the first channel.
  double *moments;
} block;

QCC_INLINE void channel_moments_body(const block *b) {
  const int64_t row_floats = b->stride * LANES;
  for (int64_t i = 0; i < b->size; i++) {
    for (int64_t j = i; j < b->size; j += AT_ONCE) {
      vec16 sums[AT_ONCE];
      QCC_UNROLL for (int p = 0; p < AT_ONCE; p++) sums[p] = (vec16){};
      const float *v = b->values;
      for (int64_t row = 0; row < b->rows; row++, v += row_floats) {
        const vec16 factor = *(const vec16 *)(v + i * LANES);
        QCC_UNROLL for (int p = 0; p < AT_ONCE; p++) {
          sums[p] = __builtin_elementwise_fma(factor, *(const vec16 *)(v + (j + p) * LANES), sums[p]);
        }
      }
      for (int p = 0; p < AT_ONCE && j + p < b->size; p++) {
        for (int64_t lane = 0; lane < b->lanes; lane++) b->moments[(lane * b->size + i) * b->size + j + p] += sums[p][lane];
      }
    }
  }
}

QCC_DISPATCH(add_channel_moments, (const block *b), channel_moments_body, (b))

/// All lanes in one vector as a rule.
QCC_INLINE void copy_lanes(int64_t lanes, const float *from, float *to) {
  if (lanes == LANES) {
    memcpy(to, from, LANES * sizeof *to);
  } else {
    memcpy(to, from, (size_t)lanes * sizeof *to);
  }
}

bool qcc_f32_channel_moments(
  const qcc_windows *w, int64_t channels, int64_t step, const float *x, const float *y, double *moments) {
  const int64_t size = w->terms + 2, stride = size + AT_ONCE;
  float *values = calloc((size_t)(ROWS * stride * LANES), sizeof *values);
  if (!values) return false;
  for (int64_t first = 0; first < channels; first += LANES) {
    const int64_t lanes = channels - first < LANES ? channels - first : LANES;
    block b = {values, 0, size, stride, lanes, moments + first * size * size};
    for (int64_t row = 0; row < ROWS; row++) {
      for (int64_t lane = 0; lane < LANES; lane++) values[(row * stride + w->terms) * LANES + lane] = 1;
    }
    int64_t position = 0, next = 0;
    for (int64_t sample = 0; sample < w->samples; sample++) {
      const float *from = qcc_windows_sample(w, x, sample) + first;
      const float *wanted = y + sample * w->output_stride + first;
      for (int64_t row = 0; row < w->rows; row++) {
        for (int64_t column = 0; column < w->columns; column++, wanted += channels, position++) {
          if (position != next) continue;
          next += step;
          const float *window = from + row * w->row_stride + column * w->column_stride;
          float *to = values + b.rows * stride * LANES;
          for (int64_t term = 0; term < w->terms; term++) copy_lanes(lanes, window + w->offsets[term], to + term * LANES);
          copy_lanes(lanes, wanted, to + (w->terms + 1) * LANES);
          if (++b.rows < ROWS) continue;
          add_channel_moments(&b);
          b.rows = 0;
        }
      }
    }
    if (b.rows > 0) add_channel_moments(&b);
  }
  free(values);
  return true;
}
