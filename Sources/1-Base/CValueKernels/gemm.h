/// The matrix product that convolutions and dense layers are made of. Private to the target.
///
/// Weights are packed in blocks of 16 output channels; within a block, for each pair of consecutive terms of the sum,
/// `[16 channels][2 terms]`. That is the operand order of `pmaddwd` and `vpdpwssd`, and 16 lanes are four, two or one
/// vector. The input is read where it lies: a pair of terms is two neighbouring int16, broadcast to all lanes.
#ifndef QCC_GEMM_H
#define QCC_GEMM_H

#include <stddef.h>
#include <stdint.h>

/// Output channels per block of packed weights.
enum { QCC_BLOCK = 16 };

/// int16 per pair of terms in a block.
enum { QCC_PAIR_STRIDE = 2 * QCC_BLOCK };

/// A run of terms that lie next to each other in the input.
typedef struct {
  /// Elements from the output position's first input element to the run.
  int32_t offset;
  /// Length of the run in pairs of terms.
  int32_t pairs;
} qcc_run;

/// What happens with the 32-bit sums of a tile.
typedef enum {
  /// Stored as int32.
  QCC_STORE_I32,
  /// Shifted, widened and stored as int64.
  QCC_STORE_I64,
  /// Shifted, widened and added to the int64 there.
  QCC_ADD_I64,
} qcc_store;

/// Many output positions, all output channels of one group.
typedef struct {
  /// The runs of one sum; the weights hold their pairs one after the other.
  const qcc_run *runs;
  int32_t run_count;
  /// Packed weights of the first block and int16 from one block to the next.
  const int16_t *weights;
  ptrdiff_t block_stride;
  /// Output channels of the group.
  int32_t channels;
  /// Output positions: rows of columns, and int16 between them in the input.
  int32_t rows, columns;
  const int16_t *x;
  ptrdiff_t row_stride, column_stride;
  /// Result (int32 or int64) and elements from one output position to the next; positions are dense.
  void *acc;
  ptrdiff_t acc_stride;
  qcc_store store;
  int32_t shift;
} qcc_gemm;

/// Runs it on the instruction set in use.
void qcc_gemm_run(const qcc_gemm *gemm);

void qcc_gemm_run_baseline(const qcc_gemm *gemm);
void qcc_gemm_run_avx2(const qcc_gemm *gemm);
void qcc_gemm_run_avx512(const qcc_gemm *gemm);

#endif
