#include "gemm.h"
#include "isa.h"

#if QCC_X86

#include <immintrin.h>

#define GEMM_RUN qcc_gemm_run_avx2
#define GEMM_TARGET QCC_TARGET_AVX2
#define LANES 8
#define GEMM_P1 6
#define GEMM_P2 3
#define GEMM_P4 0

typedef __m256i vec;
#define vec_load(from) _mm256_loadu_si256((const __m256i *)(from))
#define vec_dot(acc, w, x) _mm256_add_epi32(acc, _mm256_madd_epi16(w, x))

QCC_INLINE GEMM_TARGET vec vec_pair(const int16_t *from) {
  int32_t pair;
  __builtin_memcpy(&pair, from, sizeof pair);
  return _mm256_set1_epi32(pair);
}

#include "gemm_template.h"

#endif
