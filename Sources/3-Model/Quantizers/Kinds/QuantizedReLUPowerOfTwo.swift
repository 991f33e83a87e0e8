import Diagnostics
import Numbers
import Quantization

/// QKeras' `quantized_relu_po2`: a power of two near x. Below zero it is the smallest one, or with a `negative_slope` minus a
/// power of two near slope |x|.
package struct QuantizedReLUPowerOfTwo: NamedQuantizer {
  package static let names = ["quantized_relu_po2"]
  package static let parameters = [
    "bits", "max_value", "negative_slope", "use_stochastic_rounding", "quadratic_approximation", "log2_rounding",
    "qnoise_factor", "var_name", "use_ste", "use_variables",
  ]

  package let bits: Int
  /// 0 or a power of two.
  package let negativeSlope: Double
  private let exponents: PowerOfTwoExponents

  /// - Parameters:
  ///   - maximum: what larger magnitudes count as; with 1 or less, exponents need no sign.
  ///   - negativeSlope: 0 or a power of two.
  package init(
    bits: Int = 8, maximum: Double? = nil, negativeSlope: Double = 0, isQuadratic: Bool = false,
    roundsDown: Bool = false
  ) {
    self.bits = bits
    self.negativeSlope = negativeSlope
    exponents = PowerOfTwoExponents(
      magnitudeBits: bits, maximum: maximum, isQuadratic: isQuadratic, roundsDown: roundsDown)
  }

  package init(_ arguments: inout QuantizerArguments) {
    let bits = arguments.wholeNumber("bits", default: 8, in: 1...32)
    let slope = arguments.negativeSlope()
    let maximum = arguments.maximum(magnitudeBits: bits)
    self.init(
      bits: bits, maximum: maximum, negativeSlope: slope,
      isQuadratic: arguments.bool("quadratic_approximation", default: false), roundsDown: arguments.roundsDown())
    arguments.requireFullNoise()
    arguments.ignore("use_stochastic_rounding")
  }

  package var dataType: DataType { exponents.dataType(bits: bits, isSigned: false) }
  package var isKnownToQTools: Bool { true }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    try exponents.featureMap(
      negativeGain: negativeSlope == 0 ? nil : Rational(negativeSlope), description, at: location)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    let powers = values.map { value in
      value >= 0 || negativeSlope == 0
        ? (false, exponents.exponent(of: max(value, 0)))
        : (true, exponents.exponent(of: -value * Float(negativeSlope)))
    }
    return try PowerOfTwoExponents.tensor(powers, shape: shape, bits: bits, description, at: location)
  }

  package var description: String {
    let slope = negativeSlope == 0 ? "" : ",negative_slope=\(negativeSlope)"
    return "quantized_relu_po2(\(bits)\(exponents.argumentList)\(slope))"
  }
}
