#include "depthwise.h"
#include "gemm.h"
#include "isa.h"

#if QCC_X86

#include <immintrin.h>

#define KERNEL(name) name##_avx2
#define KERNEL_TARGET QCC_TARGET_AVX2
#define LANES 8
#define MOST_1 6
#define MOST_2 3
#define MOST_4 0
#define DEPTHWISE_MOST 3
#define HAS_DOTS 0
#define HAS_NARROW_DOT 1
#define REQUANTIZES_IN_REGISTERS 0

typedef __m256i vec;
#define vec_load(from) _mm256_loadu_si256((const __m256i *)(from))

QCC_INLINE KERNEL_TARGET vec vec_word(const void *from) {
  int32_t word;
  __builtin_memcpy(&word, from, sizeof word);
  return _mm256_set1_epi32(word);
}

QCC_INLINE KERNEL_TARGET vec vec_dot(qcc_word word, vec acc, vec w, vec x) {
  switch (word) {
    case QCC_WORD_I16: return _mm256_add_epi32(acc, _mm256_madd_epi16(w, x));
    case QCC_WORD_U8_NARROW:
      return _mm256_add_epi32(acc, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w), _mm256_set1_epi16(1)));
    case QCC_WORD_U8: {
      // Even and odd bytes as 16 bits.
      const vec even_w = _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8), odd_w = _mm256_srai_epi16(w, 8);
      const vec even_x = _mm256_and_si256(x, _mm256_set1_epi16(0xFF)), odd_x = _mm256_srli_epi16(x, 8);
      return _mm256_add_epi32(
        acc, _mm256_add_epi32(_mm256_madd_epi16(even_w, even_x), _mm256_madd_epi16(odd_w, odd_x)));
    }
  }
}

#include "tile_template.h"

#include "depthwise_template.h"
#include "gemm_template.h"

#endif
