import Numbers

/// A function with what float32 makes of it.
package struct Float32Function: Sendable {
  private let function: CompiledFunction
  /// Between them it is monotone.
  private let turningPoints: [Double]

  package init(_ function: RealFunction) {
    self.function = function.compiled
    turningPoints = function.turningPoints.map(\.double)
  }

  /// The function's value, and how far float32 may be from it where the argument is off by `error`.
  package func callAsFunction(_ value: Double, within error: Double) -> (value: Double, error: Double) {
    let result = function(value)
    let inside = turningPoints.filter { abs($0 - value) < error }
    let carried = ([value - error, value + error] + inside).reduce(0) { max($0, abs(function($1) - result)) }
    return (result, carried + function.float32Error(below: abs(value) + error))
  }
}

extension CompiledFunction {
  /// - Parameter magnitude: that of the largest argument.
  fileprivate func float32Error(below magnitude: Double) -> Double {
    switch self {
    case .affine(let scale, let shift): Float32.roundings(4) * (abs(scale) * magnitude + abs(shift))
    case .clip: 0
    case .leakyReLU(let slope): Float32.roundings(2) * abs(slope) * magnitude
    case .thresholdedReLU(let threshold, let slope): Float32.roundings(4) * (magnitude + threshold) * slope
    case .hardSwish(let shift, let upper): Float32.roundings(6) * magnitude * (magnitude + abs(shift)) / abs(upper)
    // What libraries' approximations keep to.
    case .sigmoid, .tanh: Float32.roundings(8)
    }
  }
}

extension FeatureMapQuantizer {
  /// A few float32 roundings of what the quantizer computes on the way to its position in steps.
  package func float32Error(at value: Double) -> Double {
    var magnitude = abs(value)
    if case .uniform(let steps) = steps, steps.gain.sign != 0 {
      magnitude += abs((steps.bias / steps.gain).double)
    }
    if !functions.isEmpty { magnitude += 1 }
    return Float32.roundings(4) * magnitude
  }
}
