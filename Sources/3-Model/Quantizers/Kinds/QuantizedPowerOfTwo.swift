import Diagnostics
import Quantization

/// QKeras' `quantized_po2`: the sign of x (0 counts as positive) times a power of two near |x|.
package struct QuantizedPowerOfTwo: NamedQuantizer {
  package static let names = ["quantized_po2"]
  package static let parameters = [
    "bits", "max_value", "use_stochastic_rounding", "quadratic_approximation", "log2_rounding", "qnoise_factor",
    "var_name", "use_ste", "use_variables",
  ]

  package let bits: Int
  private let exponents: PowerOfTwoExponents

  /// - Parameter maximum: what larger magnitudes count as; with 1 or less, exponents need no sign.
  package init(bits: Int = 8, maximum: Double? = nil, isQuadratic: Bool = false, roundsDown: Bool = false) {
    self.bits = bits
    exponents = PowerOfTwoExponents(
      magnitudeBits: bits - 1, maximum: maximum, isQuadratic: isQuadratic, roundsDown: roundsDown)
  }

  package init(_ arguments: inout QuantizerArguments) {
    let bits = arguments.wholeNumber("bits", default: 8, in: 1...32)
    let maximum = arguments.maximum(magnitudeBits: bits - 1)
    self.init(
      bits: bits, maximum: maximum, isQuadratic: arguments.bool("quadratic_approximation", default: false),
      roundsDown: arguments.roundsDown())
    arguments.requireFullNoise()
    arguments.ignore("use_stochastic_rounding")
  }

  package var dataType: DataType { exponents.dataType(bits: bits, isSigned: true) }
  package var isKnownToQTools: Bool { true }

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
