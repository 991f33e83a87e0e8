/// Which instruction set to run. Private to the target.
#ifndef QCC_ISA_PRIVATE_H
#define QCC_ISA_PRIVATE_H

#include "qcc_isa.h"

#if defined(__x86_64__)
#define QCC_X86 1
#define QCC_TARGET_AVX2 __attribute__((target("avx2,fma")))
#define QCC_TARGET_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"), min_vector_width(512)))
#else
#define QCC_X86 0
#endif

#define QCC_INLINE static inline __attribute__((always_inline))

/// Defines `name params` (a function without result) that runs the inline function `body` with `args`, compiled once
/// per instruction set and chosen at run time. Hand-written rather than `target_clones`, which needs ifunc support of
/// the C library.
#if QCC_X86
#define QCC_DISPATCH(name, params, body, args)                  \
  static QCC_TARGET_AVX512 void name##_avx512 params { body args; } \
  static QCC_TARGET_AVX2 void name##_avx2 params { body args; }     \
  static void name##_baseline params { body args; }                 \
  void name params {                                            \
    switch (qcc_isa_current()) {                                \
      case QCC_ISA_AVX512: name##_avx512 args; return;          \
      case QCC_ISA_AVX2: name##_avx2 args; return;              \
      case QCC_ISA_BASELINE: name##_baseline args; return;      \
    }                                                           \
  }
#else
#define QCC_DISPATCH(name, params, body, args) \
  void name params { body args; }
#endif

#endif
