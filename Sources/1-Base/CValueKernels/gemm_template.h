/// Body of `qcc_gemm_run` for one instruction set; `tile_template.h` says what it needs.

/// P neighbouring output positions times Q blocks of output channels, held in registers.
QCC_INLINE KERNEL_TARGET void gemm_tile(
  const int P, const int Q, const qcc_word word, const qcc_gemm *g, const uint8_t *x, ptrdiff_t position, int32_t channel) {
  vec sums[16][4 * VECTORS];
#pragma clang loop unroll(full)
  for (int p = 0; p < P; p++) {
#pragma clang loop unroll(full)
    for (int q = 0; q < Q * VECTORS; q++) sums[p][q] = vec_load(g->start + channel + q * LANES);
  }
  const ptrdiff_t step = g->column_stride, block = g->block_stride;
  const uint8_t *w = g->weights + (channel / QCC_BLOCK) * block;
  const int32_t *offset = g->offsets, *const end = offset + g->words;
  for (; offset < end; offset++, w += QCC_WORD_STRIDE) {
    const uint8_t *from = x + *offset;
    vec weights[4 * VECTORS];
#pragma clang loop unroll(full)
    for (int q = 0; q < Q; q++) {
#pragma clang loop unroll(full)
      for (int v = 0; v < VECTORS; v++) weights[q * VECTORS + v] = vec_load(w + q * block + v * 4 * LANES);
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < P; p++) vec_dots(word, Q * VECTORS, sums[p], weights, from + p * step);
  }
  store_tile(P, Q, &g->output, position, channel, (const vec(*)[4 * VECTORS])sums);
}

/// Q blocks of all positions, rows cut in tiles of nearly equal length, fours of positions where that fits.
QCC_INLINE KERNEL_TARGET void gemm_rows(
  const int MOST, const int Q, const qcc_word word, const qcc_gemm *g, int32_t channel) {
  ptrdiff_t position = 0;
  for (int32_t row = 0; row < g->rows; row++) {
    const uint8_t *x = g->x + row * g->row_stride;
    int32_t left = g->columns;
    while (left > 0) {
      const int32_t tiles = (left + MOST - 1) / MOST, length = (left + tiles - 1) / tiles;
      const int32_t rounded = MOST % 4 == 0 ? (length + 3) / 4 * 4 : length;
      const int32_t count = rounded < left ? rounded : left;
      switch (count) {
#define TILE(P)                                                                             \
  case P:                                                                                   \
    if (P <= MOST) gemm_tile(P <= MOST ? P : 1, Q, word, g, x, position, channel); \
    break;
        EACH_TILE(TILE)
#undef TILE
      }
      x += count * g->column_stride;
      position += count;
      left -= count;
    }
  }
}

/// Q blocks from `channel` on, where tiles of so many are used.
#define GEMM_ROWS(word, Q)                                                                                      \
  static KERNEL_TARGET __attribute__((noinline)) void gemm_rows_##word##_##Q(const qcc_gemm *g, int32_t channel) { \
    if (MOST_##Q > 0) gemm_rows(MOST_##Q > 0 ? MOST_##Q : 1, Q, word, g, channel);                              \
  }

/// All blocks, from the first to the last. Short rows fill the registers with channels in place of positions.
#define GEMM(word)                                                                            \
  GEMM_ROWS(word, 1)                                                                          \
  GEMM_ROWS(word, 2)                                                                          \
  GEMM_ROWS(word, 4)                                                                          \
  static KERNEL_TARGET void gemm_##word(const qcc_gemm *g) {                                  \
    int32_t channel = 0;                                                                      \
    while (channel < g->output.channels) {                                                    \
      const int32_t left = g->output.channels - channel;                                      \
      if (g->columns <= MOST_4 && left > 3 * QCC_BLOCK) {                                     \
        gemm_rows_##word##_4(g, channel);                                                     \
        channel += 4 * QCC_BLOCK;                                                             \
      } else if (MOST_2 > 0 && left > QCC_BLOCK) {                                            \
        gemm_rows_##word##_2(g, channel);                                                     \
        channel += 2 * QCC_BLOCK;                                                             \
      } else {                                                                                \
        gemm_rows_##word##_1(g, channel);                                                     \
        channel += QCC_BLOCK;                                                                 \
      }                                                                                       \
    }                                                                                         \
  }

GEMM(QCC_WORD_I16)
GEMM(QCC_WORD_U8)
#if HAS_NARROW_DOT
GEMM(QCC_WORD_U8_NARROW)
#else
#define gemm_QCC_WORD_U8_NARROW gemm_QCC_WORD_U8
#endif

KERNEL_TARGET void KERNEL(qcc_gemm_run)(const qcc_gemm *g) {
  switch (g->word) {
    case QCC_WORD_I16: gemm_QCC_WORD_I16(g); return;
    case QCC_WORD_U8: gemm_QCC_WORD_U8(g); return;
    case QCC_WORD_U8_NARROW: gemm_QCC_WORD_U8_NARROW(g); return;
  }
}
