import Numbers

/// A `RealFunction` whose constants are doubles already: what a reference runs over millions of values.
package enum CompiledFunction: Sendable {
  case affine(scale: Double, shift: Double)
  /// Infinite where there is no bound.
  case clip(lower: Double, upper: Double)
  case leakyReLU(slope: Double)
  case thresholdedReLU(threshold: Double, slope: Double)
  case hardSwish(shift: Double, upper: Double)
  case sigmoid
  case tanh

  package func callAsFunction(_ value: Double) -> Double {
    switch self {
    case .affine(let scale, let shift): scale * value + shift
    case .clip(let lower, let upper): min(max(value, lower), upper)
    case .leakyReLU(let slope): value < 0 ? slope * value : value
    case .thresholdedReLU(let threshold, let slope): value > threshold ? value : slope * (value - threshold)
    case .hardSwish(let shift, let upper): value * min(max(value + shift, 0), upper) / upper
    case .sigmoid: ElementaryMath.logistic(value)
    case .tanh: ElementaryMath.hyperbolicTangent(value)
    }
  }
}

extension RealFunction {
  /// The same with double constants.
  package var compiled: CompiledFunction {
    switch self {
    case .affine(let scale, let shift): .affine(scale: scale.double, shift: shift.double)
    case .clip(let lower, let upper):
      .clip(lower: lower?.double ?? -.infinity, upper: upper?.double ?? .infinity)
    case .leakyReLU(let slope): .leakyReLU(slope: slope.double)
    case .thresholdedReLU(let threshold, let slope): .thresholdedReLU(threshold: threshold.double, slope: slope.double)
    case .hardSwish(let shift, let upper): .hardSwish(shift: shift.double, upper: upper.double)
    case .sigmoid: .sigmoid
    case .tanh: .tanh
    }
  }
}
