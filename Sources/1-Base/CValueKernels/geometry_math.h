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

#endif
