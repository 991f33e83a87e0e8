#include <stdlib.h>
#include <string.h>

#include "float_windows.h"
#include "isa.h"
#include "qcc_float.h"

/// Sums over so many rows are float32, those of the sums float64.
enum { ROWS = 128, LANES = 16, AT_ONCE = 4 };

size_t qcc_moment_size(const qcc_conv_geometry *g) {
  return (size_t)g->kernel_height * g->kernel_width * (g->in_channels / g->groups) + 1 + g->out_channels / g->groups;
}

/// Every step-th window of all samples.
typedef struct {
  const qcc_windows *windows;
  const float *x;
  int64_t step, next;
  /// The sample that the last window was of, and its input.
  int64_t sample;
  const float *from;
} window_walk;

/// The next window and its position among those of all samples; NULL behind the last.
QCC_INLINE const float *next_window(window_walk *walk, int64_t *position) {
  const qcc_windows *w = walk->windows;
  const int64_t count = w->rows * w->columns;
  if (walk->next >= w->samples * count) return NULL;
  const int64_t sample = walk->next / count, place = walk->next % count;
  if (sample != walk->sample) walk->from = qcc_windows_sample(w, walk->x, sample);
  walk->sample = sample;
  *position = walk->next;
  walk->next += walk->step;
  return walk->from + place / w->columns * w->row_stride + place % w->columns * w->column_stride;
}

/// A block of rows of one group, gathered as panels of 16 columns, `[panel][ROWS][16]`.
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

/// Rows of v for `lanes` channels: `[ROWS][stride][LANES]`, zeros behind the `size` columns.
typedef struct {
  float *values;
  int64_t rows, size, stride, lanes;
  /// Of the first channel.
  double *moments;
} channel_block;

QCC_INLINE void channel_moments_body(const channel_block *b) {
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

QCC_DISPATCH(add_channel_moments, (const channel_block *b), channel_moments_body, (b))

/// All lanes in one vector as a rule.
QCC_INLINE void copy_lanes(int64_t lanes, const float *from, float *to) {
  if (lanes == LANES) {
    memcpy(to, from, LANES * sizeof *to);
  } else {
    memcpy(to, from, (size_t)lanes * sizeof *to);
  }
}

/// Where every group has one input and one output, channels lie side by side, and so do their moments in a vector. Upper
/// triangles alone. False where memory has run out.
static bool channel_moments(const window_walk *windows, int64_t channels, const float *y, double *moments) {
  const qcc_windows *w = windows->windows;
  const int64_t size = w->terms + 2, stride = size + AT_ONCE;
  float *values = calloc((size_t)(ROWS * stride * LANES), sizeof *values);
  if (!values) return false;
  for (int64_t first = 0; first < channels; first += LANES) {
    const int64_t lanes = channels - first < LANES ? channels - first : LANES;
    channel_block b = {values, 0, size, stride, lanes, moments + first * size * size};
    for (int64_t row = 0; row < ROWS; row++) {
      for (int64_t lane = 0; lane < LANES; lane++) values[(row * stride + w->terms) * LANES + lane] = 1;
    }
    window_walk walk = *windows;
    int64_t position = 0;
    for (const float *window = next_window(&walk, &position); window; window = next_window(&walk, &position)) {
      float *to = values + b.rows * stride * LANES;
      for (int64_t t = 0; t < w->terms; t++) copy_lanes(lanes, window + first + w->offsets[t], to + t * LANES);
      copy_lanes(lanes, y + position * channels + first, to + (w->terms + 1) * LANES);
      if (++b.rows < ROWS) continue;
      add_channel_moments(&b);
      b.rows = 0;
    }
    if (b.rows > 0) add_channel_moments(&b);
  }
  free(values);
  return true;
}

bool qcc_f32_moments(
  const qcc_conv_geometry *g, size_t samples, size_t step, const float *x, const float *y, double *moments) {
  qcc_windows w;
  if (!qcc_windows_make(&w, g, (int64_t)samples, false)) return false;
  window_walk walk = {.windows = &w, .x = x, .step = (int64_t)step, .sample = -1};
  if (g->in_channels == g->groups && g->out_channels == g->groups) {
    const bool isDone = channel_moments(&walk, g->groups, y, moments);
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
  int64_t rows = 0, position = 0;
  for (const float *window = next_window(&walk, &position); window || rows > 0; window = next_window(&walk, &position)) {
    for (int64_t group = 0; group < g->groups && window; group++) {
      for (int64_t run = 0; run < w.run_count; run++) {
        memcpy(v + run * w.run_length, window + w.offsets[run] + group * inputs, (size_t)w.run_length * sizeof *v);
      }
      const float *wanted = y + position * g->out_channels + group * w.outputs;
      memcpy(v + w.terms + 1, wanted, (size_t)w.outputs * sizeof *v);
      float *to = panels + group * panel_floats + rows * LANES;
      for (int64_t i = 0; i < width; i += LANES) memcpy(to + i * ROWS, v + i, LANES * sizeof *v);
    }
    if (window && ++rows < ROWS) continue;
    for (int64_t group = 0; group < g->groups; group++) {
      const block b = {panels + group * panel_floats, rows, size, w.terms + 1, moments + group * size * size};
      add_moments(&b);
    }
    rows = 0;
  }
  free(panels);
  qcc_windows_free(&w);
  return true;
}
