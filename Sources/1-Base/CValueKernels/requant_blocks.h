/// Requantization of the sums of a tile where they are: in registers. Private to the target.
#ifndef QCC_REQUANT_BLOCKS_H
#define QCC_REQUANT_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa.h"

/// Output channels per block of packed weights and of constants.
enum { QCC_BLOCK = 16 };

/// Multipliers and offsets of 16 neighbouring channels. Offsets are those of the even channels and of the odd ones: so do products
/// of 64 bits come out of vectors of 32-bit lanes.
typedef struct {
  int32_t multiplier[QCC_BLOCK];
  int64_t offset[2][QCC_BLOCK / 2];
  /// Of `QCC_FORM_WIDE`, the parts below 2^32.
  int32_t multiplier_low[QCC_BLOCK];
  int64_t offset_low[2][QCC_BLOCK / 2];
} qcc_requant_block;

typedef enum {
  /// `(sum * multiplier + offset) >> shift`; the shift is at least 32, so that codes lie in the high halves of 64 bits.
  QCC_FORM_FLOOR,
  /// The same, but an exact half goes to the even code in place of the upper one.
  QCC_FORM_HALF_EVEN,
  /// `(sum * multiplier + offset + ((sum * multiplier_low + offset_low) >> 32)) >> shift`: constants of more than 32 bits.
  QCC_FORM_WIDE,
} qcc_requant_form;

/// One form, one shift and one clamp for all channels, which every layer of ordinary scales has: a channel with a smaller shift
/// has larger constants. No intermediate result leaves 63 bits, and no code before the clamp 32.
typedef struct {
  qcc_requant_form form;
  int32_t shift;
  int32_t low, high;
  /// A channel beyond the last is the first again, and so on.
  qcc_requant_block *blocks;
} qcc_requant_blocks;

/// The blocks of a packed requantization; null where it does not have that form.
typedef struct qcc_requant qcc_requant;
const qcc_requant_blocks *qcc_requant_blocks_of(const qcc_requant *requant);
size_t qcc_requant_channels(const qcc_requant *requant);

/// `count` neighbouring channels from `channel` on, a multiple of the block's, one after another.
QCC_INLINE void qcc_requantize_channels(
  const qcc_requant_blocks *r, int32_t channel, int32_t count, const int32_t *sums, int32_t code_bytes, void *codes) {
  const qcc_requant_block *block = r->blocks + channel / QCC_BLOCK;
  for (int32_t i = 0; i < count; i++) {
    const int32_t lane = i % QCC_BLOCK;
    const qcc_requant_block *b = block + i / QCC_BLOCK;
    int64_t value = (int64_t)sums[i] * b->multiplier[lane] + b->offset[lane & 1][lane / 2];
    if (r->form == QCC_FORM_HALF_EVEN) value += ((int64_t)1 << (r->shift - 1)) - 1 + ((value >> r->shift) & 1);
    if (r->form == QCC_FORM_WIDE) value += ((int64_t)sums[i] * b->multiplier_low[lane] + b->offset_low[lane & 1][lane / 2]) >> 32;
    int32_t code = (int32_t)(value >> r->shift);
    code = code < r->low ? r->low : code;
    code = code > r->high ? r->high : code;
    if (code_bytes == 1) ((uint8_t *)codes)[i] = (uint8_t)code;
    else ((int16_t *)codes)[i] = (int16_t)code;
  }
}

#endif
