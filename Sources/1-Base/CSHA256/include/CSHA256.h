/// The inner loop of SHA-256 (FIPS 180-4, section 6.2.2).
#ifndef QCC_CSHA256_H
#define QCC_CSHA256_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Takes `blocks` blocks of 64 bytes into the eight words of `state`.
void qcc_sha256_absorb(uint32_t *state, const uint8_t *bytes, size_t blocks);

/// The same without instructions that only some processors have.
void qcc_sha256_absorb_portable(uint32_t *state, const uint8_t *bytes, size_t blocks);

#pragma clang assume_nonnull end

#endif
