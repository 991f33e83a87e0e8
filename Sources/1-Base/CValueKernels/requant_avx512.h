/// Requantization of vectors of sums. Private to the target.
#ifndef QCC_REQUANT_AVX512_H
#define QCC_REQUANT_AVX512_H

#include <immintrin.h>

#include "requant_blocks.h"

/// The constants of the even channels of a block, or of the odd ones, in registers.
typedef struct {
  __m512i multiplier, offset, multiplier_low, offset_low;
  __m128i shift;
} qcc_requant_half;

typedef struct {
  qcc_requant_half even, odd;
  __m512i below_half;
  /// The clamp, of codes of 32 bits and of bytes.
  __m512i low, high, low_bytes, high_bytes;
} qcc_requant_lanes;

QCC_INLINE QCC_TARGET_AVX512 qcc_requant_lanes
qcc_requant_lanes_of(const qcc_requant_blocks *r, const qcc_requant_block *block) {
  const __m512i multiplier = _mm512_loadu_si512(block->multiplier);
  const __m512i multiplier_low = _mm512_loadu_si512(block->multiplier_low);
  const __m128i shift = _mm_cvtsi32_si128(r->shift);
  return (qcc_requant_lanes){
    .even = {multiplier, _mm512_loadu_si512(block->offset[0]), multiplier_low, _mm512_loadu_si512(block->offset_low[0]), shift},
    .odd = {
      _mm512_srli_epi64(multiplier, 32), _mm512_loadu_si512(block->offset[1]), _mm512_srli_epi64(multiplier_low, 32),
      _mm512_loadu_si512(block->offset_low[1]), shift,
    },
    .below_half = _mm512_set1_epi64(((int64_t)1 << (r->shift > 0 ? r->shift - 1 : 0)) - 1),
    .low = _mm512_set1_epi32(r->low),
    .high = _mm512_set1_epi32(r->high),
    .low_bytes = _mm512_set1_epi8((char)r->low),
    .high_bytes = _mm512_set1_epi8((char)r->high),
  };
}

/// What is shifted, of the sums in the low halves.
QCC_INLINE QCC_TARGET_AVX512 __m512i
qcc_scale_half(const qcc_requant_half *r, const qcc_requant_form form, __m512i below_half, __m512i sums) {
  __m512i value = _mm512_add_epi64(_mm512_mul_epi32(sums, r->multiplier), r->offset);
  if (form == QCC_FORM_HALF_EVEN) {
    const __m512i bit = _mm512_and_si512(_mm512_srl_epi64(value, r->shift), _mm512_set1_epi64(1));
    value = _mm512_add_epi64(value, _mm512_add_epi64(bit, below_half));
  }
  if (form == QCC_FORM_WIDE) {
    const __m512i part = _mm512_add_epi64(_mm512_mul_epi32(sums, r->multiplier_low), r->offset_low);
    value = _mm512_add_epi64(value, _mm512_srai_epi64(part, 32));
  }
  return value;
}

/// 16 codes, 32 bits each, before the clamp.
QCC_INLINE QCC_TARGET_AVX512 __m512i
qcc_requantize_lanes(const qcc_requant_lanes *r, const qcc_requant_form form, __m512i sums) {
  const __m512i even = qcc_scale_half(&r->even, form, r->below_half, sums);
  const __m512i odd = qcc_scale_half(&r->odd, form, r->below_half, _mm512_srli_epi64(sums, 32));
  // The odd codes go to the high halves.
  const __m512i high =
    form == QCC_FORM_WIDE
      ? _mm512_slli_epi64(_mm512_sra_epi64(odd, r->odd.shift), 32)
      : _mm512_sra_epi64(odd, _mm_sub_epi64(r->odd.shift, _mm_cvtsi32_si128(32)));
  return _mm512_mask_mov_epi32(_mm512_sra_epi64(even, r->even.shift), 0xAAAA, high);
}

/// Clamps and stores the first `count` codes.
QCC_INLINE QCC_TARGET_AVX512 void qcc_store_lanes(
  const qcc_requant_lanes *r, __m512i codes, int32_t code_bytes, int32_t count, void *to) {
  codes = _mm512_min_epi32(_mm512_max_epi32(codes, r->low), r->high);
  const __mmask16 mask = (__mmask16)((1u << count) - 1);
  if (code_bytes == 1) {
    const __m128i bytes = _mm512_cvtepi32_epi8(codes);
    if (count == QCC_BLOCK) _mm_storeu_si128(to, bytes);
    else _mm_mask_storeu_epi8(to, mask, bytes);
  } else {
    const __m256i words = _mm512_cvtepi32_epi16(codes);
    if (count == QCC_BLOCK) _mm256_storeu_si256(to, words);
    else _mm256_mask_storeu_epi16(to, mask, words);
  }
}

/// Clamps and stores 16 bytes of each of four vectors, `step` apart.
QCC_INLINE QCC_TARGET_AVX512 void qcc_store_four(
  const qcc_requant_lanes *r, __m512i a, __m512i b, __m512i c, __m512i d, ptrdiff_t step, uint8_t *to) {
  // Packing saturates: to 16 bits, then to bytes. It leaves four bytes of each vector side by side.
  const __m512i mixed = _mm512_packus_epi16(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d));
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __m512i clamped = _mm512_min_epu8(_mm512_max_epu8(mixed, r->low_bytes), r->high_bytes);
  const __m512i bytes = _mm512_permutexvar_epi32(order, clamped);
  if (step == QCC_BLOCK) {
    _mm512_storeu_si512(to, bytes);
  } else {
    _mm_storeu_si128((__m128i *)to, _mm512_castsi512_si128(bytes));
    _mm_storeu_si128((__m128i *)(to + step), _mm512_extracti32x4_epi32(bytes, 1));
    _mm_storeu_si128((__m128i *)(to + 2 * step), _mm512_extracti32x4_epi32(bytes, 2));
    _mm_storeu_si128((__m128i *)(to + 3 * step), _mm512_extracti32x4_epi32(bytes, 3));
  }
}

#endif
