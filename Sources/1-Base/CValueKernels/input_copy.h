/// Copies of inputs with padding, ready for the kernels. Private to the target.
#ifndef QCC_INPUT_COPY_H
#define QCC_INPUT_COPY_H

#include <stdint.h>

#include "qcc_geometry.h"

/// Scratch memory is used from the next cache line on.
enum { QCC_SCRATCH_ALIGNMENT = 64 };

static inline void *qcc_aligned(void *scratch) {
  const uintptr_t mask = QCC_SCRATCH_ALIGNMENT - 1;
  return (void *)(((uintptr_t)scratch + mask) & ~mask);
}

/// Bytes after a copy that a kernel may read (and multiplies by weight 0).
enum { QCC_COPY_SLACK = 4 };

/// Writes `count` codes of 1 or 2 bytes each; returns what lies behind them.
uint8_t *qcc_fill_codes(uint8_t *out, int64_t count, int32_t bytes, int32_t code);

/// Copies the `rows x columns` window of the padded input (`in_channels` channels, codes of 1 or 2 bytes) to `out`.
void qcc_copy_padded(
  const qcc_conv_geometry *g, int32_t rows, int32_t columns, int32_t bytes, const uint8_t *x, int32_t pad, uint8_t *out);

/// Splits codes into signed bytes, `x = 256 * high + low` with low in -128 ... 127 and high in -128 ... 128. `low` may
/// be `x`.
void qcc_split_bytes(const int16_t *x, int64_t elements, int16_t *low, int16_t *high);

#endif
