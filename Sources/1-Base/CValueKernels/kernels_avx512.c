#include "depthwise.h"
#include "gemm.h"
#include "isa.h"

#if QCC_X86

#include <immintrin.h>

#include "requant_avx512.h"

#define KERNEL(name) name##_avx512
#define KERNEL_TARGET QCC_TARGET_AVX512
#define LANES 16
#define MOST_1 16
#define MOST_2 12
#define MOST_4 4
#define DEPTHWISE_MOST 8
#define HAS_NARROW_DOT 0
#define REQUANTIZES_IN_REGISTERS 1

typedef __m512i vec;
#define vec_load(from) _mm512_loadu_si512(from)

QCC_INLINE KERNEL_TARGET vec vec_word(const void *from) {
  int32_t word;
  __builtin_memcpy(&word, from, sizeof word);
  return _mm512_set1_epi32(word);
}

QCC_INLINE KERNEL_TARGET vec vec_dot(qcc_word word, vec acc, vec w, vec x) {
  return word == QCC_WORD_I16 ? _mm512_dpwssd_epi32(acc, w, x) : _mm512_dpbusd_epi32(acc, x, w);
}

#include "tile_template.h"

#include "depthwise_template.h"
#include "gemm_template.h"

#endif
