/// A packed convolution, of which a dense layer is a case. Private to the target.
#ifndef QCC_PACKED_CONV_H
#define QCC_PACKED_CONV_H

#include <stdbool.h>

#include "gemm.h"
#include "qcc_conv.h"

/// A part of the sum that fits int32 when the input is split in bytes.
typedef struct {
  int32_t first_run, run_count;
  /// Pairs before the part.
  int64_t first_pair;
} qcc_part;

struct qcc_packed_conv {
  qcc_conv_geometry g;
  /// Whether the kernels read the caller's input; else they read a padded copy.
  bool direct;
  /// Size of what they read.
  int32_t rows, columns;
  /// Runs of the whole sum, and the same cut at the parts' borders.
  qcc_run *runs, *part_runs;
  int32_t run_count;
  qcc_part *parts;
  int32_t part_count;
  /// Weights `[groups][blocks][pairs][16][2]`.
  int16_t *weights;
  int64_t pairs, blocks;
};

/// Sums in 64 bits of an input that is split in bytes, part by part; `weights` are those of the group.
void qcc_gemm_run_parts(
  qcc_gemm *gemm, const qcc_packed_conv *conv, const int16_t *weights, const int16_t *low, const int16_t *high);

#endif
