import Diagnostics

/// QKeras' `quantized_po2`: the sign of x (0 counts as positive) times a power of two near |x|.
package struct QuantizedPowerOfTwo: QuantizerKind {
  package static let names = ["quantized_po2"]
  package static let parameters = [
    "bits", "max_value", "use_stochastic_rounding", "quadratic_approximation", "log2_rounding", "qnoise_factor",
    "var_name", "use_ste", "use_variables",
  ]

  package let bits: Int
  private let exponents: PowerOfTwoExponents
  /// `max_value` as it is written.
  package var maximum: Double? { exponents.declaredMaximum }

  package init(_ arguments: inout QuantizerArguments) {
    bits = arguments.int("bits", default: 8, in: 1...32)
    exponents = PowerOfTwoExponents(&arguments, magnitudeBits: bits - 1)
    arguments.requireFullNoise()
    arguments.ignore("use_stochastic_rounding")
  }

  package var quantizer: Quantizer { .quantizedPowerOfTwo(self) }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    try exponents.featureMap(negativeGain: .one, description, at: location)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    try PowerOfTwoExponents.tensor(
      values.map { ($0 < 0, exponents.exponent(of: abs($0))) }, shape: shape, bits: bits, description, at: location)
  }

  package var description: String { "quantized_po2(\(bits)\(exponents.argumentList))" }
}

extension PowerOfTwoExponents {
  /// `,max_value=…` as a model would write it.
  var argumentList: String {
    let flags = [
      maxValue.map { "max_value=\($0)" }, isQuadratic ? "quadratic_approximation=1" : nil,
      roundsDown ? "log2_rounding='floor'" : nil,
    ]
    return flags.compactMap { $0.map { "," + $0 } }.joined()
  }
}
