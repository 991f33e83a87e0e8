/// Depthwise kernels for one instruction set and accumulator type. Included by `depthwise_isa.c`, which defines
/// `DW_NAME`, `DW_TARGET`, `DW_ACC` (int32_t or int64_t) and `DW_UNSIGNED`, its unsigned counterpart: sums are modulo 2^32
/// or 2^64.

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define DW_BLOCK PASTE(DW_NAME, _block)

/// COUNT neighbouring channels of one output position, in registers.
QCC_INLINE DW_TARGET void DW_BLOCK(
  const int COUNT, const qcc_depthwise_job *job, const int16_t *x, const int16_t *w, DW_ACC *out) {
  DW_UNSIGNED sums[32] = {0};
  for (int32_t tap = 0; tap < job->taps; tap++) {
    const int16_t *from = x + job->offsets[tap];
#pragma clang loop vectorize(enable) interleave(disable)
    for (int i = 0; i < COUNT; i++) sums[i] += (DW_UNSIGNED)(DW_ACC)((int32_t)from[i] * (int32_t)w[i]);
    w += job->channels;
  }
  for (int i = 0; i < COUNT; i++) out[i] = (DW_ACC)sums[i];
}

DW_TARGET void DW_NAME(const qcc_depthwise_job *job, DW_ACC *acc) {
  for (int32_t row = 0; row < job->rows; row++) {
    const int16_t *x = job->x + row * job->row_stride;
    for (int32_t column = 0; column < job->columns; column++) {
      const int32_t channels = job->channels;
      int32_t c = 0;
      for (; c + 32 <= channels; c += 32) DW_BLOCK(32, job, x + c, job->weights + c, acc + c);
      for (; c + 8 <= channels; c += 8) DW_BLOCK(8, job, x + c, job->weights + c, acc + c);
      for (; c < channels; c++) DW_BLOCK(1, job, x + c, job->weights + c, acc + c);
      x += job->column_stride;
      acc += channels;
    }
  }
}

#undef DW_BLOCK
#undef PASTE
#undef PASTE_
#undef DW_NAME
#undef DW_ACC
#undef DW_UNSIGNED
