/// From accumulators to codes: multiply-add-shift with a clamp, or a table of thresholds, per output channel.
///
/// Accumulators and codes are `[positions][channels]`, channels innermost (NHWC).
#ifndef QCC_REQUANTIZE_H
#define QCC_REQUANTIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// One channel of `code = clamp(round((acc * M + B) / 2^S) + z, low, high)`.
///
/// `round` is floor, or round half to even where `half_even` is set (the zero point stays outside: an odd one would
/// turn even into odd on ties).
typedef struct {
  /// M.
  int64_t multiplier;
  /// B as a 128-bit two's complement number: `offset_high * 2^64 + offset_low`.
  int64_t offset_high;
  uint64_t offset_low;
  /// What the accumulator can reach. The kernels choose their arithmetic by it (32x32-bit, 64-bit or 128-bit products).
  int64_t acc_low, acc_high;
  /// S, 0 to 126.
  int32_t shift;
  /// z.
  int32_t zero_point;
  /// The clamp, on the final code.
  int32_t low, high;
  bool half_even;
} qcc_requant_channel;

/// The requantization of a layer, all channels.
typedef struct qcc_requant qcc_requant;

/// Arithmetic that a packed requantization runs in, the widest any of its channels needs.
typedef enum {
  /// Accumulators and multipliers within 32 bits, `acc * M + B` within 64.
  QCC_REQUANT_32 = 0,
  /// `acc * M + B` within 64 bits.
  QCC_REQUANT_64 = 1,
  /// Two parts of `acc * M + B`, each within 64 bits.
  QCC_REQUANT_SPLIT = 2,
  /// 128-bit products and sums.
  QCC_REQUANT_128 = 3,
} qcc_requant_width;

/// Packs `count` channels. Null when `count` is 0, a shift is outside 0 to 126, `acc_low > acc_high`, `low > high`,
/// `acc * M + B` can leave 127 bits, or memory has run out. To be freed with `qcc_free_requant`.
qcc_requant *_Nullable qcc_pack_requant(const qcc_requant_channel *channels, size_t count);

void qcc_free_requant(qcc_requant *_Nullable requant);

/// The arithmetic the packed requantization runs in.
qcc_requant_width qcc_requant_arithmetic(const qcc_requant *requant);

/// Whether linear layers can requantize their sums where they are, in registers: one clamp and one rounding, constants of 32
/// bits at one shift.
bool qcc_requant_fits_tiles(const qcc_requant *requant);

/// Requantizes `positions * channels` accumulators.
///
/// - Precondition: accumulators are within their channel's `acc_low ... acc_high`, and `low` and `high` are within the type
///   of the codes.
void qcc_requantize_i32_u8(const qcc_requant *requant, const int32_t *acc, size_t positions, uint8_t *codes);
void qcc_requantize_i32_i16(const qcc_requant *requant, const int32_t *acc, size_t positions, int16_t *codes);
void qcc_requantize_i32_i32(const qcc_requant *requant, const int32_t *acc, size_t positions, int32_t *codes);
void qcc_requantize_i64_u8(const qcc_requant *requant, const int64_t *acc, size_t positions, uint8_t *codes);
void qcc_requantize_i64_i16(const qcc_requant *requant, const int64_t *acc, size_t positions, int16_t *codes);
void qcc_requantize_i64_i32(const qcc_requant *requant, const int64_t *acc, size_t positions, int32_t *codes);

/// Threshold tables of a layer, all channels.
typedef struct qcc_thresholds qcc_thresholds;

/// Packs one table per channel: with `n = counts[c]` ascending thresholds T and `n + 1` codes, the code of an
/// accumulator is `codes[number of T <= acc]`.
///
/// - Parameters:
///   - counts: thresholds of each channel, 0 or more.
///   - thresholds: all channels' thresholds, one channel after the other.
///   - codes: all channels' codes, one channel after the other (`counts[c] + 1` each).
///
/// Null when `count` is 0, a channel's thresholds do not ascend (equal neighbours are allowed), or memory has run out.
/// To be freed with `qcc_free_thresholds`.
qcc_thresholds *_Nullable qcc_pack_thresholds(
  size_t count, const size_t *counts, const int64_t *thresholds, const int32_t *codes);

void qcc_free_thresholds(qcc_thresholds *_Nullable thresholds);

/// Maps `positions * channels` accumulators to codes. The table's codes must be within their type.
void qcc_threshold_i32_u8(const qcc_thresholds *table, const int32_t *acc, size_t positions, uint8_t *codes);
void qcc_threshold_i32_i16(const qcc_thresholds *table, const int32_t *acc, size_t positions, int16_t *codes);
void qcc_threshold_i32_i32(const qcc_thresholds *table, const int32_t *acc, size_t positions, int32_t *codes);
void qcc_threshold_i64_u8(const qcc_thresholds *table, const int64_t *acc, size_t positions, uint8_t *codes);
void qcc_threshold_i64_i16(const qcc_thresholds *table, const int64_t *acc, size_t positions, int16_t *codes);
void qcc_threshold_i64_i32(const qcc_thresholds *table, const int64_t *acc, size_t positions, int32_t *codes);

#pragma clang assume_nonnull end

#endif
