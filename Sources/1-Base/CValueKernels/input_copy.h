/// Copies of inputs with padding, ready for the kernels. Private to the target.
#ifndef QCC_INPUT_COPY_H
#define QCC_INPUT_COPY_H

#include <stdint.h>

#include "qcc_geometry.h"

/// Scratch memory is used from the next cache line on.
enum { QCC_SCRATCH_ALIGNMENT = 64 };

static inline int16_t *qcc_aligned(void *scratch) {
  const uintptr_t mask = QCC_SCRATCH_ALIGNMENT - 1;
  return (int16_t *)(((uintptr_t)scratch + mask) & ~mask);
}

/// int16 after a copy that a kernel may read (and multiplies by weight 0).
enum { QCC_COPY_SLACK = 2 };

/// Copies the `rows x columns` window of the padded input (`in_channels` channels) to `out`.
void qcc_copy_padded(
  const qcc_conv_geometry *g, int32_t rows, int32_t columns, const int16_t *x, int16_t pad, int16_t *out);

/// Splits codes into signed bytes, `x = 256 * high + low` with low in -128 ... 127 and high in -128 ... 128. `low` may
/// be `x`.
void qcc_split_bytes(const int16_t *x, int64_t elements, int16_t *low, int16_t *high);

#endif
