import CValueKernels
import Testing

/// Parent of the kernels' suites: the instruction set is chosen for the whole process, so they run one after the other.
@Suite(.serialized) struct KernelTests {
  /// Runs the body once per instruction set of this machine.
  static func onEveryISA(_ body: (qcc_isa) throws -> Void) rethrows {
    defer { qcc_isa_limit(QCC_ISA_AVX512) }
    for isa in [QCC_ISA_BASELINE, QCC_ISA_AVX2, QCC_ISA_AVX512] {
      qcc_isa_limit(isa)
      if qcc_isa_current() == isa { try body(isa) }
    }
  }
}
