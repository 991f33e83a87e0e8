import Diagnostics
import Numbers
import Quantization

/// `quantized_linear` of newer QKeras: value = s clip(round_half_even(x / s), lowest, highest) with
/// s = alpha 2^(integer - bits + keep_negative). With one bit that is the sign it is s / 2 times the sign of x / s, and 0
/// counts as positive.
package struct QuantizedLinear: AlphaQuantizer {
  package static let names = ["quantized_linear"]
  package static let parameters = [
    "bits", "integer", "symmetric", "keep_negative", "alpha", "use_stochastic_rounding", "scale_axis", "qnoise_factor",
    "var_name", "use_variables",
  ]

  package let bits: Int
  package let integer: Int
  package private(set) var isSymmetric: Bool
  package let keepsNegative: Bool
  package var alpha: Alpha
  private let scaleAxes: ScaleAxes

  package init(
    bits: Int = 8, integer: Int = 0, isSymmetric: Bool = true, keepsNegative: Bool = true, alpha: Alpha = .none,
    scaleAxes: ScaleAxes = ScaleAxes()
  ) {
    self.bits = bits
    self.integer = integer
    self.isSymmetric = isSymmetric
    self.keepsNegative = keepsNegative
    self.alpha = alpha
    self.scaleAxes = scaleAxes
  }

  package init(_ arguments: inout QuantizerArguments) {
    self.init(
      bits: arguments.wholeNumber("bits", default: 8, in: 1...32),
      integer: arguments.wholeNumber("integer", default: 0, in: -64...64),
      isSymmetric: arguments.bool("symmetric", default: true),
      keepsNegative: arguments.bool("keep_negative", default: true), alpha: arguments.alpha(),
      scaleAxes: ScaleAxes(&arguments))
    arguments.requireFullNoise()
    arguments.ignore("use_stochastic_rounding")
  }

  /// As a kernel quantizer: without an alpha, `auto_po2` is taken.
  package var forKernels: QuantizedLinear {
    guard alpha == .none else { return self }
    var copy = self
    copy.alpha = .autoPowerOfTwo
    copy.isSymmetric = true
    return copy
  }

  package var isNarrow: Bool { isSymmetric }
  package var dataType: DataType { .fixedPoint(bits: bits, integerBits: integer, isSigned: keepsNegative) }
  package var statisticsType: DataType { .counted(bits: bits, integerBits: integer) }

  private var isSign: Bool { bits == 1 && keepsNegative }
  private var step: Rational { .powerOfTwo(integer - unsignedBits) }
  private var unsignedBits: Int { bits - (keepsNegative ? 1 : 0) }

  /// The bounds of x / s before rounding, float32.
  private var bounds: (lower: Float, upper: Float) {
    if isSign { return (-0.5, 0.5) }
    let levels = Float(sign: .plus, exponent: unsignedBits, significand: 1)
    return (keepsNegative ? -levels + (isSymmetric ? 1 : 0) : 0, levels - 1)
  }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    let scale = try alpha.featureMapScale(description, at: location) * step
    if isSign {
      // x / s is 0 for 0: with a negative s that is the code of negative values.
      let half = scale.magnitude * .powerOfTwo(-1)
      // round(x / s - 0.5) + 0.5
      let arithmetic = QuantizerArithmetic(offset: half.double)
      guard scale.sign < 0 else { return .sign(scale: half, arithmetic: arithmetic) }
      return FeatureMapQuantizer(
        steps: .levels(LevelSteps(thresholds: [.init(.zero, isInclusive: false)], codes: [-1, 1])),
        format: CodeFormat(scale: half, range: -1...1), arithmetic: arithmetic)
    }
    let levels = Int64(1) << Int64(unsignedBits)
    let range = (keepsNegative ? -levels + (isSymmetric ? 1 : 0) : 0)...(levels - 1)
    return FeatureMapQuantizer(
      step: scale.magnitude, range: scale.sign < 0 ? -range.upperBound...(-range.lowerBound) : range)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    let groups: ScaleGroups
    var scales: [Float]
    if let fixed = try alpha.scales(shape: shape, description, at: location) {
      groups = fixed.groups
      scales = fixed.scales.map { $0 * Float(step.double) }
    } else {
      (groups, scales) = try autoScales(values, shape: shape, at: location)
    }
    var codes = positions(values, scales: scales, groups: groups)
    if isSign {
      codes = codes.map { $0 * 2 }
      scales = scales.map { $0 / 2 }
    }
    return try QuantizedTensor(codes, scales: scales, groups: groups, bits: bits, description, at: location)
  }

  /// clip(x / s) rounded; halves of odd numbers for the sign.
  private func positions(_ values: [Float], scales: [Float], groups: ScaleGroups) -> [Float] {
    let (lower, upper) = bounds
    let shift: Float = isSign ? 0.5 : 0
    return values.indices.map { element in
      let position = min(max(values[element] / scales[Int(groups.ofElement[element])], lower), upper)
      return (position - shift).rounded(.toNearestOrEven) + shift
    }
  }

  private func autoScales(
    _ values: [Float], shape: [Int], at location: Diagnostic.Location
  ) throws -> (ScaleGroups, [Float]) {
    // Without a scale_axis every element of a rank 1 tensor is a channel.
    let groups = try scaleAxes.groups(shape: shape, description, at: location)
    let (lower, upper) = bounds
    var scales = groups.maximum(of: values) { keepsNegative ? abs($0) : $0 }
      .map { max(keepsNegative ? $0 * 2 / (upper - lower) : $0 / (upper - lower), LeastSquaresScale.epsilon) }
    guard alpha == .autoPowerOfTwo else { return (groups, scales) }
    scales = scales.map(LeastSquaresScale.nearestPowerOfTwo)
    let fit = LeastSquaresScale(groups: groups, isPowerOfTwo: true)
    for _ in 0..<(isSign ? 1 : 5) {
      scales = fit(values: values, codes: positions(values, scales: scales, groups: groups))
    }
    return (groups, scales)
  }

  package var description: String {
    var flags = ["\(bits)", "\(integer)", isSymmetric ? "1" : "0"]
    if !keepsNegative { flags.append("keep_negative=False") }
    if let argument = alpha.argument { flags.append(argument) }
    return "quantized_linear(\(flags.joined(separator: ",")))"
  }
}
