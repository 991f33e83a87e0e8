#include "qcc_elementwise.h"

#include "isa.h"
#include "requant_blocks.h"
#if QCC_X86
#include "requant_avx512.h"
#endif

/// Elements per pass over the inputs: the accumulators stay in the first-level cache.
enum { BLOCK = 1024 };

#define WEIGHTED_SUM(suffix, IN)                                                                                   \
  QCC_INLINE void weighted_##suffix(                                                                               \
    size_t count, const IN *const *inputs, const int64_t *multipliers, size_t elements, int64_t *restrict acc) {   \
    for (size_t start = 0; start < elements; start += BLOCK) {                                                     \
      const size_t n = elements - start < BLOCK ? elements - start : BLOCK;                                        \
      for (size_t e = 0; e < n; e++) acc[start + e] = 0;                                                           \
      for (size_t i = 0; i < count; i++) {                                                                         \
        const IN *restrict x = inputs[i] + start;                                                                  \
        const uint64_t m = (uint64_t)multipliers[i];                                                               \
        for (size_t e = 0; e < n; e++) {                                                                           \
          acc[start + e] = (int64_t)((uint64_t)acc[start + e] + m * (uint64_t)(int64_t)x[e]);                      \
        }                                                                                                          \
      }                                                                                                            \
    }                                                                                                              \
  }                                                                                                                \
  QCC_DISPATCH(                                                                                                    \
    qcc_weighted_sum_##suffix,                                                                                     \
    (size_t count, const IN *const *inputs, const int64_t *multipliers, size_t elements, int64_t *acc),            \
    weighted_##suffix, (count, inputs, multipliers, elements, acc))

WEIGHTED_SUM(u8_i64, uint8_t)
WEIGHTED_SUM(i16_i64, int16_t)
WEIGHTED_SUM(i32_i64, int32_t)

/// Sums of one block of `n` elements of bytes.
QCC_INLINE void sum_bytes(
  size_t count, const uint8_t *const *inputs, const int32_t *multipliers, size_t start, size_t n, int32_t *restrict sums) {
  for (size_t e = 0; e < n; e++) sums[e] = 0;
  for (size_t i = 0; i < count; i++) {
    const uint8_t *restrict x = inputs[i] + start;
    const uint32_t m = (uint32_t)multipliers[i];
    for (size_t e = 0; e < n; e++) sums[e] = (int32_t)((uint32_t)sums[e] + m * x[e]);
  }
}

QCC_INLINE void weighted_u8_i32(
  size_t count, const uint8_t *const *inputs, const int32_t *multipliers, size_t elements, int32_t *acc) {
  for (size_t start = 0; start < elements; start += BLOCK) {
    sum_bytes(count, inputs, multipliers, start, elements - start < BLOCK ? elements - start : BLOCK, acc + start);
  }
}

QCC_DISPATCH(
  qcc_weighted_sum_u8_i32,
  (size_t count, const uint8_t *const *inputs, const int32_t *multipliers, size_t elements, int32_t *acc), weighted_u8_i32,
  (count, inputs, multipliers, elements, acc))

/// Elements until the channels meet the same lanes of blocks again: small numbers of channels are repeated in a block.
static size_t period_of(size_t channels) { return QCC_BLOCK % channels == 0 ? QCC_BLOCK : channels; }

QCC_INLINE void sum_codes(
  size_t count, const uint8_t *const *inputs, const int32_t *multipliers, size_t elements, size_t channels,
  const qcc_requant_blocks *requant, int32_t code_bytes, uint8_t *codes) {
  const size_t period = period_of(channels);
  for (size_t start = 0; start < elements; start += period) {
    for (size_t channel = 0; channel < period && start + channel < elements; channel += QCC_BLOCK) {
      const size_t e = start + channel, left = elements - e < period - channel ? elements - e : period - channel;
      const size_t n = left < QCC_BLOCK ? left : QCC_BLOCK;
      int32_t sums[QCC_BLOCK];
      sum_bytes(count, inputs, multipliers, e, n, sums);
      qcc_requantize_channels(requant, (int32_t)channel, (int32_t)n, sums, code_bytes, codes + e * (size_t)code_bytes);
    }
  }
}

#if QCC_X86
/// The first `n` sums of a block from element `e` on.
QCC_INLINE QCC_TARGET_AVX512 __m512i sum_lanes(
  size_t count, const uint8_t *const *inputs, const int32_t *multipliers, size_t e, int32_t n) {
  const __mmask16 mask = (__mmask16)((1u << n) - 1);
  __m512i sums = _mm512_setzero_si512();
  for (size_t i = 0; i < count; i++) {
    const __m512i x = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, inputs[i] + e));
    sums = _mm512_add_epi32(sums, _mm512_mullo_epi32(x, _mm512_set1_epi32(multipliers[i])));
  }
  return sums;
}

/// One block of every period, COUNT inputs and the form constant.
QCC_INLINE QCC_TARGET_AVX512 void sum_block(
  const size_t COUNT, const qcc_requant_form form, const uint8_t *const *inputs, const int32_t *multipliers, size_t first,
  size_t elements, size_t period, const qcc_requant_blocks *requant, int32_t code_bytes, uint8_t *codes) {
  const qcc_requant_lanes lanes = qcc_requant_lanes_of(requant, &requant->blocks[first % period / QCC_BLOCK]);
  size_t e = first;
  for (; code_bytes == 1 && e + 3 * period + QCC_BLOCK <= elements; e += 4 * period) {
    __m512i result[4];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 4; i++) {
      result[i] = qcc_requantize_lanes(&lanes, form, sum_lanes(COUNT, inputs, multipliers, e + i * period, QCC_BLOCK));
    }
    qcc_store_four(&lanes, result[0], result[1], result[2], result[3], (ptrdiff_t)period, codes + e);
  }
  for (; e < elements; e += period) {
    const int32_t n = elements - e < QCC_BLOCK ? (int32_t)(elements - e) : QCC_BLOCK;
    const __m512i result = qcc_requantize_lanes(&lanes, form, sum_lanes(COUNT, inputs, multipliers, e, n));
    qcc_store_lanes(&lanes, result, code_bytes, n, codes + e * (size_t)code_bytes);
  }
}

/// Looks bytes up: 128 at a time are in the reach of one permutation.
static __attribute__((target("avx512f,avx512bw,avx512vbmi"))) void map_bytes(
  const uint8_t table[256], const uint8_t *from, size_t count, uint8_t *to) {
  const __m512i first = _mm512_loadu_si512(table), second = _mm512_loadu_si512(table + 64);
  const __m512i third = _mm512_loadu_si512(table + 128), fourth = _mm512_loadu_si512(table + 192);
  for (size_t i = 0; i < count; i += 64) {
    const __mmask64 mask = count - i < 64 ? ((__mmask64)1 << (count - i)) - 1 : ~(__mmask64)0;
    const __m512i bytes = _mm512_maskz_loadu_epi8(mask, from + i);
    const __m512i lower = _mm512_permutex2var_epi8(first, bytes, second);
    const __m512i upper = _mm512_permutex2var_epi8(third, bytes, fourth);
    _mm512_mask_storeu_epi8(to + i, mask, _mm512_mask_mov_epi8(lower, _mm512_movepi8_mask(bytes), upper));
  }
}

/// Elements that stay in the first-level cache while one block after another is done.
enum { CACHED = 4096 };

static void sum_codes_avx512(
  size_t count, const uint8_t *const *inputs, const int32_t *multipliers, size_t elements, size_t channels,
  const qcc_requant_blocks *requant, int32_t code_bytes, uint8_t *codes);

/// The same function of every byte. Bytes that do not occur may have any code.
static void map_codes(
  const uint8_t *input, int32_t multiplier, size_t elements, const qcc_requant_blocks *requant, uint8_t *codes) {
  uint8_t bytes[256], table[256];
  for (int i = 0; i < 256; i++) bytes[i] = (uint8_t)i;
  const uint8_t *const inputs[] = {bytes};
  sum_codes_avx512(1, inputs, &multiplier, sizeof bytes, 1, requant, 1, table);
  map_bytes(table, input, elements, codes);
}

/// The same in vectors, where each of them meets one block of constants.
static QCC_TARGET_AVX512 void sum_codes_avx512(
  size_t count, const uint8_t *const *inputs, const int32_t *multipliers, size_t elements, size_t channels,
  const qcc_requant_blocks *requant, int32_t code_bytes, uint8_t *codes) {
  // So many that looking them up is worth a table.
  if (count == 1 && channels == 1 && code_bytes == 1 && elements > 1024 && __builtin_cpu_supports("avx512vbmi")) {
    map_codes(inputs[0], multipliers[0], elements, requant, codes);
    return;
  }
  const size_t period = period_of(channels);
  if (period % QCC_BLOCK != 0) {
    sum_codes(count, inputs, multipliers, elements, channels, requant, code_bytes, codes);
    return;
  }
  const size_t cached = period * (CACHED / period > 1 ? CACHED / period : 1);
  for (size_t start = 0; start < elements; start += cached) {
    const size_t end = elements - start < cached ? elements : start + cached;
    for (size_t first = start; first < start + period && first < end; first += QCC_BLOCK) {
#define SUM_BLOCK(COUNT, FORM) \
  sum_block(COUNT, FORM, inputs, multipliers, first, end, period, requant, code_bytes, codes)
      switch (requant->form) {
        case QCC_FORM_FLOOR:
          if (count == 1) SUM_BLOCK(1, QCC_FORM_FLOOR);
          else if (count == 2) SUM_BLOCK(2, QCC_FORM_FLOOR);
          else SUM_BLOCK(count, QCC_FORM_FLOOR);
          break;
        case QCC_FORM_HALF_EVEN: SUM_BLOCK(count, QCC_FORM_HALF_EVEN); break;
        case QCC_FORM_WIDE: SUM_BLOCK(count, QCC_FORM_WIDE); break;
      }
#undef SUM_BLOCK
    }
  }
}
#endif

QCC_DISPATCH_EACH(
  void, qcc_run_sum_codes,
  (size_t count, const uint8_t *const *inputs, const int32_t *multipliers, size_t elements, size_t channels,
   const qcc_requant_blocks *requant, int32_t code_bytes, uint8_t *codes),
  (count, inputs, multipliers, elements, channels, requant, code_bytes, codes),
  sum_codes_avx512(count, inputs, multipliers, elements, channels, requant, code_bytes, codes),
  sum_codes(count, inputs, multipliers, elements, channels, requant, code_bytes, codes),
  sum_codes(count, inputs, multipliers, elements, channels, requant, code_bytes, codes))

void qcc_sum_codes_u8(
  size_t count, const uint8_t *const *inputs, const int32_t *multipliers, size_t positions, const qcc_requant *requant,
  int32_t code_bytes, void *codes) {
  const size_t channels = qcc_requant_channels(requant);
  qcc_run_sum_codes(
    count, inputs, multipliers, positions * channels, channels, qcc_requant_blocks_of(requant), code_bytes, codes);
}

QCC_INLINE void add_shifted(const int64_t *restrict addend, size_t elements, int32_t shift, int64_t *restrict acc) {
  for (size_t e = 0; e < elements; e++) acc[e] = (int64_t)((uint64_t)acc[e] + ((uint64_t)addend[e] << shift));
}

QCC_DISPATCH(
  qcc_add_shifted_i64, (const int64_t *addend, size_t elements, int32_t shift, int64_t *acc), add_shifted,
  (addend, elements, shift, acc))

#define SPLIT(suffix, CODE)                                                                             \
  bool qcc_split_limbs_##suffix(const CODE *codes, size_t elements, size_t limbs, int16_t *planes) {    \
    bool fits = true;                                                                                   \
    for (size_t e = 0; e < elements; e++) {                                                             \
      int64_t rest = codes[e];                                                                          \
      for (size_t l = 0; l < limbs; l++) {                                                              \
        const int16_t limb = (int16_t)(uint16_t)((uint64_t)rest & 0xFFFF);                              \
        planes[l * elements + e] = limb;                                                                \
        /* (rest - limb) / 2^16, where the difference could leave int64. */                             \
        rest = (rest >> 16) + (limb < 0);                                                               \
      }                                                                                                 \
      fits = fits && rest == 0;                                                                         \
    }                                                                                                   \
    return fits;                                                                                        \
  }

SPLIT(i32, int32_t)
SPLIT(i64, int64_t)
