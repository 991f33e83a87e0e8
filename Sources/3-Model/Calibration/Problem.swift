import CValueKernels
import Numbers

/// One group of a layer, to be rounded.
struct Problem: Sendable {
  private let moments: Moments.Group
  private let method: FitMethod
  /// The weights to round, `[k][n]`.
  let weights: [Double]
  /// Which of them have to become 0.
  var isPruned: [Bool] {
    didSet { kept = weights.indices.map { isPruned[$0] ? 0 : weights[$0] } }
  }
  /// The weights that codes are to come near to.
  private var kept: [Double] = []
  /// Tells its random numbers from those of other problems.
  private let number: Int
  /// How much an error of an input's weights counts: the input's variance.
  private let importance: [Double]
  /// For rounding by what the outputs lose.
  private let norm: Norm?
  private let terms: Int
  private let outputs: Int

  /// What of the mean variance is added to all of them, so that directions that no sample has do not count for nothing.
  private static let damping = 0.01

  init(_ moments: Moments.Group, weights: [Double], _ method: FitMethod, number: Int = 0) {
    self.moments = moments
    self.method = method
    self.number = number
    isPruned = Array(repeating: false, count: weights.count)
    (terms, outputs) = (moments.terms, moments.outputs)
    let covariances = moments.covariances
    let (terms, outputs) = (terms, outputs)
    let mean = (0..<terms).reduce(0) { $0 + covariances.inputs[$1 * (terms + 1)] } / Double(terms) + 1e-30
    importance = (0..<terms).map { covariances.inputs[$0 * (terms + 1)] + Self.damping * mean }
    norm = method.damping.flatMap { Norm(covariances.inputs, terms: terms, damping: $0 * mean) }
    guard case .leastSquares(let damping) = method, let norm else {
      self.weights = weights
      kept = weights
      return
    }
    let wanted = weights.indices.map { covariances.outputs[$0] + damping * mean * weights[$0] }
    var solved = weights
    let isDone = qcc_cholesky_solve(terms, outputs, norm.inverse, wanted, &solved)
    precondition(isDone, "out of memory")
    self.weights = solved
    kept = solved
  }

  /// How much errors of a sum's weights count, e' A e.
  private struct Norm: Sendable {
    /// A: the inputs' covariances, a little damped; upper triangle.
    let matrix: [Double]
    /// M, with M' M the inverse of A.
    let inverse: [Double]

    /// Of A^-1.
    var inverseDiagonal: [Double] {
      let terms = Int(Double(inverse.count).squareRoot())
      return (0..<terms).map { term in
        stride(from: term * (terms + 1), to: inverse.count, by: terms).reduce(0) { $0 + inverse[$1] * inverse[$1] }
      }
    }

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
      stride(from: output, to: kept.count, by: outputs).reduce(0) { max($0, abs(kept[$1])) }
    }
  }

  var meanMagnitudes: [Double] {
    (0..<outputs).map { output in
      stride(from: output, to: weights.count, by: outputs).reduce(0) { $0 + abs(weights[$1]) } / Double(terms)
    }
  }

  /// How much it would matter if weights were 0.
  func scores(of weights: [Double], by criterion: Pruning.Criterion) -> [Double] {
    switch criterion {
    case .magnitude: return weights.map(abs)
    case .saliency:
      let covariances = moments.covariances.inputs
      let mean = (0..<terms).reduce(0) { $0 + covariances[$1 * (terms + 1)] } / Double(terms) + 1e-30
      guard let norm = Norm(covariances, terms: terms, damping: Self.damping * mean) else { return weights.map(abs) }
      let inverse = norm.inverseDiagonal
      return weights.indices.map { weights[$0] * weights[$0] / inverse[$0 / outputs] }
    }
  }

  /// Per output what the nearest codes lose.
  func errors(_ scales: [Double], top: Double) -> [Double] {
    let grid = Grid(scales, top: top, isOdd: method == .midrise)
    var errors = [Double](repeating: 0, count: outputs)
    qcc_rounding_errors(
      terms, outputs, grid.steps, grid.least, grid.largest, grid.shifted(kept), importance, &errors)
    return errors
  }

  /// Codes, the scales that are best for them, and what they lose, per output.
  struct Rounding {
    var codes: [Double]
    var scales: [Double]
    var errors: [Double]

    var values: [Double] { codes.indices.map { codes[$0] * scales[$0 % scales.count] } }

    mutating func remove(_ isPruned: [Bool]) {
      for index in codes.indices where isPruned[index] { codes[index] = 0 }
    }

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
      terms, outputs, norm.matrix, weights, -top, top, isPruned, mayScale, &rounding.scales, &rounding.codes,
      &rounding.errors)
    precondition(isDone, "out of memory")
    return rounding
  }

  /// By error feedback where the method weighs what outputs lose; else by chance or the nearest.
  func codes(_ scales: [Double], top: Double) -> [Double] {
    var codes = [Double](repeating: 0, count: weights.count)
    if let norm {
      var left = weights
      qcc_round_with_feedback(terms, outputs, norm.inverse, scales, -top, top, isPruned, &left, &codes)
    } else if case .stochastic(let seed) = method {
      var random = SplitMix(seed: seed &+ UInt64(number) << 32)
      codes = kept.enumerated().map { index, weight in
        (weight / scales[index % outputs] + random.nextFraction()).rounded(.down).clamped(to: -top...top)
      }
    } else {
      let grid = Grid(scales, top: top, isOdd: method == .midrise)
      qcc_round_to_nearest(terms, outputs, grid.steps, grid.least, grid.largest, grid.shifted(kept), &codes)
      codes = codes.map(grid.code)
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

/// Codes that weights may have: all up to `top` on either side, or the odd ones: 2 i + 1 times the scale lies i times two scales
/// above one scale.
private struct Grid {
  let steps: [Double]
  let least: Double
  let largest: Double
  private let scales: [Double]
  private let isOdd: Bool

  init(_ scales: [Double], top: Double, isOdd: Bool) {
    self.scales = scales
    self.isOdd = isOdd
    steps = isOdd ? scales.map { 2 * $0 } : scales
    (least, largest) = isOdd ? (-(top + 1) / 2, (top - 1) / 2) : (-top, top)
  }

  /// Weights `[k][n]` as numbers whose nearest multiples of the steps are sought.
  func shifted(_ weights: [Double]) -> [Double] {
    isOdd ? weights.indices.map { weights[$0] - scales[$0 % scales.count] } : weights
  }

  /// Of a multiple of a step.
  func code(_ multiple: Double) -> Double { isOdd ? 2 * multiple + 1 : multiple }
}
