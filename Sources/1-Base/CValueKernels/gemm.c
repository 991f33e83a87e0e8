#include "gemm.h"

#include "isa.h"

void qcc_gemm_run(const qcc_gemm *gemm) {
  switch (qcc_isa_current()) {
#if QCC_X86
    case QCC_ISA_AVX512: qcc_gemm_run_avx512(gemm); return;
    case QCC_ISA_AVX2: qcc_gemm_run_avx2(gemm); return;
#endif
    default: qcc_gemm_run_baseline(gemm); return;
  }
}
