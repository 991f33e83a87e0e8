import Numbers

/// An element-wise function of one real number, as it stands between a linear layer and the next quantizer.
package enum RealFunction: Sendable, Equatable {
  /// scale x v + shift
  case affine(scale: Rational, shift: Rational)
  /// The nearest number in lower...upper; nil is no bound.
  case clip(lower: Rational?, upper: Rational?)
  /// v where v >= 0, slope x v below. The slope is not negative.
  case leakyReLU(slope: Rational)
  /// v where v > threshold, slope x (v - threshold) elsewhere: a jump up where the threshold is above 0. Neither is
  /// negative (Keras `ReLU`).
  case thresholdedReLU(threshold: Rational, slope: Rational)
  /// v x clip(v + shift, 0, upper) / upper (MobileNetV3; QKeras `quantized_hswish`)
  case hardSwish(shift: Rational, upper: Rational)
  /// 1 / (1 + exp(-v))
  case sigmoid
  case tanh

  package static let relu = RealFunction.clip(lower: .zero, upper: nil)
}

extension RealFunction {
  /// The exact value; nil for the functions whose values are irrational.
  package func callAsFunction(_ value: Rational) -> Rational? {
    switch self {
    case .affine(let scale, let shift): return scale * value + shift
    case .clip(let lower, let upper):
      if let lower, value < lower { return lower }
      if let upper, value > upper { return upper }
      return value
    case .leakyReLU(let slope): return value.sign < 0 ? slope * value : value
    case .thresholdedReLU(let threshold, let slope): return value > threshold ? value : slope * (value - threshold)
    case .hardSwish(let shift, let upper):
      let gate = value + shift
      if gate.sign <= 0 { return .zero }
      return value * min(gate, upper) / upper
    case .sigmoid: return value.sign == 0 ? .powerOfTwo(-1) : nil
    case .tanh: return value.sign == 0 ? .zero : nil
    }
  }

  /// The value in double precision. Over many values `compiled` is faster.
  package func callAsFunction(_ value: Double) -> Double { compiled(value) }

  /// The numbers between which the function is monotone; none where it is monotone everywhere.
  package var turningPoints: [Rational] {
    switch self {
    case .affine, .clip, .leakyReLU, .thresholdedReLU, .sigmoid, .tanh: return []
    case .hardSwish(let shift, let upper):
      // v (v + shift) / upper falls until v = -shift / 2; the gate opens at -shift and is full at upper - shift.
      let half = -shift * .powerOfTwo(-1)
      return [-shift, half, upper - shift].sorted()
    }
  }

  /// Whether values never fall while arguments rise.
  package var isIncreasing: Bool {
    switch self {
    case .affine(let scale, _): scale.sign >= 0
    case .clip, .sigmoid, .tanh: true
    case .leakyReLU(let slope): slope.sign >= 0
    case .thresholdedReLU(let threshold, let slope): threshold.sign >= 0 && slope.sign >= 0
    case .hardSwish: false
    }
  }

  /// For people.
  package var word: String {
    switch self {
    case .affine: "affine"
    case .clip(let lower, let upper): lower == .zero && upper == nil ? "ReLU" : "clip"
    case .leakyReLU: "leaky ReLU"
    case .thresholdedReLU: "thresholded ReLU"
    case .hardSwish: "hard swish"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    }
  }
}
