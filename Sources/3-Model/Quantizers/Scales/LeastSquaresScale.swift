/// The scales that fit integer codes to values best: mean(x q) / mean(q q), as QKeras' `_get_scale` computes them in float32.
struct LeastSquaresScale {
  /// `K.epsilon()`
  static let epsilon: Float = 1e-7

  let groups: ScaleGroups
  var isPowerOfTwo: Bool
  /// Bounds of the exponent.
  var exponents: (lower: Int?, upper: Int?) = (nil, nil)

  /// One scale per group.
  func callAsFunction(values: [Float], codes: [Float]) -> [Float] {
    var valuesCodes = [Double](repeating: 0, count: groups.count)
    var codesCodes = valuesCodes
    var counts = valuesCodes
    for (element, index) in groups.ofElement.enumerated() {
      let group = Int(index)
      valuesCodes[group] += Double(values[element] * codes[element])
      codesCodes[group] += Double(codes[element] * codes[element])
      counts[group] += 1
    }
    return (0..<groups.count).map { group in
      let count = Float(counts[group])
      let scale = (Float(valuesCodes[group]) / count) / (Float(codesCodes[group]) / count + Self.epsilon)
      return isPowerOfTwo ? clipped(Self.nearestPowerOfTwo(scale)) : scale
    }
  }

  /// 2^round(log2(scale + epsilon)), the sum in float32.
  static func nearestPowerOfTwo(_ scale: Float) -> Float {
    let raised = scale + epsilon
    return raised.isFinite ? Float(sign: .plus, exponent: raised.roundedLogarithm, significand: 1) : raised
  }

  private func clipped(_ scale: Float) -> Float {
    var scale = scale
    if let lower = exponents.lower { scale = max(scale, Float(sign: .plus, exponent: lower, significand: 1)) }
    if let upper = exponents.upper { scale = min(scale, Float(sign: .plus, exponent: upper, significand: 1)) }
    return scale
  }
}
