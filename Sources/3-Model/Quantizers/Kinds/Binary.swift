import Diagnostics
import Quantization

/// QKeras' `binary`: alpha times the sign of x, where 0 counts as positive; with `use_01` it is alpha where the sign is
/// positive and 0 elsewhere.
package struct Binary: AlphaQuantizer {
  package static let names = ["binary"]
  package static let parameters = [
    "use_01", "alpha", "use_stochastic_rounding", "scale_axis", "elements_per_scale", "min_po2_exponent",
    "max_po2_exponent",
  ]

  package let uses01: Bool
  package var alpha: Alpha
  private let scaleAxes: ScaleAxes
  private let exponents: (lower: Int?, upper: Int?)
  private let roundsStochastically: Bool

  /// - Parameters:
  ///   - exponents: bounds of the exponent of `auto_po2`.
  ///   - roundsStochastically: while training.
  package init(
    uses01: Bool = false, alpha: Alpha = .none, scaleAxes: ScaleAxes = ScaleAxes(),
    exponents: (lower: Int?, upper: Int?) = (nil, nil), roundsStochastically: Bool = false
  ) {
    self.uses01 = uses01
    self.alpha = alpha
    self.scaleAxes = scaleAxes
    self.exponents = exponents
    self.roundsStochastically = roundsStochastically
  }

  package init(_ arguments: inout QuantizerArguments) {
    self.init(
      uses01: arguments.bool("use_01", default: false), alpha: arguments.alpha(), scaleAxes: ScaleAxes(&arguments),
      exponents: (arguments.exponent("min_po2_exponent"), arguments.exponent("max_po2_exponent")),
      roundsStochastically: arguments.take("use_stochastic_rounding")?.isTrue == true)
  }

  package var bits: Int { 1 }
  package var dataType: DataType { uses01 ? .zeroOne : .sign }
  package var isKnownToQTools: Bool { true }
  package var statisticsType: DataType { .sign }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    if roundsStochastically { throw unequalAxes(at: location) }
    let scale = try alpha.featureMapScale(description, at: location)
    guard uses01 else { return .sign(scale: scale) }
    let one: Int64 = scale.sign < 0 ? -1 : 1
    return FeatureMapQuantizer(
      steps: .levels(LevelSteps(thresholds: [.init(.zero, isInclusive: true)], codes: [0, one])),
      format: CodeFormat(scale: scale.magnitude, range: min(0, one)...max(0, one)))
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    if roundsStochastically, shape.count > 1, shape.last != shape.count { throw unequalAxes(at: location) }
    let codes: [Float] = values.map { $0 < 0 ? (uses01 ? 0 : -1) : 1 }
    let groups: ScaleGroups
    let scales: [Float]
    if let fixed = try alpha.scales(shape: shape, description, at: location) {
      (groups, scales) = fixed
    } else {
      groups = try scaleAxes.fineGroups(shape: shape, description, at: location)
      scales = LeastSquaresScale(
        groups: groups, isPowerOfTwo: alpha == .autoPowerOfTwo, exponents: exponents)(values: values, codes: codes)
    }
    return try QuantizedTensor(codes, scales: scales, groups: groups, bits: bits, description, at: location)
  }

  /// QKeras multiplies with as many ones as the tensor has axes, along its last axis.
  private func unequalAxes(at location: Diagnostic.Location) -> Diagnostic {
    Diagnostic(
      "\(description) with stochastic rounding, which QKeras runs only where the last axis has as many elements as there are axes",
      at: location, fix: "set use_stochastic_rounding=False: at inference it changes nothing")
  }

  package var description: String {
    let flags = [uses01 ? "use_01=1" : nil, alpha.argument].compactMap { $0 }
    return "binary(\(flags.joined(separator: ",")))"
  }
}
