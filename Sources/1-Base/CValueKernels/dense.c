#include <stdlib.h>
#include <string.h>

#include "input_copy.h"
#include "packed_conv.h"

/// Positions that the int64 kernel splits in bytes at a time.
enum { BATCH = 64 };

static size_t batch_bytes(const qcc_packed_conv *dense, size_t positions) {
  const size_t count = positions < BATCH ? positions : BATCH;
  return count * (size_t)dense->g.in_channels * (size_t)dense->input.bytes + QCC_COPY_SLACK;
}

size_t qcc_dense_scratch_bytes(const qcc_packed_conv *dense, size_t positions) {
  return 2 * batch_bytes(dense, positions) + QCC_SCRATCH_ALIGNMENT;
}

static qcc_gemm gemm_of(const qcc_packed_conv *conv) {
  return (qcc_gemm){
    .word = conv->word,
    .words = conv->words,
    .offsets = conv->offsets,
    .weights = conv->weights,
    .block_stride = (ptrdiff_t)conv->words * QCC_WORD_STRIDE,
    .start = conv->start,
    .rows = 1,
    .column_stride = (ptrdiff_t)conv->g.in_channels * conv->input.bytes,
    .output = {.stride = conv->g.out_channels, .channels = conv->g.out_channels},
  };
}

/// Sums of 32 bits.
static void run(
  const qcc_packed_conv *dense, const uint8_t *x, size_t positions, qcc_tile_output output, size_t element_bytes,
  void *scratch) {
  qcc_gemm gemm = gemm_of(dense);
  output.stride = gemm.output.stride;
  output.channels = gemm.output.channels;
  gemm.output = output;
  // Inputs that end within a word are read to its end: those of the last position, with nothing behind it, from a copy.
  const bool copies = gemm.column_stride % 4 != 0 && positions > 0;
  size_t left = copies ? positions - 1 : positions;
  while (left > 0) {
    gemm.columns = left < (1 << 20) ? (int32_t)left : 1 << 20;
    gemm.x = x;
    qcc_gemm_run(&gemm);
    x += gemm.columns * gemm.column_stride;
    gemm.output.to = (uint8_t *)gemm.output.to + (size_t)(gemm.columns * output.stride) * element_bytes;
    left -= (size_t)gemm.columns;
  }
  if (copies) {
    uint8_t *copy = qcc_aligned(scratch);
    memcpy(copy, x, (size_t)gemm.column_stride);
    memset(copy + gemm.column_stride, 0, QCC_COPY_SLACK);
    gemm.columns = 1;
    gemm.x = copy;
    qcc_gemm_run(&gemm);
  }
}

void qcc_dense_i32(const qcc_packed_conv *dense, const void *x, size_t positions, int32_t *acc, void *scratch) {
  run(dense, x, positions, (qcc_tile_output){.store = QCC_STORE_I32, .to = acc}, sizeof *acc, scratch);
}

void qcc_dense_codes(
  const qcc_packed_conv *dense, const qcc_requant *requant, const void *x, size_t positions, int32_t code_bytes, void *codes,
  void *scratch) {
  run(dense, x, positions, qcc_codes_output(requant, code_bytes, codes), (size_t)code_bytes, scratch);
}

void qcc_dense_i64(const qcc_packed_conv *dense, const void *x, size_t positions, int64_t *acc, void *scratch) {
  const int64_t inputs = dense->g.in_channels, outputs = dense->g.out_channels;
  int16_t *low = qcc_aligned(scratch), *high = low + batch_bytes(dense, positions) / sizeof(int16_t);
  qcc_gemm gemm = gemm_of(dense);
  for (size_t done = 0; done < positions; done += BATCH) {
    const int64_t count = positions - done < BATCH ? (int64_t)(positions - done) : BATCH;
    qcc_split_bytes((const int16_t *)x + (int64_t)done * inputs, count * inputs, low, high);
    memset(low + count * inputs, 0, QCC_COPY_SLACK);
    memset(high + count * inputs, 0, QCC_COPY_SLACK);
    gemm.columns = (int32_t)count;
    gemm.output.to = acc + (int64_t)done * outputs;
    qcc_gemm_run_parts(&gemm, dense, dense->weights, low, high);
  }
}
