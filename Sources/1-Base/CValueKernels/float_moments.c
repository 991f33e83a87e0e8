#include <stdlib.h>
#include <string.h>

#include "float_moments.h"
#include "isa.h"
#include "qcc_float.h"

/// Rows of v are gathered as panels of 16 columns, `[panel][ROWS][16]`.
enum { ROWS = QCC_MOMENT_ROWS, LANES = QCC_MOMENT_LANES };

size_t qcc_moment_size(const qcc_conv_geometry *g) {
  return (size_t)g->kernel_height * g->kernel_width * (g->in_channels / g->groups) + 1 + g->out_channels / g->groups;
}

/// A block of rows of one group.
typedef struct {
  const float *panels;
  int64_t rows;
  /// Of v; the first of the wanted numbers, which are not multiplied with each other.
  int64_t size, first_wanted;
  double *moments;
} block;

/// The products of one panel's columns with another's, P columns at a time.
QCC_INLINE void multiply_panels(const int P, const block *b, int64_t left, int64_t right) {
  const float *x = b->panels + left * ROWS * LANES, *y = b->panels + right * ROWS * LANES;
  const int64_t width = b->size - right * LANES < LANES ? b->size - right * LANES : LANES;
  for (int i = 0; i < LANES; i += P) {
    vec16 sums[LANES];
    QCC_UNROLL for (int p = 0; p < P; p++) sums[p] = (vec16){};
    for (int64_t row = 0; row < b->rows; row++) {
      const vec16 factor = *(const vec16 *)(y + row * LANES);
      QCC_UNROLL for (int p = 0; p < P; p++) {
        sums[p] = __builtin_elementwise_fma(QCC_SPLAT(x[row * LANES + i + p]), factor, sums[p]);
      }
    }
    QCC_UNROLL for (int p = 0; p < P; p++) {
      const int64_t column = left * LANES + i + p;
      if (column >= b->size) continue;
      float values[LANES];
      memcpy(values, &sums[p], sizeof values);
      double *to = b->moments + column * b->size + right * LANES;
      for (int64_t lane = 0; lane < width; lane++) to[lane] += values[lane];
    }
  }
}

QCC_INLINE void moments_body(const int P, const block *b) {
  const int64_t panels = (b->size + LANES - 1) / LANES;
  for (int64_t left = 0; left < panels; left++) {
    const int64_t end = left * LANES >= b->first_wanted ? left + 1 : panels;
    for (int64_t right = left; right < end; right++) multiply_panels(P, b, left, right);
  }
}

QCC_DISPATCH_EACH(void, add_moments, (const block *b), (b), moments_body(16, b), moments_body(4, b), moments_body(4, b))

bool qcc_f32_moments(
  const qcc_conv_geometry *g, size_t samples, size_t step, const float *x, const float *y, double *moments) {
  qcc_windows w;
  if (!qcc_windows_make(&w, g, (int64_t)samples, false)) return false;
  if (g->in_channels == g->groups && g->out_channels == g->groups) {
    const bool isDone = qcc_f32_channel_moments(&w, g->groups, (int64_t)step, x, y, moments);
    qcc_windows_free(&w);
    return isDone;
  }
  const int64_t size = (int64_t)qcc_moment_size(g), inputs = g->in_channels / g->groups;
  const int64_t width = (size + LANES - 1) / LANES * LANES, panel_floats = width * ROWS;
  // Behind the panels one row of v.
  float *panels = calloc((size_t)(g->groups * panel_floats + width), sizeof *panels), *v = panels + g->groups * panel_floats;
  if (!panels) {
    qcc_windows_free(&w);
    return false;
  }
  v[w.terms] = 1;
  int64_t rows = 0, position = 0, next = 0;
  for (int64_t sample = 0; sample < w.samples; sample++) {
    const float *from = qcc_windows_sample(&w, x, sample);
    const float *wanted = y + sample * w.output_stride;
    for (int64_t row = 0; row < w.rows; row++) {
      for (int64_t column = 0; column < w.columns; column++, wanted += g->out_channels, position++) {
        if (position != next) continue;
        next += (int64_t)step;
        const float *window = from + row * w.row_stride + column * w.column_stride;
        for (int64_t group = 0; group < g->groups; group++) {
          for (int64_t run = 0; run < w.run_count; run++) {
            memcpy(v + run * w.run_length, window + w.offsets[run] + group * inputs, (size_t)w.run_length * sizeof *v);
          }
          memcpy(v + w.terms + 1, wanted + group * w.outputs, (size_t)w.outputs * sizeof *v);
          float *to = panels + group * panel_floats + rows * LANES;
          for (int64_t i = 0; i < width; i += LANES) memcpy(to + i * ROWS, v + i, LANES * sizeof *v);
        }
        if (++rows < ROWS) continue;
        for (int64_t group = 0; group < g->groups; group++) {
          const block b = {panels + group * panel_floats, rows, size, w.terms + 1, moments + group * size * size};
          add_moments(&b);
        }
        rows = 0;
      }
    }
  }
  for (int64_t group = 0; group < g->groups && rows > 0; group++) {
    const block b = {panels + group * panel_floats, rows, size, w.terms + 1, moments + group * size * size};
    add_moments(&b);
  }
  free(panels);
  qcc_windows_free(&w);
  return true;
}
