#include "qcc_elementwise.h"

#include "isa.h"

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

WEIGHTED_SUM(i16_i64, int16_t)
WEIGHTED_SUM(i32_i64, int32_t)

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
