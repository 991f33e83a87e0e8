/// A packed convolution, of which a dense layer is a case. Private to the target.
#ifndef QCC_PACKED_CONV_H
#define QCC_PACKED_CONV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gemm.h"
#include "qcc_conv.h"

/// A part of the sum that fits int32 when the input is split in bytes.
typedef struct {
  int32_t first_word, words;
} qcc_part;

struct qcc_packed_conv {
  qcc_conv_geometry g;
  qcc_codes input;
  qcc_word word;
  /// Whether the kernels read the caller's input; else they read a padded copy.
  bool direct;
  /// Size of what they read.
  int32_t rows, columns;
  /// Bytes from an output position's first input element to each word.
  int32_t *offsets;
  /// Of int16.
  qcc_part *parts;
  int32_t part_count;
  /// Weights `[groups][blocks][words][16]` words.
  uint8_t *weights;
  int32_t words;
  int64_t blocks;
  /// What sums start at, `[groups][blocks][16]`: what the input's offset adds, taken off.
  int32_t *start;
};

/// Packs one word of weights, `terms` of them or fewer, the others 0.
void qcc_pack_word(qcc_codes input, const int16_t *weights, ptrdiff_t stride, int64_t terms, uint8_t *to);

/// Whether every weight of a layer goes with its input's codes.
bool qcc_weights_fit(qcc_codes input, const int16_t *weights, int64_t count);

/// What `count` packed words of weights are multiplied as.
qcc_word qcc_word_of(qcc_codes input, const uint8_t *weights, int64_t count);

/// Sums in 64 bits of an int16 input that is split in bytes, part by part; `weights` are those of the group.
void qcc_gemm_run_parts(
  qcc_gemm *gemm, const qcc_packed_conv *conv, const uint8_t *weights, const int16_t *low, const int16_t *high);

#endif
