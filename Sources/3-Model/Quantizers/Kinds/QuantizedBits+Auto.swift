import Diagnostics
import Numbers
import Quantization

/// `alpha='auto'` and `'auto_po2'` in the order of QKeras' float32 operations. Codes are symmetric, halves round away from 0.
extension QuantizedBits {
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
    return values.indices.map { element in
      let value = values[element]
      guard value != 0 else { return 0 }
      let magnitude = abs(value) / scales[Int(groups.ofElement[element])] + 0.5
      // `highest` is an integer of at most 32 bits.
      return (magnitude < highest ? Float(Int64(magnitude)) : highest) * (value < 0 ? -1 : 1)
    }
  }

  /// With a frozen scale: the same rule on a feature map.
  func frozenFeatureMap(
    after functions: [RealFunction], at location: Diagnostic.Location
  ) throws -> FeatureMapQuantizer {
    let scale = try postTrainingScale.featureMapScale(description, at: location) * step
    guard scale.sign > 0, (2...16).contains(bits) else {
      throw Diagnostic(
        "\(description) with post_training_scale on a feature map", at: location,
        supported: "a positive scale and 2 to 16 bits")
    }
    let highest = Int64(1) << Int64(bits - 1) - 1
    let steps = LevelSteps(
      mirroring: (1...highest).map { code in
        (.init(scale * Rational(.init(2 * code - 1), over: 2), isInclusive: true), code)
      })
    return FeatureMapQuantizer(
      functions: functions, steps: .levels(steps), format: CodeFormat(scale: scale, range: -highest...highest))
  }
}
