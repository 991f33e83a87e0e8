import Diagnostics
import Numbers
import Quantization

/// QKeras' `quantized_bits`: fixed point with `bits` bits, `integer` of them left of the binary point.
/// q = clip(round_half_even(x 2^unsigned / 2^integer), lowest, 2^unsigned - 1), value = alpha 2^integer q / 2^unsigned, where
/// unsigned = bits - keep_negative. With no bit besides the sign it is the sign of x, and 0 counts as positive.
package struct QuantizedBits: AlphaQuantizer {
  package static let names = ["quantized_bits"]
  package static let parameters = [
    "bits", "integer", "symmetric", "keep_negative", "alpha", "use_stochastic_rounding", "scale_axis", "qnoise_factor",
    "var_name", "use_ste", "use_variables", "elements_per_scale", "min_po2_exponent", "max_po2_exponent",
    "post_training_scale",
  ]

  package let bits: Int
  package let integer: Int
  /// As asked for: a scale that is found is one of symmetric codes.
  private let wantsSymmetry: Bool
  package let keepsNegative: Bool
  package var alpha: Alpha
  let scaleAxes: ScaleAxes
  let exponents: (lower: Int?, upper: Int?)
  /// The scale that an `auto` quantizer is frozen at.
  let postTrainingScale: Alpha
  /// QKeras after 0.9.0 rounds once more with the last scale of `auto_po2`. Its saved models tell by their arguments.
  let roundsWithLastScale: Bool

  /// - Parameters:
  ///   - exponents: bounds of the exponent of `auto_po2`.
  ///   - postTrainingScale: numbers, and only where alpha depends on data.
  package init(
    bits: Int = 8, integer: Int = 0, isSymmetric: Bool = false, keepsNegative: Bool = true, alpha: Alpha = .none,
    scaleAxes: ScaleAxes = ScaleAxes(), exponents: (lower: Int?, upper: Int?) = (nil, nil),
    postTrainingScale: Alpha = .none, roundsWithLastScale: Bool = false
  ) {
    self.bits = bits
    self.integer = integer
    wantsSymmetry = isSymmetric
    self.keepsNegative = keepsNegative
    self.alpha = alpha
    self.scaleAxes = scaleAxes
    self.exponents = exponents
    self.postTrainingScale = postTrainingScale
    self.roundsWithLastScale = roundsWithLastScale
  }

  package init(_ arguments: inout QuantizerArguments) {
    let isRecent = arguments.mentions(
      "elements_per_scale", "min_po2_exponent", "max_po2_exponent", "post_training_scale")
    self.init(
      bits: arguments.wholeNumber("bits", default: 8, in: 1...32),
      integer: arguments.int("integer", default: 0, in: -64...64),
      isSymmetric: arguments.bool("symmetric", default: false),
      keepsNegative: arguments.bool("keep_negative", default: true), alpha: arguments.alpha(),
      scaleAxes: ScaleAxes(&arguments),
      exponents: (arguments.exponent("min_po2_exponent"), arguments.exponent("max_po2_exponent")),
      postTrainingScale: arguments.alpha("post_training_scale"), roundsWithLastScale: isRecent)
    if postTrainingScale.dependsOnData {
      arguments.refuse("post_training_scale is a name", supported: "a number or an array of numbers")
    } else if postTrainingScale != .none, !alpha.dependsOnData {
      arguments.refuse("post_training_scale without alpha='auto' or 'auto_po2'")
    }
    if alpha != .autoPowerOfTwo, scaleAxes.elementsPerScale != nil || exponents.lower != nil || exponents.upper != nil {
      arguments.refuse("elements_per_scale or an exponent bound", supported: "only with alpha='auto_po2'")
    }
    arguments.requireFullNoise()
    // Stochastic rounding is for training; inference rounds half to even.
    arguments.ignore("use_stochastic_rounding")
  }

  package var isSymmetric: Bool { wantsSymmetry || alpha.dependsOnData }
  package var isNarrow: Bool { isSymmetric }
  package var dataType: DataType { .fixedPoint(bits: bits, integerBits: integer, isSigned: keepsNegative) }
  package var isKnownToQTools: Bool { true }
  package var statisticsType: DataType { .counted(bits: bits, integerBits: integer) }

  var unsignedBits: Int { bits - (keepsNegative ? 1 : 0) }
  /// The distance of two values where alpha is 1.
  var step: Rational { .powerOfTwo(integer - unsignedBits) }

  /// The codes of feature maps where alpha is positive.
  private var range: ClosedRange<Int64> {
    let magnitude = Int64(1) << Int64(unsignedBits)
    return (keepsNegative ? -magnitude + (isSymmetric ? 1 : 0) : 0)...(magnitude - 1)
  }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    try featureMap(after: [], at: location)
  }

  func featureMap(after functions: [RealFunction], at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    if alpha.dependsOnData, postTrainingScale != .none {
      return try frozenFeatureMap(after: functions, at: location)
    }
    let scale = try alpha.featureMapScale(description, at: location)
    guard unsignedBits > 0 else { return .sign(after: functions, scale: scale) }
    let isMirrored = scale.sign < 0
    return FeatureMapQuantizer(
      functions: functions, step: isMirrored ? -step : step, scale: scale.magnitude * step,
      range: isMirrored ? -range.upperBound...(-range.lowerBound) : range)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    if let fixed = try alpha.scales(shape: shape, description, at: location) {
      return try QuantizedTensor(
        values.map(fixedCode), scales: fixed.scales.map { Rational($0) * (unsignedBits > 0 ? step : .one) },
        groups: fixed.groups, bits: bits, description, at: location)
    }
    guard bits > 1 else {
      throw Diagnostic(
        "\(description): no level is left beside 0", at: location, supported: "2 bits or more with alpha='auto'",
        fix: "use binary(alpha='auto')")
    }
    let scaled = try autoScaled(values, shape: shape, at: location)
    return try QuantizedTensor(
      scaled.codes, scales: scaled.scales, of: .powerOfTwo(integer), groups: scaled.groups, bits: bits, description,
      at: location)
  }

  /// The code of a parameter where the scale is fixed: float32, whose largest number may be rounded up to 2^unsigned.
  private func fixedCode(_ value: Float) -> Int64 {
    guard unsignedBits > 0 else { return value < 0 ? -1 : 1 }
    let levels = Float(sign: .plus, exponent: unsignedBits, significand: 1)
    let position = value * levels / Float(sign: .plus, exponent: integer, significand: 1)
    let lowest = keepsNegative ? -levels + (isSymmetric ? 1 : 0) : 0
    return Int64(ElementaryMath.roundedHalfEven(Double(min(max(position, lowest), levels - 1))))
  }

  package var description: String {
    var flags = ["\(bits)", "\(integer)", isSymmetric ? "1" : "0"]
    if !keepsNegative { flags.append("keep_negative=False") }
    if let argument = alpha.argument { flags.append(argument) }
    return "quantized_bits(\(flags.joined(separator: ",")))"
  }
}
