#include "isa.h"

#include <stdatomic.h>

static atomic_int isa_limit = QCC_ISA_AVX512;
/// The processor's best plus one; 0 before it has been asked.
static atomic_int isa_best = 0;

static int detect(void) {
#if QCC_X86
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return QCC_ISA_BASELINE;
  const int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
    && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
  return avx512 ? QCC_ISA_AVX512 : QCC_ISA_AVX2;
#else
  return QCC_ISA_BASELINE;
#endif
}

qcc_isa qcc_isa_current(void) {
  int best = atomic_load_explicit(&isa_best, memory_order_relaxed);
  if (best == 0) {
    best = detect() + 1;
    atomic_store_explicit(&isa_best, best, memory_order_relaxed);
  }
  const int limit = atomic_load_explicit(&isa_limit, memory_order_relaxed);
  return (qcc_isa)(best - 1 < limit ? best - 1 : limit);
}

void qcc_isa_limit(qcc_isa limit) { atomic_store_explicit(&isa_limit, (int)limit, memory_order_relaxed); }
