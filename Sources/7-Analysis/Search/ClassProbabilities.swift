import Inference
import Numbers

/// How sure the float network is of each class, on samples whose classes are known. Which of two classes is right where a quantized
/// network says another one than the float network is a matter of luck on a few samples; how sure the float network was is not.
struct ClassProbabilities: Sendable {
  /// By sample and class.
  private let values: [[Double]]

  /// - Parameters:
  ///   - logits: by sample; softened until they fit the classes best (temperature scaling, Guo et al. 2017).
  init(logits: [[Double]], classes: [Int]) {
    func probabilities(_ temperature: Double) -> [[Double]] {
      logits.map { numbers in
        let largest = numbers.max() ?? 0
        let powers = numbers.map { ElementaryMath.exponential(($0 - largest) / temperature) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
      }
    }
    func likelihood(_ values: [[Double]]) -> Double {
      zip(values, classes).reduce(0) { $0 + ElementaryMath.logarithm(max($1.0[$1.1], 1e-12)) }
    }
    values =
      Self.temperatures.map(probabilities).max { likelihood($0) < likelihood($1) } ?? probabilities(1)
  }

  private static let temperatures = (-4...12).map { ElementaryMath.exponential(0.25 * Double($0)) }

  /// How far what the float network's probabilities say of the drop may be from it, as a part of it.
  private static let doubt = 0.5

  /// The normal distribution's deviation that one of twenty exceeds.
  private static let oneOfTwenty = 1.645

  /// Two estimates of one number, by how sure they are: the drop that was counted, which the samples that changed make
  /// uncertain, and the mean of the probability that changes took away, which is as few samples' and in doubt itself. `bound` is
  /// what the drop exceeds one time of twenty.
  func expectedDrop(
    _ counted: Double, of reference: [[Double]], _ quantized: [[Double]]
  ) -> (mean: Double, bound: Double) {
    let count = Double(quantized.count)
    var (changed, taken, squares) = (0.0, 0.0, 0.0)
    for (sample, numbers) in quantized.enumerated() {
      let (was, becomes) = (largest(reference[sample]), largest(numbers))
      guard was != becomes else { continue }
      changed += 1
      let difference = values[sample][was] - values[sample][becomes]
      taken += difference
      squares += difference * difference
    }
    guard changed > 0 else { return (0, 0) }
    let expected = taken / count
    let countedVariance = changed / (count * count)
    let expectedVariance = (Self.doubt * expected) * (Self.doubt * expected) + squares / (count * count) + 1e-12
    let variance = 1 / (1 / countedVariance + 1 / expectedVariance)
    let mean = (counted / countedVariance + expected / expectedVariance) * variance
    return (mean, mean + Self.oneOfTwenty * variance.squareRoot())
  }
}
