import CValueKernels

/// One group of a layer, to be rounded.
struct Problem: Sendable {
  private let moments: Moments.Group
  /// The weights to round, `[k][n]`.
  let weights: [Double]
  /// How much an error of an input's weights counts: the input's variance.
  private let importance: [Double]
  /// For rounding with feedback: M' M is the inverse of the inputs' covariances, a little damped.
  private let inverse: [Double]?
  private let terms: Int
  private let outputs: Int

  /// What of the mean variance is added to all of them, so that directions that no sample has do not count for nothing.
  private static let damping = 0.01

  init(_ moments: Moments.Group, weights: [Double], _ method: FitMethod) {
    self.moments = moments
    (terms, outputs) = (moments.terms, moments.outputs)
    let covariances = moments.covariances
    let (terms, outputs) = (terms, outputs)
    let mean = (0..<terms).reduce(0) { $0 + covariances.inputs[$1 * (terms + 1)] } / Double(terms) + 1e-30
    importance = (0..<terms).map { covariances.inputs[$0 * (terms + 1)] + Self.damping * mean }
    func inverse(damping: Double) -> [Double]? {
      var damped = covariances.inputs
      for term in 0..<terms { damped[term * (terms + 1)] += damping * mean }
      var inverse = [Double](repeating: 0, count: terms * terms)
      return qcc_inverse_cholesky(terms, damped, &inverse) ? inverse : nil
    }
    var rounded = weights
    if case .leastSquares(let damping) = method, let inverse = inverse(damping: damping) {
      let wanted = weights.indices.map { covariances.outputs[$0] + damping * mean * weights[$0] }
      let isDone = qcc_cholesky_solve(terms, outputs, inverse, wanted, &rounded)
      precondition(isDone, "out of memory")
    }
    self.weights = rounded
    self.inverse = method == .plain || method == .nearest ? nil : inverse(damping: Self.damping)
  }

  var largestMagnitudes: [Double] {
    (0..<outputs).map { output in
      stride(from: output, to: weights.count, by: outputs).reduce(0) { max($0, abs(weights[$1])) }
    }
  }

  var meanMagnitudes: [Double] {
    (0..<outputs).map { output in
      stride(from: output, to: weights.count, by: outputs).reduce(0) { $0 + abs(weights[$1]) } / Double(terms)
    }
  }

  /// Per output what the nearest codes lose.
  func errors(_ scales: [Double], top: Double) -> [Double] {
    var errors = [Double](repeating: 0, count: outputs)
    qcc_rounding_errors(terms, outputs, scales, -top, top, weights, importance, &errors)
    return errors
  }

  func codes(_ scales: [Double], top: Double) -> [Double] {
    var codes = [Double](repeating: 0, count: weights.count)
    if let inverse {
      var left = weights
      qcc_round_with_feedback(terms, outputs, inverse, scales, -top, top, &left, &codes)
    } else {
      qcc_round_to_nearest(terms, outputs, scales, -top, top, weights, &codes)
    }
    return codes
  }

  var signs: [Double] { weights.map { $0 < 0 ? -1 : 1 } }

  /// Per output the gain and the bias with which what the weights make comes nearest to the outputs wanted.
  func corrections(of weights: [Double], mayScale: Bool) -> [(gain: Double, bias: Double)] {
    let count = moments.count
    return moments.products(of: weights).enumerated().map { output, z in
      let wanted = moments.outputSum(output)
      let variance = z.square - z.sum * z.sum / count
      let covariance = z.wanted - z.sum * wanted / count
      let isFlat = !(variance > 1e-9 * z.square)
      let gain = mayScale && !isFlat ? min(max(covariance / variance, 0.5), 2) : 1
      return (gain, (wanted - gain * z.sum) / count)
    }
  }
}
