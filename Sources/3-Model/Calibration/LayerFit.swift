/// Weights of a layer as codes, with what belongs to them.
struct LayerFit: Sendable {
  /// `[k][output channels]`, the kernel's own order.
  var codes: [Int16]
  /// As many as the plan has.
  var scales: [Float]
  /// One per output channel.
  var biases: [Double]
}

/// How a layer's weights become codes.
package enum FitMethod: Sendable, Equatable {
  /// The nearest codes, the bias as it was.
  case plain
  /// The nearest codes, then gain and bias per output channel that come nearest to the float outputs.
  case nearest
  /// The codes above and below by chance, in proportion to how near, then the same.
  case stochastic(seed: UInt64)
  /// The nearest odd codes, then the same.
  case midrise
  /// Rounding with error feedback, then the same.
  case feedback
  /// First the weights that make up for what the inputs lost: a ridge regression towards the float weights, its strength in
  /// mean variances of the inputs.
  case leastSquares(damping: Double)

  /// What of the mean variance of the inputs is added to all of them where errors are weighed by what outputs lose, so that
  /// directions that no sample has do not count for nothing.
  var damping: Double? {
    switch self {
    case .plain, .nearest, .stochastic, .midrise: nil
    case .feedback: 0.01
    case .leastSquares(let damping): damping
    }
  }

  /// From what changes most to what changes least.
  package static let all: [FitMethod] = [
    .leastSquares(damping: 0.01), .leastSquares(damping: 0.1), .leastSquares(damping: 1), .feedback, .nearest, .plain,
  ]
}
