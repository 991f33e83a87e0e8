#include "gemm.h"
#include "isa.h"

#if QCC_X86

#include <immintrin.h>

#define GEMM_RUN qcc_gemm_run_avx512
#define GEMM_TARGET QCC_TARGET_AVX512
#define LANES 16
#define GEMM_P1 16
#define GEMM_P2 12
#define GEMM_P4 6

typedef __m512i vec;
#define vec_load(from) _mm512_loadu_si512(from)
#define vec_dot(acc, w, x) _mm512_dpwssd_epi32(acc, w, x)

QCC_INLINE GEMM_TARGET vec vec_pair(const int16_t *from) {
  int32_t pair;
  __builtin_memcpy(&pair, from, sizeof pair);
  return _mm512_set1_epi32(pair);
}

#include "gemm_template.h"

#endif
