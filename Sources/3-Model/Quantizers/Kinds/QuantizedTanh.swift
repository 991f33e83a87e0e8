import Diagnostics
import Numbers
import Quantization

/// QKeras' `quantized_tanh`: q = clip(round_half_even(m t(x)), -m + symmetric, m - 1) with m = 2^(bits - 1), value = q / m;
/// t(x) is clip(x, -1, 1), or tanh where `use_real_tanh` says so.
package struct QuantizedTanh: NamedQuantizer {
  package static let names = ["quantized_tanh"]
  package static let parameters = ["bits", "use_stochastic_rounding", "symmetric", "use_real_tanh"]

  package let bits: Int
  package let isSymmetric: Bool
  package let usesRealTanh: Bool

  package init(bits: Int = 8, isSymmetric: Bool = false, usesRealTanh: Bool = false) {
    self.bits = bits
    self.isSymmetric = isSymmetric
    self.usesRealTanh = usesRealTanh
  }

  package init(_ arguments: inout QuantizerArguments) {
    self.init(
      bits: arguments.int("bits", default: 8, in: 1...31), isSymmetric: arguments.bool("symmetric", default: false),
      usesRealTanh: arguments.bool("use_real_tanh", default: false))
    arguments.ignore("use_stochastic_rounding")
  }

  package var dataType: DataType { DataType(.quantizedTanh, bits: bits, integerBits: -1, isSigned: true) }
  package var isKnownToQTools: Bool { true }

  private var step: Rational { .powerOfTwo(1 - bits) }

  package func featureMap(at location: Diagnostic.Location) -> FeatureMapQuantizer {
    let levels = Int64(1) << Int64(bits - 1)
    // Clipping to -1...1 before rounding changes no code.
    return FeatureMapQuantizer(
      functions: usesRealTanh ? [.tanh] : [], step: step, range: (isSymmetric ? 1 - levels : -levels)...(levels - 1),
      arithmetic: .hardSigmoid)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    let levels = Float(sign: .plus, exponent: bits - 1, significand: 1)
    let codes = values.map { value in
      let position =
        usesRealTanh ? Float(ElementaryMath.hyperbolicTangent(Double(value))) : 2 * value.qkerasHardSigmoid - 1
      let ratio = (position * levels).rounded(.toNearestOrEven) / levels
      return Int64(min(max(ratio, isSymmetric ? -1 + 1 / levels : -1), 1 - 1 / levels) * levels)
    }
    return QuantizedTensor(shape: shape, codes: codes, scales: [step], bits: bits)
  }

  package var description: String {
    "quantized_tanh(\(bits),symmetric=\(isSymmetric ? 1 : 0),use_real_tanh=\(usesRealTanh ? 1 : 0))"
  }
}

extension Float {
  /// QKeras' `hard_sigmoid` in float32: clip(0.5 x + 0.5, 0, 1)
  var qkerasHardSigmoid: Float { Swift.min(Swift.max(0.5 * self + 0.5, 0), 1) }
}
