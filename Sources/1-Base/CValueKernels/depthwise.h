/// Depthwise convolution of one output row over words of rows. Private to the target.
///
/// The rows of a kernel that make a word (four rows of bytes, two of int16) lie interleaved: for every column and channel one
/// word, as weights have them. What is left is one word per kernel column for each lane, and lanes are neighbours in memory.
#ifndef QCC_DEPTHWISE_H
#define QCC_DEPTHWISE_H

#include <stddef.h>
#include <stdint.h>

#include "gemm.h"
#include "tile_output.h"

typedef struct {
  qcc_word word;
  int32_t positions;
  /// Words per sum, and words from a position's first one to each.
  int32_t taps;
  const int32_t *offsets;
  /// `[blocks][taps][16 lanes]` words of weights.
  const uint8_t *weights;
  /// `[blocks][16 lanes]`: what the sums start at.
  const int32_t *start;
  /// Interleaved rows, and words from one position to the next.
  const uint8_t *words;
  ptrdiff_t position_stride;
  qcc_tile_output output;
} qcc_depthwise_job;

/// Runs it on the instruction set in use.
void qcc_depthwise_run(const qcc_depthwise_job *job);

/// Interleaves as many rows as make a word.
void qcc_interleave(qcc_word word, const uint8_t *const *rows, int64_t elements, uint8_t *words);

void qcc_depthwise_run_baseline(const qcc_depthwise_job *job);
void qcc_depthwise_run_avx2(const qcc_depthwise_job *job);
void qcc_depthwise_run_avx512(const qcc_depthwise_job *job);
void qcc_interleave_baseline(qcc_word word, const uint8_t *const *rows, int64_t elements, uint8_t *words);
void qcc_interleave_avx2(qcc_word word, const uint8_t *const *rows, int64_t elements, uint8_t *words);
void qcc_interleave_avx512(qcc_word word, const uint8_t *const *rows, int64_t elements, uint8_t *words);

#endif
