import CValueKernels

/// One group of a layer, to be rounded.
struct Problem: Sendable {
  private let moments: Moments.Group
  /// The weights to round, `[k][n]`.
  let weights: [Double]
  /// How much an error of an input's weights counts: the input's variance.
  private let importance: [Double]
  /// For rounding by what the outputs lose.
  private let norm: Norm?
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
    guard let damping = method.damping, let norm = Norm(covariances.inputs, terms: terms, damping: damping * mean)
    else {
      self.weights = weights
      self.norm = nil
      return
    }
    self.norm = norm
    guard case .leastSquares = method else {
      self.weights = weights
      return
    }
    let wanted = weights.indices.map { covariances.outputs[$0] + damping * mean * weights[$0] }
    var solved = weights
    let isDone = qcc_cholesky_solve(terms, outputs, norm.inverse, wanted, &solved)
    precondition(isDone, "out of memory")
    self.weights = solved
  }

  /// How much errors of a sum's weights count, e' A e.
  private struct Norm: Sendable {
    /// A: the inputs' covariances, a little damped; upper triangle.
    let matrix: [Double]
    /// M, with M' M the inverse of A.
    let inverse: [Double]

    init?(_ covariances: [Double], terms: Int, damping: Double) {
      var matrix = covariances
      for term in 0..<terms { matrix[term * (terms + 1)] += damping }
      var inverse = [Double](repeating: 0, count: terms * terms)
      guard qcc_inverse_cholesky(terms, matrix, &inverse) else { return nil }
      (self.matrix, self.inverse) = (matrix, inverse)
    }
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

  /// Codes, the scales that are best for them, and what they lose, per output.
  struct Rounding {
    var codes: [Double]
    var scales: [Double]
    var errors: [Double]

    mutating func take(_ output: Int, from other: Rounding) {
      (scales[output], errors[output]) = (other.scales[output], other.errors[output])
      for index in stride(from: output, to: codes.count, by: scales.count) { codes[index] = other.codes[index] }
    }
  }

  /// By error feedback, then descent from there, where the method weighs what outputs lose; else the nearest codes.
  func rounded(_ scales: [Double], top: Double, mayScale: Bool) -> Rounding {
    var rounding = Rounding(
      codes: codes(scales, top: top), scales: scales, errors: Array(repeating: 0, count: outputs))
    guard let norm else { return rounding }
    let isDone = qcc_descend(
      terms, outputs, norm.matrix, weights, -top, top, mayScale, &rounding.scales, &rounding.codes, &rounding.errors)
    precondition(isDone, "out of memory")
    return rounding
  }

  /// By error feedback where the method weighs what outputs lose; else the nearest.
  func codes(_ scales: [Double], top: Double) -> [Double] {
    var codes = [Double](repeating: 0, count: weights.count)
    if let norm {
      var left = weights
      qcc_round_with_feedback(terms, outputs, norm.inverse, scales, -top, top, &left, &codes)
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
