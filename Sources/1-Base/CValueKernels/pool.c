#include "qcc_pool.h"

#include <stddef.h>
#include <string.h>

#include "geometry_math.h"
#include "isa.h"

/// Combines, channel by channel, what lies in each window: `STEP` makes one of a (so far) and b (the next).
#define POOL(name, IN, OUT, STEP)                                                                                  \
  QCC_INLINE void name##_body(const qcc_pool_geometry *g, const IN *restrict x, OUT *restrict y) {                 \
    const int64_t channels = g->channels;                                                                          \
    for (int64_t oy = 0; oy < g->out_height; oy++) {                                                               \
      const qcc_span rows = qcc_window_row_span(g, oy);                                                             \
      for (int64_t ox = 0; ox < g->out_width; ox++, y += channels) {                                               \
        const qcc_span columns = qcc_window_column_span(g, ox);                                                     \
        const IN *first = x + (rows.first * g->in_width + columns.first) * channels;                               \
        for (int64_t c = 0; c < channels; c++) y[c] = first[c];                                                    \
        for (int64_t iy = rows.first; iy < rows.end; iy++) {                                                       \
          for (int64_t ix = columns.first; ix < columns.end; ix++) {                                               \
            if (iy == rows.first && ix == columns.first) continue;                                                 \
            const IN *from = x + (iy * g->in_width + ix) * channels;                                               \
            for (int64_t c = 0; c < channels; c++) {                                                               \
              const OUT a = y[c], b = from[c];                                                                     \
              y[c] = STEP;                                                                                         \
            }                                                                                                      \
          }                                                                                                        \
        }                                                                                                          \
      }                                                                                                            \
    }                                                                                                              \
  }                                                                                                                \
  QCC_DISPATCH(name, (const qcc_pool_geometry *geometry, const IN *x, OUT *y), name##_body, (geometry, x, y))

POOL(qcc_max_pool_u8, uint8_t, uint8_t, a > b ? a : b)
POOL(qcc_max_pool_i16, int16_t, int16_t, a > b ? a : b)
POOL(qcc_max_pool_i32, int32_t, int32_t, a > b ? a : b)
POOL(qcc_max_pool_i64, int64_t, int64_t, a > b ? a : b)
POOL(qcc_sum_pool_u8_i32, uint8_t, int32_t, (int32_t)((uint32_t)a + (uint32_t)b))
POOL(qcc_sum_pool_i16_i32, int16_t, int32_t, (int32_t)((uint32_t)a + (uint32_t)b))
POOL(qcc_sum_pool_u8_i64, uint8_t, int64_t, (int64_t)((uint64_t)a + (uint64_t)b))
POOL(qcc_sum_pool_i16_i64, int16_t, int64_t, (int64_t)((uint64_t)a + (uint64_t)b))
POOL(qcc_sum_pool_i32_i64, int32_t, int64_t, (int64_t)((uint64_t)a + (uint64_t)b))
POOL(qcc_sum_pool_i64_i64, int64_t, int64_t, (int64_t)((uint64_t)a + (uint64_t)b))
