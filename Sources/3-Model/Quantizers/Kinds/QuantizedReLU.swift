import Diagnostics
import Numbers
import Quantization

/// QKeras' `quantized_relu`: unsigned fixed point, and with a negative slope one more bit for what is below zero.
/// q = clip(round_half_even(x m / 2^integer), 0, m - 1) with m = 2^(bits - (slope != 0)), value = 2^integer q / m;
/// below zero q = max(round_half_even(slope x m / 2^integer), -slope m).
/// `use_sigmoid` rounds the hard sigmoid instead: q = 2 round(m hard_sigmoid(x / 2^integer)) - m in the same bounds.
package struct QuantizedReLU: NamedQuantizer {
  package static let names = ["quantized_relu"]
  package static let parameters = [
    "bits", "integer", "use_sigmoid", "negative_slope", "use_stochastic_rounding", "relu_upper_bound",
    "is_quantized_clip", "qnoise_factor", "var_name", "use_ste", "use_variables", "enable_fast_inference",
  ]

  package let bits: Int
  package let integer: Int
  package let usesSigmoid: Bool
  /// 0 or a power of two.
  package let negativeSlope: Double
  /// What values are clipped to after rounding; nil where the bits bound them alone.
  package let upperBound: Float?

  /// - Parameters:
  ///   - negativeSlope: 0 or a power of two.
  ///   - upperBound: what values are clipped to after rounding.
  package init(
    bits: Int = 8, integer: Int = 0, usesSigmoid: Bool = false, negativeSlope: Double = 0, upperBound: Float? = nil
  ) {
    self.bits = bits
    self.integer = integer
    self.usesSigmoid = usesSigmoid
    self.negativeSlope = negativeSlope
    self.upperBound = upperBound
  }

  package init(_ arguments: inout QuantizerArguments) {
    let bits = arguments.int("bits", default: 8, in: 1...32)
    let integer = arguments.int("integer", default: 0, in: -64...64)
    let usesSigmoid = arguments.bool("use_sigmoid", default: false)
    let negativeSlope = arguments.negativeSlope()
    let bound = arguments.number("relu_upper_bound")
    if let bound, bound < 0 { arguments.refuse("relu_upper_bound = \(bound)", supported: "0 or more") }
    // QKeras bounds the result only where the deprecated is_quantized_clip is off, which its models do not save.
    let clipsToBits = arguments.bool("is_quantized_clip", default: true)
    self.init(
      bits: bits, integer: integer, usesSigmoid: usesSigmoid, negativeSlope: negativeSlope,
      upperBound: clipsToBits || bound == 0 ? nil : bound.map { Float($0) })
    // QKeras has 2^bits in int32.
    if bits == 32, negativeSlope == 0 { arguments.refuse("bits = 32", supported: "up to 31 bits") }
    arguments.requireFullNoise()
    arguments.ignore("use_stochastic_rounding", "enable_fast_inference")
  }

  package var dataType: DataType {
    DataType(.quantizedReLU, bits: bits, integerBits: integer, isSigned: negativeSlope != 0)
  }
  package var isKnownToQTools: Bool { true }
  /// Unsigned with a negative slope too.
  package var statisticsType: DataType { DataType(.quantizedReLU, bits: bits, integerBits: integer, isSigned: false) }

  private var magnitudeBits: Int { bits - (negativeSlope == 0 ? 0 : 1) }
  private var step: Rational { .powerOfTwo(integer - magnitudeBits) }
  private var slope: Rational { Rational(negativeSlope) }
  private var levels: Rational { .powerOfTwo(magnitudeBits) }
  /// The bounds of the values in steps; they need not be integers.
  private var lowest: Rational { -(slope * levels) }
  private var highest: Rational {
    guard let upperBound else { return levels - .one }
    return min(levels - .one, Rational(upperBound) / step)
  }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    let leaky: [RealFunction] = negativeSlope == 0 ? [] : [.leakyReLU(slope: slope)]
    if !usesSigmoid, let range {
      return FeatureMapQuantizer(functions: leaky, step: step, range: range)
    }
    try require(
      bits <= 16, "\(description): its levels are not evenly spaced and there are 2^\(bits) of them", at: location,
      supported: "up to 16 bits with use_sigmoid or a relu_upper_bound between two levels")
    // Bounds between two levels: codes count a fraction of the step.
    let unit = Rational(1, over: max(lowest.denominator, highest.denominator))
    guard let lowestLevel = (lowest - .one).floor.int64, let highestLevel = highest.ceiling.int64,
      lowestLevel <= highestLevel, highestLevel - lowestLevel < 1 << 18, (.powerOfTwo(46) * unit - highest).sign > 0
    else {
      throw Diagnostic(
        "\(description): its levels need codes of more than 46 bits", at: location,
        supported: "a slope and a relu_upper_bound of few bits, near its range")
    }
    let functions: [RealFunction]
    let thresholds: [LevelSteps.Threshold]
    let position: (Rational) -> Rational
    if usesSigmoid {
      let half = levels / 2
      functions = [.affine(scale: half / .powerOfTwo(integer), shift: half), .clip(lower: .zero, upper: levels)]
      thresholds = Self.roundings(upTo: levels) + Self.roundings(upTo: levels, gain: slope)
      position = sigmoidPosition
    } else {
      functions = leaky + [.affine(scale: .one / step, shift: .zero)]
      thresholds = (lowestLevel...highestLevel).map { .init(roundingUpFrom: $0) }
      position = { [lowest, highest] in min(max(Rational($0.roundedHalfEven), lowest), highest) }
    }
    let steps = LevelSteps(at: thresholds) { Int64((position($0) / unit).floor) }
    return FeatureMapQuantizer(
      functions: functions, steps: .levels(steps),
      format: CodeFormat(scale: step * unit, range: (steps.codes.min() ?? 0)...(steps.codes.max() ?? 0)))
  }

  /// The codes where all levels are evenly spaced.
  private var range: ClosedRange<Int64>? {
    guard let lower = lowest.int64, let upper = highest.int64, lower <= upper else { return nil }
    return lower...upper
  }

  /// The value in steps where m times the hard sigmoid is `value`.
  private func sigmoidPosition(_ value: Rational) -> Rational {
    let two: Rational = 2
    let positive = min(max(two * Rational(value.roundedHalfEven) - levels, .zero), levels - .one)
    let negative = min(max(two * Rational((slope * value).roundedHalfEven) + lowest, lowest), .zero)
    return min(positive + negative, highest)
  }

  /// Where round(gain x v) steps for v in 0...bound.
  private static func roundings(upTo bound: Rational, gain: Rational = .one) -> [LevelSteps.Threshold] {
    gain.sign == 0 ? [] : (0..<Int64((bound * gain).ceiling)).map { .init(roundingUpFrom: $0, gain: gain) }
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    let unit = range != nil && !usesSigmoid ? step : try featureMap(at: location).format.scale
    // All that QKeras returns are multiples of the unit, a power of two: the quotient is exact.
    let codes = values.map { Int64(Double(float32($0)) / unit.double) }
    return QuantizedTensor(shape: shape, codes: codes, scales: [unit], bits: bits)
  }

  /// QKeras' order of float32 operations.
  private func float32(_ value: Float) -> Float {
    let levels = Float(sign: .plus, exponent: magnitudeBits, significand: 1)
    let whole = Float(sign: .plus, exponent: integer, significand: 1)
    let slope = Float(negativeSlope)
    let gain: Float = usesSigmoid ? 2 : 1
    let shift: Float = usesSigmoid ? 1 : 0
    let position =
      usesSigmoid ? (value / whole).qkerasHardSigmoid * levels : value * levels / whole
    let ratio = position.rounded(.toNearestOrEven) / levels
    var result = whole * min(max(gain * ratio - shift, 0), 1 - 1 / levels)
    if slope > 0 {
      let below = (position * slope).rounded(.toNearestOrEven) * (1 / (slope * levels))
      result += whole * slope * min(max(gain * below - shift, -1), 0)
    }
    return upperBound.map { min(result, $0) } ?? result
  }

  package var description: String {
    var flags = ["\(bits)", "\(integer)"]
    if usesSigmoid { flags.append("1") }
    if negativeSlope != 0 { flags.append("negative_slope=\(negativeSlope)") }
    if let upperBound { flags.append("relu_upper_bound=\(upperBound),is_quantized_clip=False") }
    return "quantized_relu(\(flags.joined(separator: ",")))"
  }
}

extension QuantizerArguments {
  /// `negative_slope`: 0 or a power of two.
  mutating func negativeSlope() -> Double {
    let slope = number("negative_slope", default: 0) ?? 0
    if slope == 0 || (slope > 0 && slope.significand == 1 && abs(slope.exponent) <= 32) { return slope }
    refuse("negative_slope = \(slope)", supported: "0 or a power of two from 2^-32 to 2^32")
    return 0
  }
}
