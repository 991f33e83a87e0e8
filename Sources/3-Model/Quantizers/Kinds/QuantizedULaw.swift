import Diagnostics
import Numbers
import Quantization

/// QKeras' `quantized_ulaw`: r = 2 round_half_even(m s(x / 2^integer)) / m - 1 with m = 2^(bits - 1) and s the hard sigmoid,
/// value = 2^integer clip(sign(r) log(1 + u |r|) / log(1 + u), -1 + symmetric / m, 1 - 1 / m).
/// The values are the float32 numbers of that formula; codes count a power of two of which all are multiples.
package struct QuantizedULaw: NamedQuantizer {
  package static let names = ["quantized_ulaw"]
  package static let parameters = ["bits", "integer", "symmetric", "u"]

  package let bits: Int
  package let integer: Int
  package let isSymmetric: Bool
  package let u: Double

  /// - Parameter u: above 0.
  package init(bits: Int = 8, integer: Int = 0, isSymmetric: Bool = false, u: Double = 255) {
    self.bits = bits
    self.integer = integer
    self.isSymmetric = isSymmetric
    self.u = u
  }

  package init(_ arguments: inout QuantizerArguments) {
    let bits = arguments.wholeNumber("bits", default: 8, in: 1...16)
    let integer = arguments.wholeNumber("integer", default: 0, in: -64...64)
    let isSymmetric = arguments.bool("symmetric", default: false)
    let u = arguments.float("u", default: 255)
    if u <= 0 { arguments.refuse("u = \(u)", supported: "above 0") }
    self.init(bits: bits, integer: integer, isSymmetric: isSymmetric, u: max(u, 1e-6))
  }

  package var dataType: DataType { DataType(.quantizedULaw, bits: bits, integerBits: integer, isSigned: true) }
  package var isKnownToQTools: Bool { true }
  package var statisticsType: DataType { .counted(bits: bits, integerBits: integer) }

  private var levels: Int64 { 1 << Int64(bits - 1) }

  /// The values for round(m s(x)) = 0, 1, …, m.
  private var values: [Float] {
    let count = Float(levels)
    let whole = Float(sign: .plus, exponent: integer, significand: 1)
    return (0...levels).map { level in
      let position = 2 * (Float(level) / count) - 1
      let sign: Float = position < 0 ? -1 : (position > 0 ? 1 : 0)
      let logarithm = ElementaryMath.logarithm(1 + Float(u) * abs(position))
      let ratio = sign * logarithm / ElementaryMath.logarithm(Float(1 + u))
      return whole * min(max(ratio, isSymmetric ? -1 + 1 / count : -1), 1 - 1 / count)
    }
  }

  /// The values as multiples of one power of two.
  private func codes(at location: Diagnostic.Location) throws -> (codes: [Int64], unit: Rational) {
    let exact = values.map { Rational($0) }
    let denominator = exact.map(\.denominator).max() ?? 1
    let numerators = exact.map { ($0 * Rational(denominator)).numerator }
    let twos = numerators.filter { $0 != 0 }.map(\.trailingZeroBitCount).min() ?? 0
    let codes = numerators.map { $0 >> twos }
    let width = (codes.map(\.bitWidth).max() ?? 0) + 1
    try require(
      width <= 62, "\(description): its levels need codes of \(width) bits", at: location, supported: "62 bits",
      fix: "use fewer bits or a smaller u")
    return (codes.map { Int64($0) }, Rational(BigInteger(1) << twos, over: denominator))
  }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    let (codes, unit) = try codes(at: location)
    // m (x / 2^integer + 1) / 2 rounds up at k + 1/2.
    let half = Rational.powerOfTwo(bits - 2)
    let steps = (0..<levels).map { level in
      let position = LevelSteps.Threshold(roundingUpFrom: level)
      return (
        LevelSteps.Threshold(
          (position.above / half - .one) * .powerOfTwo(integer), isInclusive: position.isInclusive),
        codes[Int(level) + 1]
      )
    }
    return FeatureMapQuantizer(
      steps: .levels(LevelSteps(from: codes[0], steps)),
      format: CodeFormat(scale: unit, range: (codes.min() ?? 0)...(codes.max() ?? 0)),
      arithmetic: .init(offset: Double(sign: .plus, exponent: integer, significand: 1)))
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    let (codes, unit) = try codes(at: location)
    let whole = Float(sign: .plus, exponent: integer, significand: 1)
    let levels = Float(levels)
    return QuantizedTensor(
      shape: shape,
      codes: values.map { codes[Int((($0 / whole).qkerasHardSigmoid * levels).rounded(.toNearestOrEven))] },
      scales: [unit], bits: bits)
  }

  package var description: String { "quantized_ulaw(\(bits),\(integer),\(isSymmetric ? 1 : 0),\(u))" }
}
