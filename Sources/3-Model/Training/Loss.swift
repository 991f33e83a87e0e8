import FloatEngine
import Numbers

/// What a network's results are to come near to.
package enum Loss: Sendable {
  /// Kullback-Leibler divergence of the softmax from the teacher's, in nats (Hinton et al. 2015, at temperature 1).
  case divergence
  /// The mean squared difference.
  case squares

  /// The sum of some samples' losses, and its gradient for their results, a `batch`-th of it.
  ///
  /// - Parameters:
  ///   - teacher: the float network's results.
  ///   - labels: by sample what is known of it: a part of 1 for each class; none: the teacher knows all.
  func callAsFunction(_ results: Batch, teacher: Batch, labels: [[Float]], batch: Int) -> (sum: Double, gradient: Batch)
  {
    var sum = 0.0
    let count = results.shape.elements
    var gradient = results
    for sample in 0..<results.samples {
      let own = (sample * count)..<((sample + 1) * count)
      switch self {
      case .squares:
        for index in own {
          let difference = results.values[index] - teacher.values[index]
          sum += Double(difference * difference) / Double(count)
          gradient.values[index] = 2 * difference / Float(count * batch)
        }
      case .divergence:
        let found = softmax(results.values[own])
        var wanted = softmax(teacher.values[own])
        // The mean of both divergences has the same gradient.
        if !labels.isEmpty { wanted = zip(wanted, labels[sample]).map { ($0 + $1) / 2 } }
        for (index, (wanted, found)) in zip(own, zip(wanted, found)) {
          if wanted > 0 {
            sum += Double(wanted) * ElementaryMath.logarithm(Double(wanted) / Double(max(found, .leastNormalMagnitude)))
          }
          gradient.values[index] = (found - wanted) / Float(batch)
        }
      }
    }
    return (sum, gradient)
  }

  private func softmax(_ logits: ArraySlice<Float>) -> [Float] {
    let largest = Double(logits.max() ?? 0)
    let exponentials = logits.map { ElementaryMath.exponential(Double($0) - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { Float($0 / sum) }
  }
}
