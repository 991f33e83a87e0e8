/// Sizes that follow from a geometry. Private to the target.
#ifndef QCC_GEOMETRY_MATH_H
#define QCC_GEOMETRY_MATH_H

#include "qcc_geometry.h"

/// Rows of the (padded) input that the windows of all outputs cover.
static inline int64_t qcc_window_rows(const qcc_conv_geometry *g) {
  return (int64_t)(g->out_height - 1) * g->stride_height + (int64_t)(g->kernel_height - 1) * g->dilation_height + 1;
}

/// Columns of the (padded) input that the windows of all outputs cover.
static inline int64_t qcc_window_columns(const qcc_conv_geometry *g) {
  return (int64_t)(g->out_width - 1) * g->stride_width + (int64_t)(g->kernel_width - 1) * g->dilation_width + 1;
}

/// The part of a pool's window that lies inside the input, of one axis.
typedef struct {
  int64_t first, end;
} qcc_span;

static inline qcc_span qcc_span_of(int64_t out, int64_t stride, int64_t pad, int64_t kernel, int64_t in) {
  const int64_t first = out * stride - pad;
  return (qcc_span){first < 0 ? 0 : first, first + kernel < in ? first + kernel : in};
}

static inline qcc_span qcc_window_row_span(const qcc_pool_geometry *g, int64_t oy) {
  return qcc_span_of(oy, g->stride_height, g->pad_top, g->kernel_height, g->in_height);
}

static inline qcc_span qcc_window_column_span(const qcc_pool_geometry *g, int64_t ox) {
  return qcc_span_of(ox, g->stride_width, g->pad_left, g->kernel_width, g->in_width);
}

#endif
