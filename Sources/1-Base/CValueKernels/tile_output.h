/// What becomes of the 32-bit sums of a tile. Private to the target.
#ifndef QCC_TILE_OUTPUT_H
#define QCC_TILE_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "requant_blocks.h"

typedef enum {
  /// Stored as int32.
  QCC_STORE_I32,
  /// Shifted, widened and stored as int64.
  QCC_STORE_I64,
  /// Shifted, widened and added to the int64 there.
  QCC_ADD_I64,
  /// Requantized and stored as codes.
  QCC_STORE_CODES,
} qcc_store;

typedef struct {
  qcc_store store;
  /// For 64 bits.
  int32_t shift;
  /// For codes: of 1 byte (not negative) or 2 (int16).
  const qcc_requant_blocks *requant;
  int32_t code_bytes;
  /// The first channel's element of the first position.
  void *to;
  /// Elements from one position to the next, and channels of a position.
  ptrdiff_t stride;
  int32_t channels;
} qcc_tile_output;

static inline qcc_tile_output qcc_codes_output(const qcc_requant *requant, int32_t code_bytes, void *codes) {
  return (qcc_tile_output){
    .store = QCC_STORE_CODES, .requant = qcc_requant_blocks_of(requant), .code_bytes = code_bytes, .to = codes};
}

#endif
