import Diagnostics
import Numbers
import Quantization

/// QKeras' `quantized_sigmoid`: q = clip(round_half_even(m s(x)), symmetric, m - 1) with m = 2^bits, value = q / m; s(x) is
/// clip(x / 2 + 1/2, 0, 1), or the logistic function where `use_real_sigmoid` says so.
package struct QuantizedSigmoid: NamedQuantizer {
  package static let names = ["quantized_sigmoid"]
  package static let parameters = ["bits", "symmetric", "use_real_sigmoid", "use_stochastic_rounding"]

  package let bits: Int
  package let isSymmetric: Bool
  package let usesRealSigmoid: Bool

  package init(bits: Int = 8, isSymmetric: Bool = false, usesRealSigmoid: Bool = false) {
    self.bits = bits
    self.isSymmetric = isSymmetric
    self.usesRealSigmoid = usesRealSigmoid
  }

  package init(_ arguments: inout QuantizerArguments) {
    self.init(
      bits: arguments.int("bits", default: 8, in: 1...30), isSymmetric: arguments.bool("symmetric", default: false),
      usesRealSigmoid: arguments.bool("use_real_sigmoid", default: false))
    arguments.ignore("use_stochastic_rounding")
  }

  package var dataType: DataType { .fixedPoint(bits: bits, integerBits: 0, isSigned: false) }

  private var step: Rational { .powerOfTwo(-bits) }

  package func featureMap(at location: Diagnostic.Location) -> FeatureMapQuantizer {
    let range = (isSymmetric ? 1 : 0)...((Int64(1) << Int64(bits)) - 1)
    if usesRealSigmoid { return FeatureMapQuantizer(functions: [.sigmoid], step: step, range: range) }
    let half = Rational.powerOfTwo(bits - 1)
    return FeatureMapQuantizer(
      steps: .uniform(UniformSteps(gain: half, bias: half, clamp: range)), format: CodeFormat(scale: step, range: range)
    )
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    let levels = Float(sign: .plus, exponent: bits, significand: 1)
    let codes = values.map { value in
      let position = usesRealSigmoid ? Float(ElementaryMath.logistic(Double(value))) : value.qkerasHardSigmoid
      let ratio = (position * levels).rounded(.toNearestOrEven) / levels
      return Int64(min(max(ratio, isSymmetric ? 1 / levels : 0), 1 - 1 / levels) * levels)
    }
    return QuantizedTensor(shape: shape, codes: codes, scales: [step], bits: bits)
  }

  package var description: String {
    "quantized_sigmoid(\(bits),symmetric=\(isSymmetric ? 1 : 0),use_real_sigmoid=\(usesRealSigmoid ? 1 : 0))"
  }
}
