/// Where the sums of a tile go, for one instruction set. Included by `kernels_<isa>.c`, which defines:
///
/// - `KERNEL(name)`: a function's name; `KERNEL_TARGET`: its target attribute.
/// - `vec`: a vector of int32 lanes; `LANES`: how many.
/// - `vec vec_load(const void *)`: a vector of words. `vec vec_word(const void *)`: one word in all lanes, where `HAS_DOTS` is 0.
/// - `vec vec_dot(qcc_word word, vec acc, vec w, vec x)`: acc + the products of the weights and the inputs of a word, in every
///   lane, modulo 2^32.
/// - `void vec_dots(qcc_word word, int count, vec *sums, const vec *w, const void *from)`: the same for up to 4 vectors with one
///   word of the input; here out of the others where `HAS_DOTS` is 0.
/// - `HAS_NARROW_DOT`: whether `QCC_WORD_U8_NARROW` has a faster one than `QCC_WORD_U8`.
/// - `MOST_1`, `MOST_2`, `MOST_4`: most output positions per tile with 1, 2 and 4 blocks (0: not used). At most 16.
/// - `REQUANTIZES_IN_REGISTERS`: whether `requant_avx512.h` does.

#include <string.h>

/// Vectors of a block.
#define VECTORS (QCC_BLOCK / LANES)

#if !HAS_DOTS
QCC_INLINE KERNEL_TARGET void vec_dots(const qcc_word word, const int count, vec *sums, const vec *weights, const void *from) {
  const vec input = vec_word(from);
#pragma clang loop unroll(full)
  for (int i = 0; i < count; i++) sums[i] = vec_dot(word, sums[i], weights[i], input);
}
#endif

/// A tile that does not fill its blocks, or whose sums have a longer way to go; `[positions][width]`.
static KERNEL_TARGET __attribute__((noinline)) void store_sums(
  const qcc_tile_output *output, ptrdiff_t position, int32_t positions, int32_t channel, int32_t width, const int32_t *sums) {
  const int32_t left = output->channels - channel;
  const int32_t count = left < width ? left : width;
  const int64_t factor = (int64_t)1 << output->shift;
  for (int32_t p = 0; p < positions; p++, sums += width) {
    const ptrdiff_t at = (position + p) * output->stride + channel;
    int32_t *narrow = (int32_t *)output->to + at;
    int64_t *wide = (int64_t *)output->to + at;
    switch (output->store) {
      case QCC_STORE_I32:
        for (int32_t i = 0; i < count; i++) narrow[i] = sums[i];
        break;
      case QCC_STORE_I64:
        for (int32_t i = 0; i < count; i++) wide[i] = sums[i] * factor;
        break;
      case QCC_ADD_I64:
        for (int32_t i = 0; i < count; i++) wide[i] += sums[i] * factor;
        break;
      case QCC_STORE_CODES:
        qcc_requantize_channels(
          output->requant, channel, count, sums, output->code_bytes, (uint8_t *)output->to + at * output->code_bytes);
        break;
    }
  }
}

#if REQUANTIZES_IN_REGISTERS
/// The codes of P positions of Q blocks.
QCC_INLINE KERNEL_TARGET void store_codes(
  const int P, const int Q, const qcc_requant_form form, const qcc_tile_output *output, ptrdiff_t position, int32_t channel,
  const vec (*sums)[4 * VECTORS]) {
  const qcc_requant_blocks *requant = output->requant;
  const int32_t code_bytes = output->code_bytes;
  const ptrdiff_t step = output->stride * code_bytes;
#pragma clang loop unroll(full)
  for (int q = 0; q < Q; q++, channel += QCC_BLOCK) {
    const qcc_requant_lanes lanes = qcc_requant_lanes_of(requant, requant->blocks + channel / QCC_BLOCK);
    const int32_t left = output->channels - channel, count = left < QCC_BLOCK ? left : QCC_BLOCK;
    uint8_t *to = (uint8_t *)output->to + position * step + channel * code_bytes;
    if (count <= 0) return;
    int first = 0;
    if (code_bytes == 1 && count == QCC_BLOCK) {
#pragma clang loop unroll(full)
      for (int p = 0; p < P / 4 * 4; p += 4) {
        qcc_store_four(
          &lanes, qcc_requantize_lanes(&lanes, form, sums[p][q]), qcc_requantize_lanes(&lanes, form, sums[p + 1][q]),
          qcc_requantize_lanes(&lanes, form, sums[p + 2][q]), qcc_requantize_lanes(&lanes, form, sums[p + 3][q]), step,
          to + p * step);
      }
      first = P / 4 * 4;
    }
    if (first == P) continue;
    // One after another, out of memory: this way is not worth its code as often as there are tiles.
    vec values[16];
#pragma clang loop unroll(full)
    for (int p = 0; p < P; p++) values[p] = sums[p][q];
#pragma clang loop unroll(disable)
    for (int p = first; p < P; p++) {
      qcc_store_lanes(&lanes, qcc_requantize_lanes(&lanes, form, values[p]), code_bytes, count, to + p * step);
    }
  }
}
#endif

/// The sums of P neighbouring positions and Q blocks from `channel` on, on their way out.
QCC_INLINE KERNEL_TARGET void store_tile(
  const int P, const int Q, const qcc_tile_output *output, ptrdiff_t position, int32_t channel,
  const vec (*sums)[4 * VECTORS]) {
  const int width = Q * QCC_BLOCK;
#if REQUANTIZES_IN_REGISTERS
  if (output->store == QCC_STORE_CODES) {
    switch (output->requant->form) {
      case QCC_FORM_FLOOR: store_codes(P, Q, QCC_FORM_FLOOR, output, position, channel, sums); return;
      case QCC_FORM_HALF_EVEN: store_codes(P, Q, QCC_FORM_HALF_EVEN, output, position, channel, sums); return;
      case QCC_FORM_WIDE: store_codes(P, Q, QCC_FORM_WIDE, output, position, channel, sums); return;
    }
  }
#endif
  if (output->store == QCC_STORE_I32 && channel + width <= output->channels) {
    int32_t *to = (int32_t *)output->to + position * output->stride + channel;
#pragma clang loop unroll(full)
    for (int p = 0; p < P; p++) memcpy(to + p * output->stride, sums[p], sizeof(vec) * Q * VECTORS);
    return;
  }
  int32_t values[16 * 4 * QCC_BLOCK];
#pragma clang loop unroll(full)
  for (int p = 0; p < P; p++) memcpy(values + p * width, sums[p], sizeof(vec) * Q * VECTORS);
  store_sums(output, position, P, channel, width, values);
}

/// Calls `TILE(P)` with the number of a tile's positions as a constant.
#define EACH_TILE(TILE)                                   \
  TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7) \
  TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14) TILE(15) TILE(16)
