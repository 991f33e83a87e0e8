/// Depthwise convolution with sums of 64 bits, over a padded input with as many channels as the output. Private to the target.
#ifndef QCC_DEPTHWISE_WIDE_H
#define QCC_DEPTHWISE_WIDE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  int32_t channels;
  int32_t rows, columns;
  int32_t taps;
  /// Elements from the first input element of an output position to each tap's.
  const int32_t *offsets;
  /// `[taps][channels]`.
  const int16_t *weights;
  const int16_t *x;
  ptrdiff_t row_stride, column_stride;
} qcc_depthwise_wide_job;

/// Runs it on the instruction set in use; sums are modulo 2^64.
void qcc_depthwise_wide_run(const qcc_depthwise_wide_job *job, int64_t *acc);

#endif
