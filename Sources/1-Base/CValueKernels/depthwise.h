/// Depthwise convolution over a padded input with as many channels as the output. Private to the target.
#ifndef QCC_DEPTHWISE_H
#define QCC_DEPTHWISE_H

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
} qcc_depthwise_job;

/// Runs it on the instruction set in use; sums are modulo 2^32 or 2^64.
void qcc_depthwise_run_i32(const qcc_depthwise_job *job, int32_t *acc);
void qcc_depthwise_run_i64(const qcc_depthwise_job *job, int64_t *acc);

#endif
