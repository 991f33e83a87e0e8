/// Element-wise sums and changes of representation.
#ifndef QCC_ELEMENTWISE_H
#define QCC_ELEMENTWISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qcc_requantize.h"

#pragma clang assume_nonnull begin

/// `acc[e] = sum_i multipliers[i] * inputs[i][e]` for `elements` elements.
///
/// - Precondition: every sum is within int64 (arithmetic is modulo 2^64, partial sums may leave it).
void qcc_weighted_sum_u8_i64(
  size_t count, const uint8_t *_Nonnull const *_Nonnull inputs, const int64_t *multipliers, size_t elements,
  int64_t *acc);
void qcc_weighted_sum_i16_i64(
  size_t count, const int16_t *_Nonnull const *_Nonnull inputs, const int64_t *multipliers, size_t elements,
  int64_t *acc);
void qcc_weighted_sum_i32_i64(
  size_t count, const int32_t *_Nonnull const *_Nonnull inputs, const int64_t *multipliers, size_t elements,
  int64_t *acc);

/// The same of bytes.
///
/// - Precondition: every sum is within int32.
void qcc_weighted_sum_u8_i32(
  size_t count, const uint8_t *_Nonnull const *_Nonnull inputs, const int32_t *multipliers, size_t elements, int32_t *acc);

/// Its sums of `positions` pixels, with as many channels as `requant`, requantized at once, to codes of 1 byte (not negative) or
/// 2 (int16).
///
/// - Precondition: `qcc_requant_fits_tiles`.
void qcc_sum_codes_u8(
  size_t count, const uint8_t *_Nonnull const *_Nonnull inputs, const int32_t *multipliers, size_t positions,
  const qcc_requant *requant, int32_t code_bytes, void *codes);

/// `acc[e] += addend[e] * 2^shift`, modulo 2^64: joins the results of the limbs of wide codes. `shift` is 0 to 63.
void qcc_add_shifted_i64(const int64_t *addend, size_t elements, int32_t shift, int64_t *acc);

/// Splits codes into `limbs` planes of int16 in balanced base 2^16, lowest first:
/// `code = sum_l plane_l * 2^(16 l)`, each plane value in -32768 ... 32767. Plane l starts at `planes + l * elements`.
///
/// Two limbs hold -2^31 - 2^15 ... 2^31 - 2^15 - 1; int32 codes above need a third. Returns false when a code does not
/// fit (the planes then hold its low part).
bool qcc_split_limbs_i32(const int32_t *codes, size_t elements, size_t limbs, int16_t *planes);
bool qcc_split_limbs_i64(const int64_t *codes, size_t elements, size_t limbs, int16_t *planes);

#pragma clang assume_nonnull end

#endif
