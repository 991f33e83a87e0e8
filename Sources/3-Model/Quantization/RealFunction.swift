import Numbers

/// An element-wise function of one real number, as it stands between a linear layer and the next quantizer.
package enum RealFunction: Sendable, Equatable {
  /// scale x v + shift
  case affine(scale: Rational, shift: Rational)
  /// The nearest number in lower...upper; nil is no bound.
  case clip(lower: Rational?, upper: Rational?)
  /// v where v >= 0, slope x v below.
  case leakyReLU(slope: Rational)
  /// v where v > threshold, slope x (v - threshold) elsewhere: a jump up where the threshold is above 0 (Keras `ReLU`).
  case thresholdedReLU(threshold: Rational, slope: Rational)
  /// v x clip(v + shift, 0, upper) / upper (MobileNetV3; QKeras `quantized_hswish`)
  case hardSwish(shift: Rational, upper: Rational)
  case curve(Curve)

  package static let relu = RealFunction.clip(lower: .zero, upper: nil)
  package static let sigmoid = RealFunction.curve(.sigmoid)
  package static let tanh = RealFunction.curve(.tanh)

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
    case .curve(let curve): return curve(value)
    }
  }

  /// Fractions, about 2^-bits apart where the function bends, between which the function's values of all numbers in a range
  /// lie; nil where it turns in between, or values are too large.
  package func enclosure(of values: ClosedRange<Rational>, bits: Int) -> ClosedRange<Rational>? {
    guard values.lowerBound == values.upperBound || !turningPoints.contains(where: { $0.overlaps(values) }) else {
      return nil
    }
    func enclosure(of value: Rational) -> ClosedRange<Rational>? {
      if case .curve(let curve) = self { return curve.enclosure(of: value, bits: bits) }
      return self(value).map { $0...$0 }
    }
    guard let first = enclosure(of: values.lowerBound), let last = enclosure(of: values.upperBound) else { return nil }
    return min(first.lowerBound, last.lowerBound)...max(first.upperBound, last.upperBound)
  }

  /// The value in double precision. Over many values `compiled` is faster.
  package func callAsFunction(_ value: Double) -> Double { compiled(value) }

  /// The numbers between which the function is monotone, each known up to a range; none where it is monotone everywhere.
  package var turningPoints: [ClosedRange<Rational>] {
    switch self {
    case .affine, .clip: return []
    case .leakyReLU(let slope): return slope.sign < 0 ? [.zero ... .zero] : []
    case .thresholdedReLU(let threshold, _): return isIncreasing ? [] : [threshold...threshold]
    case .hardSwish(let shift, let upper):
      // v (v + shift) / upper falls until v = -shift / 2; the gate opens at -shift and is full at upper - shift.
      let half = -shift * .powerOfTwo(-1)
      return [-shift, half, upper - shift].sorted().map { $0...$0 }
    case .curve(let curve): return curve.turningPoint.map { [$0] } ?? []
    }
  }

  /// Whether values never fall while arguments rise.
  package var isIncreasing: Bool {
    switch self {
    case .affine(let scale, _): scale.sign >= 0
    case .clip: true
    case .curve(let curve): curve.turningPoint == nil
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
    case .curve(let curve): curve.word
    }
  }

  /// The same with double constants.
  package var compiled: CompiledFunction {
    switch self {
    case .affine(let scale, let shift): .affine(scale: scale.double, shift: shift.double)
    case .clip(let lower, let upper):
      .clip(lower: lower?.double ?? -.infinity, upper: upper?.double ?? .infinity)
    case .leakyReLU(let slope): .leakyReLU(slope: slope.double)
    case .thresholdedReLU(let threshold, let slope): .thresholdedReLU(threshold: threshold.double, slope: slope.double)
    case .hardSwish(let shift, let upper): .hardSwish(shift: shift.double, upper: upper.double)
    case .curve(let curve): .curve(curve)
    }
  }
}

/// A `RealFunction` whose constants are doubles already: what a reference runs over millions of values.
package enum CompiledFunction: Sendable {
  case affine(scale: Double, shift: Double)
  /// Infinite where there is no bound.
  case clip(lower: Double, upper: Double)
  case leakyReLU(slope: Double)
  case thresholdedReLU(threshold: Double, slope: Double)
  case hardSwish(shift: Double, upper: Double)
  case curve(Curve)

  package func callAsFunction(_ value: Double) -> Double {
    switch self {
    case .affine(let scale, let shift): scale * value + shift
    case .clip(let lower, let upper): Clip(lower: lower, upper: upper)(value)
    case .leakyReLU(let slope): value < 0 ? slope * value : value
    case .thresholdedReLU(let threshold, let slope): value > threshold ? value : slope * (value - threshold)
    case .hardSwish(let shift, let upper): value * min(max(value + shift, 0), upper) / upper
    case .curve(let curve): curve(value)
    }
  }

  /// Of many values.
  package func callAsFunction(_ values: [Double]) -> [Double] {
    if case .clip(let lower, let upper) = self {
      let clip = Clip(lower: lower, upper: upper)
      return values.map { clip($0) }
    }
    return values.map { self($0) }
  }

  /// - Parameters:
  ///   - magnitude: that of the largest argument.
  ///   - result: that of the largest value.
  fileprivate func roundingError(
    below magnitude: Double, of result: Double, in arithmetic: FloatArithmetic
  ) -> Double {
    switch self {
    // Both constants, product and sum.
    case .affine(let scale, let shift): arithmetic.roundings(4) * (abs(scale) * magnitude + abs(shift))
    case .clip: 0
    case .leakyReLU(let slope): arithmetic.roundings(2) * abs(slope) * magnitude
    case .thresholdedReLU(let threshold, let slope): arithmetic.roundings(4) * (magnitude + abs(threshold)) * abs(slope)
    case .hardSwish(let shift, let upper):
      arithmetic.roundings(6) * magnitude * (magnitude + abs(shift)) / abs(upper)
    // What libraries' approximations keep to.
    case .curve(let curve): arithmetic.roundings(8) * curve.size(below: magnitude, of: result)
    }
  }
}

/// The nearest number between two: what stands before most quantizers.
struct Clip {
  let lower: Double
  let upper: Double

  func callAsFunction(_ value: Double) -> Double { min(max(value, lower), upper) }

  /// The value, and how far a program may be from it where the argument is off by `error`.
  func callAsFunction(_ value: Double, within error: Double) -> (value: Double, error: Double) {
    let result = self(value)
    return (result, max(abs(self(value - error) - result), abs(self(value + error) - result)))
  }
}

/// A function with what floating-point arithmetic makes of it.
package struct RoundedFunction: Sendable {
  private let function: CompiledFunction
  /// Between them it is monotone.
  private let turningPoints: [Double]

  package init(_ function: RealFunction) {
    self.function = function.compiled
    turningPoints = function.turningPoints.map(\.lowerBound.double)
  }

  /// The function's values of many arguments that are off by `errors`, and how far a program may be from them.
  package func apply(to values: inout [Double], errors: inout [Double], in arithmetic: FloatArithmetic) {
    if case .clip(let lower, let upper) = function {
      let clip = Clip(lower: lower, upper: upper)
      for index in values.indices { (values[index], errors[index]) = clip(values[index], within: errors[index]) }
      return
    }
    for index in values.indices {
      (values[index], errors[index]) = self(values[index], within: errors[index], in: arithmetic)
    }
  }

  /// The function's value, and how far a program may be from it where the argument is off by `error`.
  package func callAsFunction(
    _ value: Double, within error: Double, in arithmetic: FloatArithmetic
  ) -> (value: Double, error: Double) {
    let result = function(value)
    var carried = max(abs(function(value - error) - result), abs(function(value + error) - result))
    for point in turningPoints where abs(point - value) < error {
      carried = max(carried, abs(function(point) - result))
    }
    let rounding = function.roundingError(below: abs(value) + error, of: abs(result) + carried, in: arithmetic)
    return (result, carried + rounding)
  }
}
