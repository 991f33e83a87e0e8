#include "CDotProduct.h"

#if defined(__x86_64__)

#include <immintrin.h>

/// Sums that are in flight at once: enough to hide the instruction's latency.
enum { SUMS = 16 };

#define PEAK(name, TARGET, VECTOR, ZERO, ADD, DOT)                                           \
  __attribute__((target(TARGET), noinline)) static int32_t name(size_t rounds) {             \
    VECTOR sums[SUMS], a = ZERO(), b = ZERO();                                               \
    for (int i = 0; i < SUMS; i++) sums[i] = ZERO();                                         \
    for (size_t round = 0; round < rounds; round++) {                                        \
      /* Operands that nobody knows before. */                                               \
      __asm__ volatile("" : "+v"(a), "+v"(b));                                               \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) sums[i] = DOT(sums[i], a, b); \
    }                                                                                        \
    for (int i = 1; i < SUMS; i++) sums[0] = ADD(sums[0], sums[i]);                          \
    int32_t result;                                                                          \
    __builtin_memcpy(&result, &sums[0], sizeof result);                                      \
    return result;                                                                           \
  }

#define MADD(sum, a, b) _mm256_add_epi32(sum, _mm256_madd_epi16(a, b))

PEAK(vnni_8, "avx512f,avx512bw,avx512vnni", __m512i, _mm512_setzero_si512, _mm512_add_epi32, _mm512_dpbusd_epi32)
PEAK(vnni_16, "avx512f,avx512bw,avx512vnni", __m512i, _mm512_setzero_si512, _mm512_add_epi32, _mm512_dpwssd_epi32)
PEAK(avx2_16, "avx2", __m256i, _mm256_setzero_si256, _mm256_add_epi32, MADD)

peak_loop dot_product_peak(int bits) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512vnni")) {
    return bits == 8 ? (peak_loop){"vpdpbusd, 512 bits", vnni_8, 64 * SUMS} : (peak_loop){"vpdpwssd, 512 bits", vnni_16, 32 * SUMS};
  }
  // Bytes are widened: no instruction of this set sums up products of bytes exactly.
  if (__builtin_cpu_supports("avx2")) return (peak_loop){"vpmaddwd, 256 bits", avx2_16, 16 * SUMS};
  return (peak_loop){0};
}

#else

peak_loop dot_product_peak(int bits) {
  (void)bits;
  return (peak_loop){0};
}

#endif
