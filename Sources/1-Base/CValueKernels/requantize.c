#include "qcc_requantize.h"

#include <stdlib.h>

#include "isa.h"

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

  // QCC_REQUANT_32 and QCC_REQUANT_64.
  int64_t *multiplier;
  uint64_t *offset;

  // QCC_REQUANT_64 and QCC_REQUANT_128: the clamp before the zero point is added.
  int64_t *low, *high;
  int32_t *zero_point;

  // QCC_REQUANT_128.
  int128 *offset128;
};

static int128 offset_of(const qcc_requant_channel *c) {
  return (int128)(((unsigned __int128)(uint64_t)c->offset_high << 64) | c->offset_low);
}

static bool within(int128 low, int128 high, int bits) {
  const int128 limit = (int128)1 << (bits - 1);
  return low >= -limit && high < limit;
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
    *width = QCC_REQUANT_128;
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
    case QCC_REQUANT_128:
      r->offset128[i] = offset_of(c);
      break;
  }
  r->multiplier[i] = c->multiplier;
  r->zero_point[i] = c->zero_point;
  r->low[i] = (int64_t)c->low - c->zero_point;
  r->high[i] = (int64_t)c->high - c->zero_point;
}

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
  if (!allocate(r)) {
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
  free(r->offset);
  free(r->low);
  free(r->high);
  free(r->zero_point);
  free(r->offset128);
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
        case QCC_REQUANT_128: run128_##suffix(r, acc, n, codes); break;                                            \
      }                                                                                                            \
      acc += n;                                                                                                    \
      codes += n;                                                                                                  \
      left -= n;                                                                                                   \
    }                                                                                                              \
  }                                                                                                                \
  QCC_DISPATCH(                                                                                                    \
    qcc_requantize_##suffix, (const qcc_requant *requant, const ACC *acc, size_t positions, CODE *codes),          \
    body_##suffix, (requant, acc, positions, codes))

REQUANTIZE_BODIES(i32_i16, int32_t, int16_t)
REQUANTIZE_BODIES(i32_i32, int32_t, int32_t)
REQUANTIZE_BODIES(i64_i16, int64_t, int16_t)
REQUANTIZE_BODIES(i64_i32, int64_t, int32_t)
