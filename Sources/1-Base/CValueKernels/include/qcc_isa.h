/// The instruction set the kernels run with.
#ifndef QCC_ISA_H
#define QCC_ISA_H

/// Instruction sets the kernels have code for. All give the same results, bit for bit.
typedef enum {
  /// What the compiler's target always has: SSE2 on x86-64, NEON on arm64.
  QCC_ISA_BASELINE = 0,
  QCC_ISA_AVX2 = 1,
  /// AVX-512 F, BW, DQ, VL and VNNI.
  QCC_ISA_AVX512 = 2,
} qcc_isa;

/// The instruction set in use: the best this processor has, or less after `qcc_isa_limit`.
qcc_isa qcc_isa_current(void);

/// Uses at most `limit` from now on, in the whole process. For tests and benchmarks.
void qcc_isa_limit(qcc_isa limit);

#endif
