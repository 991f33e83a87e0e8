import Numbers
import Testing

@testable import KerasImport

@Suite struct ReciprocalSquareRootTests {
  /// Numbers and what tf.math.rsqrt (TensorFlow 2.15.1) gives for a tensor of these 20, as bit patterns.
  static let tensorFlow: [(UInt32, UInt32)] = [
    (0x3aaa_28a8, 0x41de_0879), (0x3a63_e8de, 0x4207_a8b4), (0x3bdb_d59f, 0x4143_57b8), (0x4037_c33d, 0x3f17_13fa),
    (0x412e_0557, 0x3e9b_3fca), (0x3a42_830c, 0x4212_d81f), (0x3c06_e763, 0x4130_539a), (0x3e95_ba47, 0x3fec_b299),
    (0x41f9_adfa, 0x3e37_4bd3), (0x3c00_a889, 0x4134_8e3d), (0x403a_fca7, 0x3f15_c514), (0x3f96_10ba, 0x3f6c_6e62),
    (0x3cc2_4dd6, 0x40cf_c7b7), (0x3dff_26a5, 0x4035_51fd), (0x3e39_ee41, 0x4016_31d3), (0x3f15_b0fb, 0x3fa7_640c),
    (0x39ed_b2e5, 0x423b_dbd7), (0x3ad4_7153, 0x41c6_b645), (0x414b_a5a7, 0x3e8f_834c), (0x3b2c_73d9, 0x419b_f41a),
  ]

  @Test func isTensorFlows() {
    let roots = ReciprocalSquareRoot.of(Self.tensorFlow.map { Float(bitPattern: $0.0) })
    #expect(roots.map(\.bitPattern) == Self.tensorFlow.map(\.1))
  }

  /// Half a unit in the last place for rounding, and what the approximation's 12 bits leave after one Newton step.
  @Test func isCloseEverywhere() {
    var random = SplitMix(seed: 3)
    let values = (0..<80_000).map { _ in Float(bitPattern: UInt32.random(in: 0x0080_0000..<0x7f80_0000, using: &random))
    }
    for (value, root) in zip(values, ReciprocalSquareRoot.of(values)) {
      let exact = 1 / Double(value).squareRoot()
      #expect(abs(Double(root) - exact) <= 0x1.8p-23 * exact, "\(value)")
    }
  }
}
