#include "qcc_requantize.h"

#include <stdlib.h>

#include "isa.h"
#include "requant_blocks.h"
#if QCC_X86
#include "requant_avx512.h"
#endif

typedef __int128 int128;

/// Channels are repeated until a period is long enough to be worth a vector loop.
enum { PERIOD = 64 };

struct qcc_requant {
  size_t channels, period;
  qcc_requant_width width;
  bool half_even;

  // What every width reads, `[period]`.
  uint32_t *shift;
  /// 1 where ties go to even, and `2^(shift - 1) - 1` there: added before the shift. Else 0.
  uint64_t *odd, *below_half;

  // QCC_REQUANT_32: the sum is made non-negative by adding 2^62, taken back through the zero point, so that a logical
  // shift does (AVX2 has no other for 64 bits).
  int32_t *multiplier32;
  uint32_t *zero_point32;
  int32_t *low32, *high32;

  // QCC_REQUANT_32, QCC_REQUANT_64 and QCC_REQUANT_SPLIT.
  int64_t *multiplier;
  uint64_t *offset;

  // QCC_REQUANT_SPLIT: M and B in two parts, `M = multiplier * 2^split + multiplier_low` and B alike, so that
  // floor(v / 2^S) = floor((floor(v_low / 2^split) + v_high) / 2^(S - split)) has parts of 64 bits. `shift` is S - split.
  uint32_t *split;
  int64_t *multiplier_low, *offset_low;

  // QCC_REQUANT_64, QCC_REQUANT_SPLIT and QCC_REQUANT_128: the clamp before the zero point is added.
  int64_t *low, *high;
  int32_t *zero_point;

  // QCC_REQUANT_128.
  int128 *offset128;

  /// For tiles; without blocks where the channels do not have that form.
  qcc_requant_blocks tiles;
};

static int128 offset_of(const qcc_requant_channel *c) {
  return (int128)(((unsigned __int128)(uint64_t)c->offset_high << 64) | c->offset_low);
}

static bool within(int128 low, int128 high, int bits) {
  const int128 limit = (int128)1 << (bits - 1);
  return low >= -limit && high < limit;
}

/// An ascending range.
typedef struct {
  int128 low, high;
} range128;

/// What `acc * multiplier + offset` reaches.
static range128 reach(const qcc_requant_channel *c, int128 multiplier, int128 offset) {
  const int128 at_low = c->acc_low * multiplier + offset, at_high = c->acc_high * multiplier + offset;
  return at_low < at_high ? (range128){at_low, at_high} : (range128){at_high, at_low};
}

/// M and B in two parts at `split`.
typedef struct {
  int64_t multiplier, multiplier_low, offset, offset_low;
} split_constants;

/// False where a part, or what it makes of an accumulator, leaves 64 bits.
static bool split_at(const qcc_requant_channel *c, int32_t split, split_constants *constants) {
  const int64_t multiplier = c->multiplier >> split, multiplier_low = c->multiplier - multiplier * ((int64_t)1 << split);
  const int128 offset = offset_of(c) >> split, offset_low = offset_of(c) - offset * ((int128)1 << split);
  const range128 low = reach(c, multiplier_low, offset_low), high = reach(c, multiplier, offset);
  if (c->shift - split > 62 || !within(low.low, low.high, 64) || !within(offset, offset, 64)) return false;
  if (!within(high.low + (low.low >> split), high.high + (low.high >> split), 63)) return false;
  if (!within(high.low, high.high, 63)) return false;
  *constants = (split_constants){multiplier, multiplier_low, (int64_t)offset, (int64_t)offset_low};
  return true;
}

/// Where a channel's constants are split: as low as its accumulators allow, 0 where they do not.
static int32_t find_split(const qcc_requant_channel *c, split_constants *constants) {
  for (int32_t split = c->shift < 32 ? c->shift : 32; split > 0 && !c->half_even; split--) {
    if (split_at(c, split, constants)) return split;
  }
  return 0;
}

/// The narrowest arithmetic for a channel; false when there is none.
static bool find_width(const qcc_requant_channel *c, qcc_requant_width *width) {
  if (c->shift < 0 || c->shift > 126 || c->acc_low > c->acc_high || c->low > c->high) return false;
  int128 at_low, at_high;
  if (__builtin_add_overflow((int128)c->acc_low * c->multiplier, offset_of(c), &at_low)) return false;
  if (__builtin_add_overflow((int128)c->acc_high * c->multiplier, offset_of(c), &at_high)) return false;
  const int128 least = at_low < at_high ? at_low : at_high, most = at_low < at_high ? at_high : at_low;
  if (!within(least, most, 127)) return false;
  // One more than the floor: rounding half to even may go up.
  const int128 code_low = (least >> c->shift) + c->zero_point, code_high = (most >> c->shift) + 1 + c->zero_point;
  if (within(c->acc_low, c->acc_high, 32) && within(c->multiplier, c->multiplier, 32) && within(least, most, 62)
    && within(code_low, code_high, 32) && c->shift <= 61) {
    *width = QCC_REQUANT_32;
  } else if (within(least, most, 64) && c->shift <= 62) {
    *width = QCC_REQUANT_64;
  } else {
    split_constants constants;
    *width = find_split(c, &constants) > 0 ? QCC_REQUANT_SPLIT : QCC_REQUANT_128;
  }
  return true;
}

static bool allocate(qcc_requant *r) {
  const size_t n = r->period;
#define ALLOCATE(field) (r->field = calloc(n, sizeof *r->field))
  bool done = ALLOCATE(shift) && ALLOCATE(odd) && ALLOCATE(below_half);
  switch (r->width) {
    case QCC_REQUANT_32:
      return done && ALLOCATE(multiplier32) && ALLOCATE(offset) && ALLOCATE(zero_point32) && ALLOCATE(low32)
        && ALLOCATE(high32);
    case QCC_REQUANT_64:
      return done && ALLOCATE(multiplier) && ALLOCATE(offset) && ALLOCATE(zero_point) && ALLOCATE(low)
        && ALLOCATE(high);
    case QCC_REQUANT_SPLIT:
      return done && ALLOCATE(multiplier) && ALLOCATE(offset) && ALLOCATE(zero_point) && ALLOCATE(low)
        && ALLOCATE(high) && ALLOCATE(split) && ALLOCATE(multiplier_low) && ALLOCATE(offset_low);
    case QCC_REQUANT_128:
      return done && ALLOCATE(multiplier) && ALLOCATE(offset128) && ALLOCATE(zero_point) && ALLOCATE(low)
        && ALLOCATE(high);
  }
#undef ALLOCATE
  return false;
}

static void set(qcc_requant *r, size_t i, const qcc_requant_channel *c) {
  const bool ties = c->half_even && c->shift > 0;
  r->shift[i] = (uint32_t)c->shift;
  r->odd[i] = ties;
  switch (r->width) {
    case QCC_REQUANT_32:
      r->below_half[i] = ties ? ((uint64_t)1 << (c->shift - 1)) - 1 : 0;
      r->multiplier32[i] = (int32_t)c->multiplier;
      r->offset[i] = (uint64_t)offset_of(c) + ((uint64_t)1 << 62);
      r->zero_point32[i] = (uint32_t)c->zero_point - (uint32_t)((uint64_t)1 << (62 - c->shift));
      r->low32[i] = c->low;
      r->high32[i] = c->high;
      return;
    case QCC_REQUANT_64:
      r->below_half[i] = ties ? ((uint64_t)1 << (c->shift - 1)) - 1 : 0;
      r->offset[i] = (uint64_t)offset_of(c);
      break;
    case QCC_REQUANT_SPLIT: {
      split_constants constants;
      const int32_t split = find_split(c, &constants);
      r->split[i] = (uint32_t)split;
      r->shift[i] = (uint32_t)(c->shift - split);
      r->multiplier[i] = constants.multiplier;
      r->multiplier_low[i] = constants.multiplier_low;
      r->offset[i] = (uint64_t)constants.offset;
      r->offset_low[i] = constants.offset_low;
      break;
    }
    case QCC_REQUANT_128:
      r->offset128[i] = offset_of(c);
      break;
  }
  if (r->width != QCC_REQUANT_SPLIT) r->multiplier[i] = c->multiplier;
  r->zero_point[i] = c->zero_point;
  r->low[i] = (int64_t)c->low - c->zero_point;
  r->high[i] = (int64_t)c->high - c->zero_point;
}

/// A channel's constants at a layer's shift, the zero point among them; false where they are not of the form.
static bool tile_constants(
  const qcc_requant_channel *c, qcc_requant_form form, int32_t shift, int128 *multiplier, int128 *offset) {
  const int32_t by = shift - c->shift;
  const int128 factor = (int128)1 << by;
  if (by > 61 || !within(c->acc_low, c->acc_high, 32)) return false;
  if (!within(offset_of(c), offset_of(c), 126 - by) || !within(c->multiplier, c->multiplier, 63 - by)) return false;
  *multiplier = c->multiplier * factor;
  *offset = offset_of(c) * factor + c->zero_point * ((int128)1 << shift);
  const range128 value = reach(c, *multiplier, *offset);
  if (!within(value.low >> shift, value.high >> shift, 31)) return false;
  switch (form) {
    case QCC_FORM_FLOOR: return !c->half_even && within(*multiplier, *multiplier, 32) && within(value.low, value.high, 62);
    case QCC_FORM_HALF_EVEN:
      // The zero point goes inside the rounding, where an odd one would turn even into odd on ties.
      return c->half_even && c->zero_point % 2 == 0 && within(*multiplier, *multiplier, 32)
        && within(value.low, value.high, 62);
    case QCC_FORM_WIDE: return !c->half_even && within(value.low >> 32, value.high >> 32, 61);
  }
  return false;
}

static void set_tile(qcc_requant_block *block, size_t lane, qcc_requant_form form, int128 multiplier, int128 offset) {
  if (form == QCC_FORM_WIDE) {
    // The lower part of the multiplier is signed, as products are.
    const int32_t low = (int32_t)(uint32_t)(uint64_t)multiplier;
    block->multiplier_low[lane] = low;
    block->offset_low[lane % 2][lane / 2] = (int64_t)(uint32_t)(uint64_t)offset;
    multiplier = (multiplier - low) >> 32;
    offset = offset >> 32;
  }
  block->multiplier[lane] = (int32_t)multiplier;
  block->offset[lane % 2][lane / 2] = (int64_t)offset;
}

/// Brings all channels to one shift, where they have one clamp and one form. False when memory has run out.
static bool find_tiles(qcc_requant *r, const qcc_requant_channel *channels) {
  const qcc_requant_channel *first = &channels[0];
  int32_t shift = 32;
  for (size_t c = 0; c < r->channels; c++) {
    if (channels[c].shift > shift) shift = channels[c].shift;
    if (channels[c].low != first->low || channels[c].high != first->high) return true;
  }
  const size_t blocks = (r->channels + QCC_BLOCK - 1) / QCC_BLOCK;
  const qcc_requant_form forms[] = {QCC_FORM_FLOOR, QCC_FORM_HALF_EVEN, QCC_FORM_WIDE};
  for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
    const qcc_requant_form form = forms[f];
    if (shift > (form == QCC_FORM_WIDE ? 94 : 61)) continue;
    int128 multiplier, offset;
    size_t fitting = 0;
    while (fitting < r->channels && tile_constants(&channels[fitting], form, shift, &multiplier, &offset)) fitting++;
    if (fitting < r->channels) continue;
    r->tiles = (qcc_requant_blocks){
      .form = form,
      .shift = form == QCC_FORM_WIDE ? shift - 32 : shift,
      .low = first->low,
      .high = first->high,
      .blocks = calloc(blocks, sizeof(qcc_requant_block)),
    };
    if (!r->tiles.blocks) return false;
    for (size_t i = 0; i < blocks * QCC_BLOCK; i++) {
      tile_constants(&channels[i % r->channels], form, shift, &multiplier, &offset);
      set_tile(&r->tiles.blocks[i / QCC_BLOCK], i % QCC_BLOCK, form, multiplier, offset);
    }
    return true;
  }
  return true;
}

const qcc_requant_blocks *qcc_requant_blocks_of(const qcc_requant *requant) {
  return requant->tiles.blocks ? &requant->tiles : NULL;
}

size_t qcc_requant_channels(const qcc_requant *requant) { return requant->channels; }

bool qcc_requant_fits_tiles(const qcc_requant *requant) { return qcc_requant_blocks_of(requant) != NULL; }

qcc_requant *qcc_pack_requant(const qcc_requant_channel *channels, size_t count) {
  if (count == 0) return NULL;
  qcc_requant *r = calloc(1, sizeof *r);
  if (!r) return NULL;
  r->channels = count;
  r->period = count * ((PERIOD + count - 1) / count);
  for (size_t c = 0; c < count; c++) {
    qcc_requant_width width;
    if (!find_width(&channels[c], &width)) {
      free(r);
      return NULL;
    }
    if (width > r->width) r->width = width;
    r->half_even = r->half_even || channels[c].half_even;
  }
  for (size_t c = 0; c < count && r->width == QCC_REQUANT_SPLIT; c++) {
    split_constants constants;
    if (find_split(&channels[c], &constants) == 0) r->width = QCC_REQUANT_128;
  }
  if (!allocate(r) || !find_tiles(r, channels)) {
    qcc_free_requant(r);
    return NULL;
  }
  for (size_t i = 0; i < r->period; i++) set(r, i, &channels[i % count]);
  return r;
}

void qcc_free_requant(qcc_requant *r) {
  if (!r) return;
  free(r->shift);
  free(r->odd);
  free(r->below_half);
  free(r->multiplier32);
  free(r->zero_point32);
  free(r->low32);
  free(r->high32);
  free(r->multiplier);
  free(r->split);
  free(r->multiplier_low);
  free(r->offset_low);
  free(r->offset);
  free(r->low);
  free(r->high);
  free(r->zero_point);
  free(r->offset128);
  free(r->tiles.blocks);
  free(r);
}

qcc_requant_width qcc_requant_arithmetic(const qcc_requant *r) { return r->width; }

// One period of elements, or what is left of it, in each arithmetic. The loops are vectorised by the compiler: no
// branches.

#define REQUANTIZE_BODIES(suffix, ACC, CODE)                                                                       \
  QCC_INLINE void run32_##suffix(                                                                                  \
    const qcc_requant *r, const bool ties, const ACC *restrict acc, size_t n, CODE *restrict codes) {              \
    const int32_t *restrict m = r->multiplier32, *restrict low = r->low32, *restrict high = r->high32;            \
    const uint32_t *restrict s = r->shift, *restrict z = r->zero_point32;                                          \
    const uint64_t *restrict b = r->offset, *restrict half = r->below_half, *restrict odd = r->odd;                \
    for (size_t i = 0; i < n; i++) {                                                                               \
      uint64_t v = (uint64_t)((int64_t)(int32_t)acc[i] * (int64_t)m[i]) + b[i];                                    \
      if (ties) v += half[i] + ((v >> s[i]) & odd[i]);                                                             \
      int32_t code = (int32_t)((uint32_t)(v >> s[i]) + z[i]);                                                      \
      code = code < low[i] ? low[i] : code;                                                                        \
      code = code > high[i] ? high[i] : code;                                                                      \
      codes[i] = (CODE)code;                                                                                       \
    }                                                                                                              \
  }                                                                                                                \
  QCC_INLINE void run64_##suffix(                                                                                  \
    const qcc_requant *r, const bool ties, const ACC *restrict acc, size_t n, CODE *restrict codes) {              \
    const int64_t *restrict m = r->multiplier, *restrict low = r->low, *restrict high = r->high;                   \
    const uint32_t *restrict s = r->shift;                                                                         \
    const int32_t *restrict z = r->zero_point;                                                                     \
    const uint64_t *restrict b = r->offset, *restrict half = r->below_half, *restrict odd = r->odd;                \
    for (size_t i = 0; i < n; i++) {                                                                               \
      const int64_t v = (int64_t)((uint64_t)(int64_t)acc[i] * (uint64_t)m[i] + b[i]);                              \
      int64_t code = v >> s[i];                                                                                    \
      if (ties) {                                                                                                  \
        const uint64_t rest = (uint64_t)v - ((uint64_t)code << s[i]);                                              \
        code += (int64_t)((rest + half[i] + ((uint64_t)code & odd[i])) >> s[i]);                                   \
      }                                                                                                            \
      code = code < low[i] ? low[i] : code;                                                                        \
      code = code > high[i] ? high[i] : code;                                                                      \
      codes[i] = (CODE)(code + z[i]);                                                                              \
    }                                                                                                              \
  }                                                                                                                \
  QCC_INLINE void run_split_##suffix(const qcc_requant *r, const ACC *restrict acc, size_t n, CODE *restrict codes) { \
    const int64_t *restrict m = r->multiplier, *restrict low = r->low, *restrict high = r->high;                   \
    const int64_t *restrict m_low = r->multiplier_low, *restrict b_low = r->offset_low;                            \
    const uint32_t *restrict s = r->shift, *restrict split = r->split;                                             \
    const int32_t *restrict z = r->zero_point;                                                                     \
    const uint64_t *restrict b = r->offset;                                                                        \
    for (size_t i = 0; i < n; i++) {                                                                               \
      const int64_t part = ((int64_t)acc[i] * m_low[i] + b_low[i]) >> split[i];                                    \
      int64_t code = ((int64_t)acc[i] * m[i] + (int64_t)b[i] + part) >> s[i];                                      \
      code = code < low[i] ? low[i] : code;                                                                        \
      code = code > high[i] ? high[i] : code;                                                                      \
      codes[i] = (CODE)(code + z[i]);                                                                              \
    }                                                                                                              \
  }                                                                                                                \
  QCC_INLINE void run128_##suffix(                                                                                 \
    const qcc_requant *r, const ACC *restrict acc, size_t n, CODE *restrict codes) {                               \
    for (size_t i = 0; i < n; i++) {                                                                               \
      const int128 v = (int128)acc[i] * r->multiplier[i] + r->offset128[i];                                        \
      const uint32_t s = r->shift[i];                                                                              \
      int128 code = v >> s;                                                                                        \
      if (r->odd[i]) {                                                                                             \
        const int128 rest = v - (int128)((unsigned __int128)code << s), half = (int128)1 << (s - 1);               \
        code += rest > half || (rest == half && (code & 1));                                                       \
      }                                                                                                            \
      code = code < r->low[i] ? r->low[i] : code;                                                                  \
      code = code > r->high[i] ? r->high[i] : code;                                                                \
      codes[i] = (CODE)((int64_t)code + r->zero_point[i]);                                                         \
    }                                                                                                              \
  }                                                                                                                \
  QCC_INLINE void body_##suffix(const qcc_requant *r, const ACC *acc, size_t positions, CODE *codes) {             \
    size_t left = positions * r->channels;                                                                         \
    while (left > 0) {                                                                                             \
      const size_t n = left < r->period ? left : r->period;                                                        \
      switch (r->width) {                                                                                          \
        case QCC_REQUANT_32:                                                                                       \
          if (r->half_even) run32_##suffix(r, true, acc, n, codes);                                                \
          else run32_##suffix(r, false, acc, n, codes);                                                            \
          break;                                                                                                   \
        case QCC_REQUANT_64:                                                                                       \
          if (r->half_even) run64_##suffix(r, true, acc, n, codes);                                                \
          else run64_##suffix(r, false, acc, n, codes);                                                            \
          break;                                                                                                   \
        case QCC_REQUANT_SPLIT: run_split_##suffix(r, acc, n, codes); break;                                       \
        case QCC_REQUANT_128: run128_##suffix(r, acc, n, codes); break;                                            \
      }                                                                                                            \
      acc += n;                                                                                                    \
      codes += n;                                                                                                  \
      left -= n;                                                                                                   \
    }                                                                                                              \
  }

#if QCC_X86
/// In vectors, where each of them meets one block of constants: channels fill blocks, or a block holds all of them several
/// times. False where they do not.
static QCC_TARGET_AVX512 bool requantize_blocks(
  const qcc_requant *r, const int32_t *acc, size_t positions, int32_t code_bytes, void *codes) {
  const qcc_requant_blocks *tiles = qcc_requant_blocks_of(r);
  if (!tiles || (r->channels % QCC_BLOCK != 0 && QCC_BLOCK % r->channels != 0)) return false;
  const size_t blocks = (r->channels + QCC_BLOCK - 1) / QCC_BLOCK, count = positions * r->channels;
  for (size_t block = 0; block < blocks; block++) {
    const qcc_requant_lanes lanes = qcc_requant_lanes_of(tiles, &tiles->blocks[block]);
    for (size_t i = block * QCC_BLOCK; i < count; i += blocks * QCC_BLOCK) {
      const int32_t left = count - i < QCC_BLOCK ? (int32_t)(count - i) : QCC_BLOCK;
      const __m512i sums = _mm512_maskz_loadu_epi32((__mmask16)((1u << left) - 1), acc + i);
      const __m512i result = qcc_requantize_lanes(&lanes, tiles->form, sums);
      qcc_store_lanes(&lanes, result, code_bytes, left, (uint8_t *)codes + i * (size_t)code_bytes);
    }
  }
  return true;
}
#endif

#define REQUANTIZE(suffix, ACC, CODE)                                                                     \
  REQUANTIZE_BODIES(suffix, ACC, CODE)                                                                    \
  QCC_DISPATCH(                                                                                           \
    qcc_requantize_##suffix, (const qcc_requant *requant, const ACC *acc, size_t positions, CODE *codes), \
    body_##suffix, (requant, acc, positions, codes))
#define REQUANTIZE_IN_BLOCKS(suffix, ACC, CODE)                                                                    \
  REQUANTIZE_BODIES(suffix, ACC, CODE)                                                                             \
  QCC_DISPATCH_EACH(                                                                                               \
    void, qcc_requantize_##suffix, (const qcc_requant *requant, const ACC *acc, size_t positions, CODE *codes),    \
    (requant, acc, positions, codes),                                                                              \
    requantize_blocks(requant, acc, positions, sizeof(CODE), codes) ? (void)0                                      \
                                                                    : body_##suffix(requant, acc, positions, codes), \
    body_##suffix(requant, acc, positions, codes), body_##suffix(requant, acc, positions, codes))

REQUANTIZE_IN_BLOCKS(i32_u8, int32_t, uint8_t)
REQUANTIZE_IN_BLOCKS(i32_i16, int32_t, int16_t)
REQUANTIZE(i32_i32, int32_t, int32_t)
REQUANTIZE(i64_u8, int64_t, uint8_t)
REQUANTIZE(i64_i16, int64_t, int16_t)
REQUANTIZE(i64_i32, int64_t, int32_t)
