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
    try require(
      bits > 1, "\(description): no level is left beside 0", at: location,
      supported: "2 bits or more with alpha='auto'", fix: "use binary(alpha='auto')")
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

  // MARK: `alpha='auto'` and `'auto_po2'` in the order of QKeras' float32 operations. Codes are symmetric, halves round away from 0

  /// Codes, and one scale per group in units of 2^integer.
  func autoScaled(
    _ values: [Float], shape: [Int], at location: Diagnostic.Location
  ) throws -> (codes: [Float], scales: [Float], groups: ScaleGroups) {
    let whole = Float(sign: .plus, exponent: integer, significand: 1)
    let values = values.map { $0 / whole }
    if let frozen = try postTrainingScale.scales(shape: shape, description, at: location), postTrainingScale != .none {
      let scales = frozen.scales.map { $0 / Float(sign: .plus, exponent: unsignedBits, significand: 1) }
      return (codes(of: values, scales: scales, groups: frozen.groups), scales, frozen.groups)
    }
    // One scale for all of a rank 1 tensor, at first: least squares below take every element for a channel.
    var groups =
      shape.count > 1 ? try scaleAxes.groups(shape: shape, description, at: location) : ScaleGroups(whole: shape)
    var scales = groups.maximum(of: values, abs).map { $0 * 2 / levels }
    guard alpha == .autoPowerOfTwo else { return (codes(of: values, scales: scales, groups: groups), scales, groups) }

    scales = scales.map(LeastSquaresScale.nearestPowerOfTwo)
    let fine =
      shape.count > 1
      ? try scaleAxes.fineGroups(shape: shape, description, at: location) : ScaleGroups(shape: shape, axes: [0])
    let fit = LeastSquaresScale(groups: fine, isPowerOfTwo: true, exponents: exponents)
    var codes: [Float] = []
    for _ in 0..<5 {
      codes = self.codes(of: values, scales: scales, groups: groups)
      let previous = scales
      scales = fit(values: values, codes: codes)
      groups = fine
      // Further rounds would repeat this one.
      if scales == previous { break }
    }
    if roundsWithLastScale { codes = self.codes(of: values, scales: scales, groups: groups) }
    return (codes, scales, groups)
  }

  /// How many steps lie between the lowest and the highest code.
  private var levels: Float { Float((Int64(1) << Int64(bits - 1) - 1) * 2) }

  private func codes(of values: [Float], scales: [Float], groups: ScaleGroups) -> [Float] {
    let highest = levels / 2
    return [Float](unsafeUninitializedCapacity: values.count) { codes, count in
      count = values.count
      // `highest` is an integer of at most 32 bits.
      groups.forEachElement(of: values) { element, value, group in
        let magnitude = abs(value) / scales[group] + 0.5
        codes[element] =
          value == 0 ? 0 : (magnitude < highest ? Float(Int64(magnitude)) : highest) * (value < 0 ? -1 : 1)
      }
    }
  }

  /// With a frozen scale: the same rule on a feature map.
  func frozenFeatureMap(
    after functions: [RealFunction], at location: Diagnostic.Location
  ) throws -> FeatureMapQuantizer {
    let scale = try postTrainingScale.featureMapScale(description, at: location) * step
    try require(
      scale.sign > 0 && (2...16).contains(bits), "\(description) with post_training_scale on a feature map",
      at: location, supported: "a positive scale and 2 to 16 bits")
    let highest = Int64(1) << Int64(bits - 1) - 1
    let steps = LevelSteps(
      mirroring: (1...highest).map { code in
        (.init(scale * Rational(.init(word: 2 * code - 1), over: 2), isInclusive: true), code)
      })
    return FeatureMapQuantizer(
      functions: functions, steps: .levels(steps), format: CodeFormat(scale: scale, range: -highest...highest))
  }
}
