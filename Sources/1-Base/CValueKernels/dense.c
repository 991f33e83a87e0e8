#include <stdlib.h>
#include <string.h>

#include "input_copy.h"
#include "packed_conv.h"

/// Samples that the int64 kernel splits in bytes at a time.
enum { BATCH = 64 };

static size_t batch_elements(const qcc_packed_conv *dense, size_t samples) {
  return (samples < BATCH ? samples : BATCH) * (size_t)dense->g.in_channels + QCC_COPY_SLACK;
}

size_t qcc_dense_scratch_bytes(const qcc_packed_conv *dense, size_t samples) {
  return 2 * batch_elements(dense, samples) * sizeof(int16_t) + QCC_SCRATCH_ALIGNMENT;
}

static qcc_gemm gemm_of(const qcc_packed_conv *conv) {
  return (qcc_gemm){
    .runs = conv->runs,
    .run_count = conv->run_count,
    .weights = conv->weights,
    .block_stride = conv->pairs * QCC_PAIR_STRIDE,
    .channels = conv->g.out_channels,
    .rows = 1,
    .column_stride = conv->g.in_channels,
    .acc_stride = conv->g.out_channels,
    .store = QCC_STORE_I32,
  };
}

void qcc_dense_i32(const qcc_packed_conv *dense, const int16_t *x, size_t samples, int32_t *acc, void *scratch) {
  const int64_t inputs = dense->g.in_channels, outputs = dense->g.out_channels;
  qcc_gemm gemm = gemm_of(dense);
  // An odd number of inputs is read to the next even one: the last sample, with nothing behind it, from a copy.
  size_t left = inputs % 2 == 0 || samples == 0 ? samples : samples - 1;
  const bool last = left < samples;
  while (left > 0) {
    const int32_t count = left < (1 << 20) ? (int32_t)left : 1 << 20;
    gemm.columns = count;
    gemm.x = x;
    gemm.acc = acc;
    qcc_gemm_run(&gemm);
    x += count * inputs;
    acc += count * outputs;
    left -= (size_t)count;
  }
  if (last) {
    int16_t *copy = qcc_aligned(scratch);
    memcpy(copy, x, (size_t)inputs * sizeof *x);
    copy[inputs] = 0;
    gemm.columns = 1;
    gemm.x = copy;
    gemm.acc = acc;
    qcc_gemm_run(&gemm);
  }
}

void qcc_dense_i64(const qcc_packed_conv *dense, const int16_t *x, size_t samples, int64_t *acc, void *scratch) {
  const int64_t inputs = dense->g.in_channels, outputs = dense->g.out_channels;
  int16_t *low = qcc_aligned(scratch), *high = low + batch_elements(dense, samples);
  qcc_gemm gemm = gemm_of(dense);
  for (size_t done = 0; done < samples; done += BATCH) {
    const int64_t count = samples - done < BATCH ? (int64_t)(samples - done) : BATCH;
    qcc_split_bytes(x + (int64_t)done * inputs, count * inputs, low, high);
    low[count * inputs] = 0;
    high[count * inputs] = 0;
    gemm.columns = (int32_t)count;
    gemm.acc = acc + (int64_t)done * outputs;
    qcc_gemm_run_parts(&gemm, dense, dense->weights, low, high);
  }
}
