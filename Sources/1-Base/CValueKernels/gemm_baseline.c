#include "gemm.h"
#include "isa.h"

#define GEMM_RUN qcc_gemm_run_baseline
#define GEMM_TARGET
#define LANES 4
#define GEMM_P1 2
#define GEMM_P2 0
#define GEMM_P4 0

#if QCC_X86

#include <emmintrin.h>

typedef __m128i vec;
#define vec_load(from) _mm_loadu_si128((const __m128i *)(from))
#define vec_dot(acc, w, x) _mm_add_epi32(acc, _mm_madd_epi16(w, x))

QCC_INLINE vec vec_pair(const int16_t *from) {
  int32_t pair;
  __builtin_memcpy(&pair, from, sizeof pair);
  return _mm_set1_epi32(pair);
}

#else

typedef uint32_t vec __attribute__((vector_size(16)));
typedef int32_t signed_vec __attribute__((vector_size(16)));

QCC_INLINE vec vec_load(const int16_t *from) {
  vec result;
  __builtin_memcpy(&result, from, sizeof result);
  return result;
}

QCC_INLINE vec vec_pair(const int16_t *from) {
  uint32_t pair;
  __builtin_memcpy(&pair, from, sizeof pair);
  return (vec){pair, pair, pair, pair};
}

/// Sums and products of sign-extended halves modulo 2^32; which half comes first does not matter.
QCC_INLINE vec vec_dot(vec acc, vec w, vec x) {
  const vec low = (vec)((signed_vec)(w << 16) >> 16) * (vec)((signed_vec)(x << 16) >> 16);
  const vec high = (vec)((signed_vec)w >> 16) * (vec)((signed_vec)x >> 16);
  return acc + low + high;
}

#endif

#include "gemm_template.h"

void qcc_gemm_run(const qcc_gemm *gemm) {
  switch (qcc_isa_current()) {
#if QCC_X86
    case QCC_ISA_AVX512: qcc_gemm_run_avx512(gemm); return;
    case QCC_ISA_AVX2: qcc_gemm_run_avx2(gemm); return;
#endif
    default: qcc_gemm_run_baseline(gemm); return;
  }
}
