/// Body of `qcc_gemm_run` for one instruction set. Included once by each `gemm_<isa>.c`, which defines:
///
/// - `GEMM_RUN`: name of the function; `GEMM_TARGET`: its target attribute.
/// - `vec`: a vector of int32 lanes; `LANES`: how many.
/// - `vec vec_load(const int16_t *)`: LANES pairs of weights. `vec vec_pair(const int16_t *)`: one pair of inputs in
///   all lanes.
/// - `vec vec_dot(vec acc, vec w, vec x)`: acc + w.lo * x.lo + w.hi * x.hi in every lane, modulo 2^32.
/// - `GEMM_P1`, `GEMM_P2`, `GEMM_P4`: most output positions per tile with 1, 2 and 4 blocks (0: not used). At most 16.

#include <string.h>

#define VECTORS (QCC_BLOCK / LANES)

/// Stores the sums of a tile, `[positions][channels of the tile's blocks]`, where the fast way out does not apply.
static GEMM_TARGET __attribute__((noinline)) void store_tile(
  const qcc_gemm *g, ptrdiff_t position, int32_t positions, int32_t channel, int32_t width, const int32_t *sums) {
  const int32_t left = g->channels - channel;
  const int32_t count = left < width ? left : width;
  const int64_t factor = (int64_t)1 << g->shift;
  for (int32_t p = 0; p < positions; p++, sums += width) {
    const ptrdiff_t at = (position + p) * g->acc_stride + channel;
    int32_t *narrow = (int32_t *)g->acc + at;
    int64_t *wide = (int64_t *)g->acc + at;
    switch (g->store) {
      case QCC_STORE_I32:
        for (int32_t i = 0; i < count; i++) narrow[i] = sums[i];
        break;
      case QCC_STORE_I64:
        for (int32_t i = 0; i < count; i++) wide[i] = sums[i] * factor;
        break;
      case QCC_ADD_I64:
        for (int32_t i = 0; i < count; i++) wide[i] += sums[i] * factor;
        break;
    }
  }
}

/// P neighbouring output positions times Q blocks of output channels, held in registers.
QCC_INLINE GEMM_TARGET void tile(
  const int P, const int Q, const qcc_gemm *g, const int16_t *x, ptrdiff_t position, int32_t channel) {
  vec sums[16][4 * VECTORS];
#pragma clang loop unroll(full)
  for (int p = 0; p < P; p++) {
#pragma clang loop unroll(full)
    for (int q = 0; q < Q * VECTORS; q++) sums[p][q] = (vec){0};
  }
  const ptrdiff_t step = g->column_stride, block = g->block_stride;
  const int16_t *w = g->weights + (channel / QCC_BLOCK) * block;
  const qcc_run *run = g->runs, *const end = run + g->run_count;
  for (; run < end; run++) {
    const int16_t *from = x + run->offset;
    for (int32_t pair = run->pairs; pair > 0; pair--) {
      vec weights[4 * VECTORS];
#pragma clang loop unroll(full)
      for (int q = 0; q < Q; q++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < VECTORS; v++) weights[q * VECTORS + v] = vec_load(w + q * block + v * 2 * LANES);
      }
#pragma clang loop unroll(full)
      for (int p = 0; p < P; p++) {
        const vec input = vec_pair(from + p * step);
#pragma clang loop unroll(full)
        for (int q = 0; q < Q * VECTORS; q++) sums[p][q] = vec_dot(sums[p][q], weights[q], input);
      }
      w += QCC_PAIR_STRIDE;
      from += 2;
    }
  }
  const int width = Q * QCC_BLOCK;
  if (g->store == QCC_STORE_I32 && channel + width <= g->channels) {
    int32_t *out = (int32_t *)g->acc + position * g->acc_stride + channel;
#pragma clang loop unroll(full)
    for (int p = 0; p < P; p++) memcpy(out + p * g->acc_stride, sums[p], sizeof(vec) * Q * VECTORS);
  } else {
    int32_t values[16 * 4 * QCC_BLOCK];
#pragma clang loop unroll(full)
    for (int p = 0; p < P; p++) memcpy(values + p * width, sums[p], sizeof(vec) * Q * VECTORS);
    store_tile(g, position, P, channel, width, values);
  }
}

/// One row of output positions for Q blocks, cut in tiles of nearly equal length.
QCC_INLINE GEMM_TARGET void tile_row(
  const int MOST, const int Q, const qcc_gemm *g, const int16_t *x, ptrdiff_t position, int32_t channel) {
  int32_t left = g->columns;
  int32_t tiles = (left + MOST - 1) / MOST;
  while (tiles > 0) {
    const int32_t count = (left + tiles - 1) / tiles;
    switch (count) {
#define TILE(P)                                                          \
  case P:                                                                \
    if (P <= MOST) tile(P <= MOST ? P : 1, Q, g, x, position, channel); \
    break;
      TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7) TILE(8)
      TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14) TILE(15) TILE(16)
#undef TILE
    }
    x += count * g->column_stride;
    position += count;
    left -= count;
    tiles--;
  }
}

#define TILE_ROWS(Q, MOST)                                                          \
  static GEMM_TARGET __attribute__((noinline)) void tile_rows_##Q(                  \
    const qcc_gemm *g, int32_t channel) {                                           \
    for (int32_t row = 0; row < g->rows; row++) {                                   \
      tile_row(                                                                     \
        MOST, Q, g, g->x + row * g->row_stride, (ptrdiff_t)row * g->columns, channel); \
    }                                                                               \
  }

TILE_ROWS(1, GEMM_P1)
#if GEMM_P2
TILE_ROWS(2, GEMM_P2)
#endif
#if GEMM_P4
TILE_ROWS(4, GEMM_P4)
#endif

GEMM_TARGET void GEMM_RUN(const qcc_gemm *g) {
  int32_t channel = 0;
  while (channel < g->channels) {
#if GEMM_P4
    // Short rows fill the registers with channels instead of positions.
    if (g->channels - channel > 3 * QCC_BLOCK && g->columns <= GEMM_P4) {
      tile_rows_4(g, channel);
      channel += 4 * QCC_BLOCK;
      continue;
    }
#endif
#if GEMM_P2
    if (g->channels - channel > QCC_BLOCK) {
      tile_rows_2(g, channel);
      channel += 2 * QCC_BLOCK;
      continue;
    }
#endif
    tile_rows_1(g, channel);
    channel += QCC_BLOCK;
  }
}
