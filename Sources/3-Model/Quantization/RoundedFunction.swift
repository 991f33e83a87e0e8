import Numbers

/// A function with what floating-point arithmetic makes of it.
package struct RoundedFunction: Sendable {
  private let function: CompiledFunction
  /// Between them it is monotone.
  private let turningPoints: [Double]

  package init(_ function: RealFunction) {
    self.function = function.compiled
    turningPoints = function.turningPoints.map(\.double)
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
    return (result, carried + function.roundingError(below: abs(value) + error, in: arithmetic))
  }
}

extension CompiledFunction {
  /// - Parameter magnitude: that of the largest argument.
  fileprivate func roundingError(below magnitude: Double, in arithmetic: FloatArithmetic) -> Double {
    switch self {
    // Both constants, product and sum.
    case .affine(let scale, let shift): arithmetic.roundings(4) * (abs(scale) * magnitude + abs(shift))
    case .clip: 0
    case .leakyReLU(let slope): arithmetic.roundings(2) * abs(slope) * magnitude
    case .thresholdedReLU(let threshold, let slope): arithmetic.roundings(4) * (magnitude + threshold) * slope
    case .hardSwish(let shift, let upper):
      arithmetic.roundings(6) * magnitude * (magnitude + abs(shift)) / abs(upper)
    // What libraries' approximations keep to.
    case .sigmoid, .tanh: arithmetic.roundings(8)
    }
  }
}
