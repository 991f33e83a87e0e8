/// The windows of a convolution as runs of elements in its padded input. Private to the target.
#ifndef QCC_FLOAT_WINDOWS_H
#define QCC_FLOAT_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>

#include "qcc_geometry.h"

typedef float vec16 __attribute__((vector_size(64), aligned(4)));
typedef double vec8d __attribute__((vector_size(64), aligned(8)));
/// In all lanes.
#define QCC_SPLAT(value) ((value) - (vec16){})
#define QCC_SPLAT_F64(value) ((value) - (vec8d){})
#define QCC_UNROLL _Pragma("clang loop unroll(full)")

/// Floats behind the padded input that may be read.
enum { QCC_SLACK = 16 };

typedef struct {
  qcc_conv_geometry geometry;
  /// How many inputs there are: those of a 1x1 convolution are one of a single row.
  int64_t samples;
  /// Floats from one sample's input and result to the next.
  int64_t input_stride, output_stride;
  /// Rows and columns of the padded input; whether they differ from the input's.
  int64_t in_rows, in_columns;
  bool pads;
  /// Output positions and floats between their windows.
  int64_t rows, columns, row_stride, column_stride;
  /// A window of group 0: runs of neighbouring terms, and where they start.
  int64_t run_count, run_length;
  int64_t *offsets;
  /// Terms of a sum and output channels, per group.
  int64_t terms, outputs;
  /// One padded sample, and what may be read behind it.
  float *padded;
} qcc_windows;

/// False where memory has run out. `copies`: whether the input is always copied.
bool qcc_windows_make(qcc_windows *windows, const qcc_conv_geometry *geometry, int64_t samples, bool copies);
void qcc_windows_free(qcc_windows *windows);
/// A sample's input, padded where there is padding.
const float *qcc_windows_sample(const qcc_windows *windows, const float *x, int64_t sample);

#endif
