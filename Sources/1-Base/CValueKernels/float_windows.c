#include "float_windows.h"

#include <stdlib.h>
#include <string.h>

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

bool qcc_windows_make(qcc_windows *w, const qcc_conv_geometry *g, int64_t samples, bool copies) {
  const int64_t channels = g->in_channels, inputs = channels / g->groups;
  memset(w, 0, sizeof *w);
  w->geometry = *g;
  w->samples = samples;
  w->input_stride = (int64_t)g->in_height * g->in_width * channels;
  w->output_stride = (int64_t)g->out_height * g->out_width * g->out_channels;
  w->rows = g->out_height;
  w->columns = g->out_width;
  w->outputs = g->out_channels / g->groups;
  w->in_rows = most(g->in_height, (int64_t)(g->out_height - 1) * g->stride_height
    + (int64_t)(g->kernel_height - 1) * g->dilation_height + 1);
  w->in_columns = most(g->in_width, (int64_t)(g->out_width - 1) * g->stride_width
    + (int64_t)(g->kernel_width - 1) * g->dilation_width + 1);
  w->in_rows = most(w->in_rows, g->pad_top + g->in_height);
  w->in_columns = most(w->in_columns, g->pad_left + g->in_width);
  w->pads = copies || w->in_rows != g->in_height || w->in_columns != g->in_width;
  w->row_stride = g->stride_height * w->in_columns * channels;
  w->column_stride = g->stride_width * channels;
  // Neighbouring columns of a kernel row lie next to each other where every channel is in the sum.
  const bool joins = g->groups == 1 && g->dilation_width == 1;
  w->run_count = (int64_t)g->kernel_height * (joins ? 1 : g->kernel_width);
  w->run_length = inputs * (joins ? g->kernel_width : 1);
  w->terms = w->run_count * w->run_length;
  const bool isPointwise = w->run_count == 1 && g->kernel_width == 1 && g->stride_height == 1 && g->stride_width == 1;
  if (isPointwise && !w->pads) {
    w->columns *= w->rows * samples;
    w->rows = 1;
    w->samples = 1;
  }
  w->offsets = malloc((size_t)w->run_count * sizeof *w->offsets);
  const size_t padded = w->pads ? (size_t)(w->in_rows * w->in_columns * channels + QCC_SLACK) : 0;
  // Zero where no sample is copied to.
  w->padded = w->pads ? calloc(padded, sizeof *w->padded) : NULL;
  if (!w->offsets || (w->pads && !w->padded)) {
    qcc_windows_free(w);
    return false;
  }
  for (int64_t run = 0; run < w->run_count; run++) {
    const int64_t ky = joins ? run : run / g->kernel_width, kx = joins ? 0 : run % g->kernel_width;
    w->offsets[run] = (ky * g->dilation_height * w->in_columns + kx * g->dilation_width) * channels;
  }
  return true;
}

void qcc_windows_free(qcc_windows *w) {
  free(w->offsets);
  free(w->padded);
  w->offsets = NULL;
  w->padded = NULL;
}

const float *qcc_windows_sample(const qcc_windows *w, const float *x, int64_t sample) {
  const float *from = x + sample * w->input_stride;
  if (!w->pads) return from;
  const int64_t channels = w->geometry.in_channels, row = w->geometry.in_width * channels;
  float *to = w->padded + (w->geometry.pad_top * w->in_columns + w->geometry.pad_left) * channels;
  for (int64_t y = 0; y < w->geometry.in_height; y++) {
    memcpy(to, from, (size_t)row * sizeof *to);
    from += row;
    to += w->in_columns * channels;
  }
  return w->padded;
}
