#include "depthwise.h"
#include "gemm.h"
#include "isa.h"

#define KERNEL(name) name##_baseline
#define KERNEL_TARGET
#define LANES 4
#define MOST_1 2
#define MOST_2 0
#define MOST_4 0
#define DEPTHWISE_MOST 2
#define HAS_DOTS 0
#define HAS_NARROW_DOT 0
#define REQUANTIZES_IN_REGISTERS 0

#if QCC_X86

#include <emmintrin.h>

typedef __m128i vec;
#define vec_load(from) _mm_loadu_si128((const __m128i *)(from))

QCC_INLINE vec vec_word(const void *from) {
  int32_t word;
  __builtin_memcpy(&word, from, sizeof word);
  return _mm_set1_epi32(word);
}

QCC_INLINE vec vec_dot(qcc_word word, vec acc, vec w, vec x) {
  if (word == QCC_WORD_I16) return _mm_add_epi32(acc, _mm_madd_epi16(w, x));
  // Even and odd bytes as 16 bits.
  const vec even_w = _mm_srai_epi16(_mm_slli_epi16(w, 8), 8), odd_w = _mm_srai_epi16(w, 8);
  const vec even_x = _mm_and_si128(x, _mm_set1_epi16(0xFF)), odd_x = _mm_srli_epi16(x, 8);
  return _mm_add_epi32(acc, _mm_add_epi32(_mm_madd_epi16(even_w, even_x), _mm_madd_epi16(odd_w, odd_x)));
}

#else

typedef uint32_t vec __attribute__((vector_size(16)));
typedef int32_t signed_vec __attribute__((vector_size(16)));

QCC_INLINE vec vec_load(const void *from) {
  vec result;
  __builtin_memcpy(&result, from, sizeof result);
  return result;
}

QCC_INLINE vec vec_word(const void *from) {
  uint32_t word;
  __builtin_memcpy(&word, from, sizeof word);
  return (vec){word, word, word, word};
}

/// Products of the weights' and the inputs' parts, sums modulo 2^32; which part comes first does not matter.
QCC_INLINE vec vec_dot(qcc_word word, vec acc, vec w, vec x) {
  if (word == QCC_WORD_I16) {
    const vec low = (vec)((signed_vec)(w << 16) >> 16) * (vec)((signed_vec)(x << 16) >> 16);
    return acc + low + (vec)((signed_vec)w >> 16) * (vec)((signed_vec)x >> 16);
  }
  for (int byte = 0; byte < 4; byte++) acc += (vec)((signed_vec)(w << (24 - 8 * byte)) >> 24) * (x >> 8 * byte & 0xFF);
  return acc;
}

#endif

#include "tile_template.h"

#include "depthwise_template.h"
#include "gemm_template.h"
