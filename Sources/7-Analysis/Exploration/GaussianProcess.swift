import Numbers

/// A normal distribution over functions with mean 0 that go through some points (Rasmussen and Williams 2006, algorithm 2.1): two
/// values are the more alike the nearer their inputs, by Matern's kernel with nu = 5/2 (4.17).
struct GaussianProcess {
  private let inputs: [[Double]]
  private let length: Double
  private let variance: Double
  private let factor: CholeskyFactor
  /// Of the inputs' correlations in a mean.
  private let weights: [Double]

  /// Added to every input's correlation with itself, as Keras Tuner's `alpha`.
  private static let noise = 1e-4

  /// Of the lengths the likeliest (2.30), each with the likeliest variance, which is in closed form.
  ///
  /// - Parameters:
  ///   - inputs: at least one, all of one dimension, different.
  ///   - lengths: over which values are alike; at least one.
  init(inputs: [[Double]], values: [Double], lengths: [Double]) {
    let fits = lengths.map { length in
      let factor = CholeskyFactor(count: inputs.count) { row, column in
        Self.correlation(inputs[row], inputs[column], length) + (row == column ? Self.noise : 0)
      }
      let weights = factor.solution(of: values)
      let variance = max(zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / Double(values.count), 1e-12)
      let deviance = Double(values.count) * ElementaryMath.logarithm(variance) + factor.logarithmOfDeterminant
      return (length: length, factor: factor, weights: weights, variance: variance, deviance: deviance)
    }
    let best = fits.dropFirst().reduce(fits[0]) { $1.deviance < $0.deviance ? $1 : $0 }
    self.inputs = inputs
    (length, factor, weights, variance) = (best.length, best.factor, best.weights, best.variance)
  }

  private static func correlation(_ first: [Double], _ second: [Double], _ length: Double) -> Double {
    var square = 0.0
    for place in first.indices {
      let difference = first[place] - second[place]
      square += difference * difference
    }
    let distance = (5 * square).squareRoot() / length
    return (1 + distance + distance * distance / 3) * ElementaryMath.exponential(-distance)
  }

  func prediction(at input: [Double]) -> (mean: Double, deviation: Double) {
    let correlations = inputs.map { Self.correlation($0, input, length) }
    let explained = factor.forward(correlations).reduce(0) { $0 + $1 * $1 }
    return (
      zip(correlations, weights).reduce(0) { $0 + $1.0 * $1.1 }, (variance * max(0, 1 - explained)).squareRoot()
    )
  }
}

/// The lower triangle whose product with its transpose is a symmetric positive definite matrix.
struct CholeskyFactor {
  /// Row by row, up to the diagonal.
  private var rows: [[Double]] = []

  init(count: Int, _ element: (_ row: Int, _ column: Int) -> Double) {
    for row in 0..<count {
      var elements: [Double] = []
      for column in 0..<row {
        let known = Self.product(elements, rows[column], column)
        elements.append((element(row, column) - known) / rows[column][column])
      }
      elements.append(max(element(row, row) - Self.product(elements, elements, row), 1e-12).squareRoot())
      rows.append(elements)
    }
  }

  private static func product(_ first: [Double], _ second: [Double], _ count: Int) -> Double {
    var sum = 0.0
    for place in 0..<count { sum += first[place] * second[place] }
    return sum
  }

  /// x of L x = values.
  func forward(_ values: [Double]) -> [Double] {
    var result: [Double] = []
    for (row, value) in zip(rows, values) {
      result.append((value - Self.product(row, result, result.count)) / row[result.count])
    }
    return result
  }

  /// x of L Lᵀ x = values.
  func solution(of values: [Double]) -> [Double] {
    var result = forward(values)
    for row in result.indices.reversed() {
      result[row] /= rows[row][row]
      for column in 0..<row { result[column] -= rows[row][column] * result[row] }
    }
    return result
  }

  var logarithmOfDeterminant: Double {
    rows.indices.reduce(0) { $0 + 2 * ElementaryMath.logarithm(rows[$1][$1]) }
  }
}
