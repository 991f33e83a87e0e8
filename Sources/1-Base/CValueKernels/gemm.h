/// The matrix product that convolutions and dense layers are made of. Private to the target.
///
/// Sums are made of words: 32 bits with two int16 or four bytes, consecutive terms of the sum. Weights are packed in blocks of
/// 16 output channels; within a block, for each word of terms, `[16 channels][one word]`. That is the operand order of
/// `pmaddwd`, `vpdpwssd` and `vpdpbusd`, and 16 lanes are four, two or one vector. The input is read where it lies: a word of
/// it is broadcast to all lanes.
#ifndef QCC_GEMM_H
#define QCC_GEMM_H

#include <stddef.h>
#include <stdint.h>

#include "tile_output.h"

/// Bytes per word of terms in a block.
enum { QCC_WORD_STRIDE = 4 * QCC_BLOCK };

/// What a word holds.
typedef enum {
  /// Two int16 and two weights of 16 bits.
  QCC_WORD_I16,
  /// Four bytes that are not negative and four weights of 8 bits.
  QCC_WORD_U8,
  /// The same where two neighbouring products always add up to 16 bits.
  QCC_WORD_U8_NARROW,
} qcc_word;

/// Many output positions, all output channels of one group.
typedef struct {
  qcc_word word;
  /// Words of one sum, and bytes from an output position's first input element to each; the weights hold them one after the
  /// other.
  int32_t words;
  const int32_t *offsets;
  /// Packed weights of the first block and bytes from one block to the next.
  const uint8_t *weights;
  ptrdiff_t block_stride;
  /// What the sums of the channels start at, whole blocks of them.
  const int32_t *start;
  /// Output positions: rows of columns, and bytes between them in the input.
  int32_t rows, columns;
  const uint8_t *x;
  ptrdiff_t row_stride, column_stride;
  /// Positions are dense.
  qcc_tile_output output;
} qcc_gemm;

/// Runs it on the instruction set in use.
void qcc_gemm_run(const qcc_gemm *gemm);

void qcc_gemm_run_baseline(const qcc_gemm *gemm);
void qcc_gemm_run_avx2(const qcc_gemm *gemm);
void qcc_gemm_run_avx512(const qcc_gemm *gemm);

#endif
