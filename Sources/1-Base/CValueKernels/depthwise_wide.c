#include "depthwise_wide.h"

#include "isa.h"

/// Channels per block: the loops over them have constant length and become vectors.
enum { WIDE = 32, MIDDLE = 16, NARROW = 8 };

/// COUNT neighbouring channels of one output position, sums in registers.
QCC_INLINE void block(
  const int COUNT, const qcc_depthwise_wide_job *job, const int16_t *x, const int16_t *w, int64_t *out) {
  uint64_t sums[WIDE] = {0};
  const ptrdiff_t channels = job->channels;
  for (int32_t tap = 0; tap < job->taps; tap++, w += channels) {
    const int16_t *from = x + job->offsets[tap];
    for (int i = 0; i < COUNT; i++) sums[i] += (uint64_t)(int64_t)((int32_t)from[i] * (int32_t)w[i]);
  }
  for (int i = 0; i < COUNT; i++) out[i] = (int64_t)sums[i];
}

QCC_INLINE void body(const qcc_depthwise_wide_job *job, int64_t *acc) {
  const int32_t channels = job->channels, rows = job->rows, columns = job->columns;
  for (int32_t row = 0; row < rows; row++) {
    const int16_t *x = job->x + row * job->row_stride;
    for (int32_t column = 0; column < columns; column++, x += job->column_stride, acc += channels) {
      const int16_t *w = job->weights;
      int32_t c = 0;
      for (; c + WIDE <= channels; c += WIDE) block(WIDE, job, x + c, w + c, acc + c);
      for (; c + MIDDLE <= channels; c += MIDDLE) block(MIDDLE, job, x + c, w + c, acc + c);
      for (; c + NARROW <= channels; c += NARROW) block(NARROW, job, x + c, w + c, acc + c);
      for (; c < channels; c++) block(1, job, x + c, w + c, acc + c);
    }
  }
}

QCC_DISPATCH(qcc_depthwise_wide_run, (const qcc_depthwise_wide_job *job, int64_t *acc), body, (job, acc))
