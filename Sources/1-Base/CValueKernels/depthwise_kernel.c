#include "depthwise.h"
#include "isa.h"

/// Channels per block: the loops over them have constant length and become vectors.
enum { WIDE = 32, MIDDLE = 16, NARROW = 8 };

#define DEPTHWISE(suffix, ACC, UNSIGNED)                                                                        \
  /* COUNT neighbouring channels of one output position, sums in registers. */                                  \
  QCC_INLINE void block_##suffix(                                                                               \
    const int COUNT, const qcc_depthwise_job *job, const int16_t *x, const int16_t *w, ACC *out) {              \
    UNSIGNED sums[WIDE] = {0};                                                                                  \
    const ptrdiff_t channels = job->channels;                                                                   \
    for (int32_t tap = 0; tap < job->taps; tap++, w += channels) {                                              \
      const int16_t *from = x + job->offsets[tap];                                                              \
      for (int i = 0; i < COUNT; i++) sums[i] += (UNSIGNED)(ACC)((int32_t)from[i] * (int32_t)w[i]);             \
    }                                                                                                           \
    for (int i = 0; i < COUNT; i++) out[i] = (ACC)sums[i];                                                      \
  }                                                                                                             \
  QCC_INLINE void body_##suffix(const qcc_depthwise_job *job, ACC *acc) {                                       \
    const int32_t channels = job->channels, rows = job->rows, columns = job->columns;                           \
    for (int32_t row = 0; row < rows; row++) {                                                                  \
      const int16_t *x = job->x + row * job->row_stride;                                                        \
      for (int32_t column = 0; column < columns; column++, x += job->column_stride, acc += channels) {          \
        const int16_t *w = job->weights;                                                                        \
        int32_t c = 0;                                                                                          \
        for (; c + WIDE <= channels; c += WIDE) block_##suffix(WIDE, job, x + c, w + c, acc + c);               \
        for (; c + MIDDLE <= channels; c += MIDDLE) block_##suffix(MIDDLE, job, x + c, w + c, acc + c);         \
        for (; c + NARROW <= channels; c += NARROW) block_##suffix(NARROW, job, x + c, w + c, acc + c);         \
        for (; c < channels; c++) block_##suffix(1, job, x + c, w + c, acc + c);                                \
      }                                                                                                         \
    }                                                                                                           \
  }                                                                                                             \
  QCC_DISPATCH(qcc_depthwise_run_##suffix, (const qcc_depthwise_job *job, ACC *acc), body_##suffix, (job, acc))

DEPTHWISE(i32, int32_t, uint32_t)
DEPTHWISE(i64, int64_t, uint64_t)
