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

/// Defines `result name params` with one function per instruction set, chosen at run time. Hand-written rather than
/// `target_clones`, which needs ifunc support of the C library.
#if QCC_X86
#define QCC_DISPATCH_EACH(result, name, params, args, avx512, avx2, baseline) \
  static QCC_TARGET_AVX512 result name##_avx512 params { return avx512; }     \
  static QCC_TARGET_AVX2 result name##_avx2 params { return avx2; }           \
  static result name##_baseline params { return baseline; }                   \
  result name params {                                                        \
    switch (qcc_isa_current()) {                                              \
      case QCC_ISA_AVX512: return name##_avx512 args;                         \
      case QCC_ISA_AVX2: return name##_avx2 args;                             \
      default: return name##_baseline args;                                   \
    }                                                                         \
  }
#else
#define QCC_DISPATCH_EACH(result, name, params, args, avx512, avx2, baseline) \
  result name params { return baseline; }
#endif

/// The same of one inline function, `body`, compiled for each of them.
#define QCC_DISPATCH_RESULT(result, name, params, body, args) \
  QCC_DISPATCH_EACH(result, name, params, args, body args, body args, body args)
#define QCC_DISPATCH(name, params, body, args) QCC_DISPATCH_RESULT(void, name, params, body, args)

#endif
