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
#define HAS_DOTS 1
#define HAS_NARROW_DOT 0
#define REQUANTIZES_IN_REGISTERS 1

typedef __m512i vec;
#define vec_load(from) _mm512_loadu_si512(from)

QCC_INLINE KERNEL_TARGET vec vec_dot(qcc_word word, vec acc, vec w, vec x) {
  return word == QCC_WORD_I16 ? _mm512_dpwssd_epi32(acc, w, x) : _mm512_dpbusd_epi32(acc, x, w);
}

/// Written out: compilers that see the parts load the words of all positions before the first product, for which there are not
/// enough registers beside the sums.
#define DOTS(instruction)                                                                                             \
  switch (count) {                                                                                                    \
    case 1:                                                                                                           \
      __asm__("vpbroadcastd %3, %1\n\t" instruction " %2, %1, %0"                                                     \
              : "+v"(sums[0]), "=&v"(input)                                                                           \
              : "v"(weights[0]), "m"(*word_of_input));                                                                \
      break;                                                                                                          \
    case 2:                                                                                                           \
      __asm__("vpbroadcastd %5, %2\n\t" instruction " %3, %2, %0\n\t" instruction " %4, %2, %1"                      \
              : "+v"(sums[0]), "+v"(sums[1]), "=&v"(input)                                                            \
              : "v"(weights[0]), "v"(weights[1]), "m"(*word_of_input));                                               \
      break;                                                                                                          \
    case 4:                                                                                                           \
      __asm__("vpbroadcastd %9, %4\n\t" instruction " %5, %4, %0\n\t" instruction " %6, %4, %1\n\t" instruction      \
              " %7, %4, %2\n\t" instruction " %8, %4, %3"                                                             \
              : "+v"(sums[0]), "+v"(sums[1]), "+v"(sums[2]), "+v"(sums[3]), "=&v"(input)                              \
              : "v"(weights[0]), "v"(weights[1]), "v"(weights[2]), "v"(weights[3]), "m"(*word_of_input));             \
      break;                                                                                                          \
  }

QCC_INLINE KERNEL_TARGET void vec_dots(const qcc_word word, const int count, vec *sums, const vec *weights, const void *from) {
  typedef int32_t __attribute__((aligned(1), may_alias)) unaligned_word;
  const unaligned_word *word_of_input = from;
  vec input;
  if (word == QCC_WORD_I16) DOTS("vpdpwssd")
  else DOTS("vpdpbusd")
}

#include "tile_template.h"

#include "depthwise_template.h"
#include "gemm_template.h"

#endif
