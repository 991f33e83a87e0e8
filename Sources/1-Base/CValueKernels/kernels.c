#include "depthwise.h"
#include "gemm.h"
#include "isa.h"

/// Runs the function of the instruction set in use.
#if QCC_X86
#define RUN(name, ...)                                              \
  switch (qcc_isa_current()) {                                      \
    case QCC_ISA_AVX512: name##_avx512(__VA_ARGS__); return;        \
    case QCC_ISA_AVX2: name##_avx2(__VA_ARGS__); return;            \
    case QCC_ISA_BASELINE: name##_baseline(__VA_ARGS__); return;    \
  }
#else
#define RUN(name, ...) name##_baseline(__VA_ARGS__)
#endif

void qcc_gemm_run(const qcc_gemm *gemm) { RUN(qcc_gemm_run, gemm) }

void qcc_depthwise_run(const qcc_depthwise_job *job) { RUN(qcc_depthwise_run, job) }

void qcc_interleave(qcc_word word, const uint8_t *const *rows, int64_t elements, uint8_t *words) {
  RUN(qcc_interleave, word, rows, elements, words)
}
