/// Pooling over codes and over accumulators, `[height][width][channels]`.
#ifndef QCC_POOL_H
#define QCC_POOL_H

#include <stdint.h>

#include "qcc_geometry.h"

#pragma clang assume_nonnull begin

/// Largest element of each window; positions outside the input are left out.
///
/// - Precondition: `qcc_pool_geometry_is_valid`.
void qcc_max_pool_u8(const qcc_pool_geometry *geometry, const uint8_t *x, uint8_t *y);
void qcc_max_pool_i16(const qcc_pool_geometry *geometry, const int16_t *x, int16_t *y);
void qcc_max_pool_i32(const qcc_pool_geometry *geometry, const int32_t *x, int32_t *y);
void qcc_max_pool_i64(const qcc_pool_geometry *geometry, const int64_t *x, int64_t *y);

/// Sum of each window; positions outside the input are left out (they count as 0, whatever the code of zero is).
///
/// - Precondition: `qcc_pool_geometry_is_valid`, and every sum is within the result's type.
void qcc_sum_pool_u8_i32(const qcc_pool_geometry *geometry, const uint8_t *x, int32_t *acc);
void qcc_sum_pool_i16_i32(const qcc_pool_geometry *geometry, const int16_t *x, int32_t *acc);
void qcc_sum_pool_u8_i64(const qcc_pool_geometry *geometry, const uint8_t *x, int64_t *acc);
void qcc_sum_pool_i16_i64(const qcc_pool_geometry *geometry, const int16_t *x, int64_t *acc);
void qcc_sum_pool_i32_i64(const qcc_pool_geometry *geometry, const int32_t *x, int64_t *acc);
void qcc_sum_pool_i64_i64(const qcc_pool_geometry *geometry, const int64_t *x, int64_t *acc);

#pragma clang assume_nonnull end

#endif
