/// Bodies of `qcc_depthwise_run` and `qcc_interleave` for one instruction set; `tile_template.h` says what they need.

/// P neighbouring positions of one block.
QCC_INLINE KERNEL_TARGET void depthwise_tile(
  const int P, const qcc_word word, const qcc_depthwise_job *job, ptrdiff_t position, int32_t channel) {
  vec sums[16][4 * VECTORS];
#pragma clang loop unroll(full)
  for (int p = 0; p < P; p++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) sums[p][v] = vec_load(job->start + channel + v * LANES);
  }
  const ptrdiff_t step = 4 * job->position_stride;
  const uint8_t *w = job->weights + (ptrdiff_t)(channel / QCC_BLOCK) * job->taps * QCC_WORD_STRIDE;
  const uint8_t *x = job->words + position * step + 4 * (ptrdiff_t)channel;
  for (int32_t tap = 0; tap < job->taps; tap++, w += QCC_WORD_STRIDE) {
    const uint8_t *from = x + 4 * (ptrdiff_t)job->offsets[tap];
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) {
      const vec weights = vec_load(w + v * 4 * LANES);
#pragma clang loop unroll(full)
      for (int p = 0; p < P; p++) {
        sums[p][v] = vec_dot(word, sums[p][v], weights, vec_load(from + p * step + v * 4 * LANES));
      }
    }
  }
  store_tile(P, 1, &job->output, position, channel, (const vec(*)[4 * VECTORS])sums);
}

QCC_INLINE KERNEL_TARGET void depthwise_positions(const qcc_word word, const qcc_depthwise_job *job) {
  for (int32_t channel = 0; channel < job->output.channels; channel += QCC_BLOCK) {
    int32_t position = 0;
    for (; position + DEPTHWISE_MOST <= job->positions; position += DEPTHWISE_MOST) {
      depthwise_tile(DEPTHWISE_MOST, word, job, position, channel);
    }
    for (; position < job->positions; position++) depthwise_tile(1, word, job, position, channel);
  }
}

KERNEL_TARGET void KERNEL(qcc_depthwise_run)(const qcc_depthwise_job *job) {
  switch (job->word) {
    case QCC_WORD_I16: depthwise_positions(QCC_WORD_I16, job); return;
    case QCC_WORD_U8: depthwise_positions(QCC_WORD_U8, job); return;
    case QCC_WORD_U8_NARROW: depthwise_positions(HAS_NARROW_DOT ? QCC_WORD_U8_NARROW : QCC_WORD_U8, job); return;
  }
}

KERNEL_TARGET void KERNEL(qcc_interleave)(
  qcc_word word, const uint8_t *const *rows, int64_t elements, uint8_t *restrict words) {
  if (word == QCC_WORD_I16) {
    const uint16_t *restrict a = (const uint16_t *)rows[0], *restrict b = (const uint16_t *)rows[1];
    uint32_t *restrict pairs = (uint32_t *)words;
    for (int64_t i = 0; i < elements; i++) pairs[i] = a[i] | (uint32_t)b[i] << 16;
  } else {
    const uint8_t *restrict a = rows[0], *restrict b = rows[1], *restrict c = rows[2], *restrict d = rows[3];
    uint32_t *restrict quads = (uint32_t *)words;
    for (int64_t i = 0; i < elements; i++) {
      quads[i] = a[i] | (uint32_t)b[i] << 8 | (uint32_t)c[i] << 16 | (uint32_t)d[i] << 24;
    }
  }
}
