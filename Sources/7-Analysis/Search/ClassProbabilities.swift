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

  /// Two estimates of one number, by how sure they are: the drop that was counted, which the samples that changed make
  /// uncertain, and the mean of the probability that changes took away.
  func expectedDrop(_ counted: Double, of reference: [[Double]], _ quantized: [[Double]]) -> Double {
    let count = Double(quantized.count)
    var (changed, taken) = (0.0, 0.0)
    for (sample, numbers) in quantized.enumerated() {
      let (was, becomes) = (largest(reference[sample]), largest(numbers))
      guard was != becomes else { continue }
      changed += 1
      taken += values[sample][was] - values[sample][becomes]
    }
    guard changed > 0 else { return 0 }
    let expected = taken / count
    let countedVariance = changed / (count * count)
    let expectedVariance = (Self.doubt * expected) * (Self.doubt * expected) + 1e-12
    return (counted / countedVariance + expected / expectedVariance) / (1 / countedVariance + 1 / expectedVariance)
  }
}
