#include "depthwise.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "geometry_math.h"
#include "input_copy.h"
#include "qcc_conv.h"

struct qcc_packed_depthwise {
  qcc_conv_geometry g;
  int32_t multiplier;
  /// Whether the kernel reads the caller's input; else it reads a padded copy with one channel per output channel.
  bool direct;
  /// Size of what it reads.
  int32_t rows, columns;
  int32_t taps;
  int32_t *offsets;
  int16_t *weights;
};

qcc_packed_depthwise *qcc_pack_depthwise(const qcc_conv_geometry *g, const int16_t *weights) {
  if (!qcc_conv_geometry_is_valid(g) || g->groups != g->in_channels) return NULL;
  qcc_packed_depthwise *dw = calloc(1, sizeof *dw);
  if (!dw) return NULL;
  dw->g = *g;
  dw->multiplier = g->out_channels / g->in_channels;
  const int64_t rows = qcc_window_rows(g), columns = qcc_window_columns(g);
  dw->direct = dw->multiplier == 1 && g->pad_top == 0 && g->pad_left == 0 && rows <= g->in_height
    && columns <= g->in_width;
  dw->rows = dw->direct ? g->in_height : (int32_t)rows;
  dw->columns = dw->direct ? g->in_width : (int32_t)columns;
  dw->taps = g->kernel_height * g->kernel_width;
  const size_t weight_count = (size_t)dw->taps * (size_t)g->out_channels;
  dw->offsets = calloc((size_t)dw->taps, sizeof *dw->offsets);
  dw->weights = calloc(weight_count, sizeof *dw->weights);
  if (!dw->offsets || !dw->weights) {
    qcc_free_depthwise(dw);
    return NULL;
  }
  for (int32_t tap = 0; tap < dw->taps; tap++) {
    const int64_t row = (int64_t)(tap / g->kernel_width) * g->dilation_height;
    const int64_t column = (int64_t)(tap % g->kernel_width) * g->dilation_width;
    dw->offsets[tap] = (int32_t)((row * dw->columns + column) * g->out_channels);
  }
  memcpy(dw->weights, weights, weight_count * sizeof *weights);
  return dw;
}

void qcc_free_depthwise(qcc_packed_depthwise *dw) {
  if (!dw) return;
  free(dw->offsets);
  free(dw->weights);
  free(dw);
}

/// Elements of the padded copy.
static int64_t copy_elements(const qcc_packed_depthwise *dw) {
  return (int64_t)dw->rows * dw->columns * dw->g.out_channels;
}

size_t qcc_depthwise_scratch_bytes(const qcc_packed_depthwise *dw) {
  const size_t copy = dw->direct ? 0 : (size_t)copy_elements(dw) * sizeof(int16_t);
  return copy + QCC_SCRATCH_ALIGNMENT;
}

/// Repeats every element `times` times, in place, from the end to the front.
static void repeat(int16_t *x, int64_t elements, int32_t times) {
  for (int64_t i = elements - 1; i >= 0; i--) {
    const int16_t value = x[i];
    for (int32_t t = 0; t < times; t++) x[i * times + t] = value;
  }
}

static qcc_depthwise_job job_of(const qcc_packed_depthwise *dw, const int16_t *x, int16_t pad, void *scratch) {
  const qcc_conv_geometry *g = &dw->g;
  if (!dw->direct) {
    int16_t *copy = qcc_aligned(scratch);
    qcc_copy_padded(g, dw->rows, dw->columns, x, pad, copy);
    if (dw->multiplier > 1) repeat(copy, copy_elements(dw) / dw->multiplier, dw->multiplier);
    x = copy;
  }
  return (qcc_depthwise_job){
    .channels = g->out_channels,
    .rows = g->out_height,
    .columns = g->out_width,
    .taps = dw->taps,
    .offsets = dw->offsets,
    .weights = dw->weights,
    .x = x,
    .row_stride = (ptrdiff_t)g->stride_height * dw->columns * g->out_channels,
    .column_stride = (ptrdiff_t)g->stride_width * g->out_channels,
  };
}

void qcc_depthwise_i32(const qcc_packed_depthwise *dw, const int16_t *x, int16_t pad, int32_t *acc, void *scratch) {
  const qcc_depthwise_job job = job_of(dw, x, pad, scratch);
  qcc_depthwise_run_i32(&job, acc);
}

void qcc_depthwise_i64(const qcc_packed_depthwise *dw, const int16_t *x, int16_t pad, int64_t *acc, void *scratch) {
  const qcc_depthwise_job job = job_of(dw, x, pad, scratch);
  qcc_depthwise_run_i64(&job, acc);
}
