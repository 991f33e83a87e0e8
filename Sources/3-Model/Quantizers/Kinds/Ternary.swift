import Diagnostics
import Numbers
import Quantization

/// QKeras' `ternary`: alpha times the sign of x where |x| >= threshold (0.33 where none is given), else 0. With
/// `alpha='auto'` or `'auto_po2'` threshold and scale are found from a parameter by turns.
package struct Ternary: AlphaQuantizer {
  package static let names = ["ternary"]
  package static let parameters = ["alpha", "threshold", "use_stochastic_rounding", "number_of_unrolls"]

  package var alpha: Alpha
  /// nil: the default of 0.33, or found from the data.
  package let threshold: Float?
  private let unrolls: Int
  private let roundsStochastically: Bool

  /// - Parameters:
  ///   - unrolls: how often threshold and scale are found by turns, at most.
  ///   - roundsStochastically: while training.
  package init(
    alpha: Alpha = .none, threshold: Float? = nil, unrolls: Int = 5, roundsStochastically: Bool = false
  ) {
    self.alpha = alpha
    self.threshold = threshold
    self.unrolls = unrolls
    self.roundsStochastically = roundsStochastically
  }

  package init(_ arguments: inout QuantizerArguments) {
    self.init(
      alpha: arguments.alpha(), threshold: arguments.number("threshold").map { Float($0) },
      unrolls: arguments.int("number_of_unrolls", default: 5, in: 1...1000),
      roundsStochastically: arguments.take("use_stochastic_rounding")?.isTrue == true)
    if alpha.dependsOnData, threshold != nil {
      arguments.refuse("a threshold with alpha='auto' or 'auto_po2'", supported: "one of the two", fix: "leave it out")
    }
  }

  package var bits: Int { 2 }
  package var isNarrow: Bool { true }
  package var dataType: DataType { .ternary }
  package var isKnownToQTools: Bool { true }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    try requireFixedRounding(at: location)
    let scale = try alpha.featureMapScale(description, at: location)
    let one: Int64 = scale.sign < 0 ? -1 : 1
    // A threshold of 0 or less leaves 0 for 0 alone.
    let limit = Rational(threshold ?? 0.33)
    let upper = LevelSteps.Threshold(limit.sign > 0 ? limit : .zero, isInclusive: limit.sign > 0)
    return FeatureMapQuantizer(
      steps: .levels(LevelSteps(mirroring: [(upper, one)])),
      format: CodeFormat(scale: scale.magnitude, range: -1...1))
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    if !alpha.dependsOnData { try requireFixedRounding(at: location) }
    let codes: [Float]
    let scales: [Float]
    let groups: ScaleGroups
    if let fixed = try alpha.scales(shape: shape, description, at: location) {
      (groups, scales) = fixed
      codes = values.map { abs($0) >= threshold ?? 0.33 ? $0.sign3 : 0 }
    } else if threshold != nil {
      throw Diagnostic(
        "\(description) as a kernel quantizer: without an alpha it becomes 'auto_po2', which takes no threshold",
        at: location, fix: "set alpha to a number, for example alpha=1")
    } else {
      (codes, scales, groups) = autoScaled(values, shape: shape)
    }
    return try QuantizedTensor(codes, scales: scales, groups: groups, bits: bits, description, at: location)
  }

  /// QKeras rounds stochastically on the way to a scale alone, and takes the argument nowhere else.
  private func requireFixedRounding(at location: Diagnostic.Location) throws {
    guard roundsStochastically else { return }
    throw Diagnostic(
      "\(description) with use_stochastic_rounding", at: location,
      supported: "only with alpha='auto' or 'auto_po2', of weights",
      fix: "leave use_stochastic_rounding out: it changes nothing at inference")
  }

  /// The order of QKeras' float32 operations.
  private func autoScaled(_ values: [Float], shape: [Int]) -> (codes: [Float], scales: [Float], groups: ScaleGroups) {
    let last = max(shape.count - 1, 0)
    // Least squares take every element of a rank 1 tensor for a channel; the largest magnitude is that of all.
    let channels = ScaleGroups(shape: shape, axes: [last])
    var groups = shape.count > 1 ? channels : ScaleGroups(whole: shape)
    var scales = groups.maximum(of: values, abs).map { 2 * $0 / 3 }
    if alpha == .autoPowerOfTwo { scales = scales.map(LeastSquaresScale.nearestPowerOfTwo) }
    let fit = LeastSquaresScale(groups: channels, isPowerOfTwo: alpha == .autoPowerOfTwo)
    var codes: [Float] = []
    for _ in 0..<unrolls {
      codes = values.indices.map { element in
        let scale = scales[Int(groups.ofElement[element])]
        // A scale of 0 makes this comparison one with NaN: false.
        let rounded = scale * (values[element] / scale).rounded(.toNearestOrEven)
        return abs(rounded) >= scale / 2 ? values[element].sign3 : 0
      }
      let previous = scales
      scales = fit(values: values, codes: codes)
      groups = channels
      // Further rounds would repeat this one.
      if scales == previous { break }
    }
    return (codes, scales, groups)
  }

  package var description: String {
    let flags = [alpha.argument, threshold.map { "threshold=\($0)" }].compactMap { $0 }
    return "ternary(\(flags.joined(separator: ",")))"
  }
}

extension Float {
  /// -1, 0 or 1.
  fileprivate var sign3: Float { self < 0 ? -1 : (self > 0 ? 1 : 0) }
}
