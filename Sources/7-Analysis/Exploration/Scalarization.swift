import Numbers

extension Outcome {
  /// Losses are spread over decades: what is compared of them is their logarithm.
  var logLoss: Double { ElementaryMath.logarithm(max(loss, 1e-12)) }
}

extension Goal {
  /// By how much an outcome misses the goal; 0 where it does not.
  func violation(_ outcome: Outcome) -> Double { max(0, outcome.drop - (mostDrop ?? .infinity)) }
}

/// Cost and logarithm of the loss as one number, the augmented Chebyshev distance to the best of both (Knowles 2006, ParEGO): its
/// smallest points over all weights are the whole front, also where it is not convex.
struct Scalarization {
  /// Of the loss, 0 to 1; the cost has the rest.
  var weight: Double
  private let costs: ClosedRange<Double>
  private let losses: ClosedRange<Double>

  /// - Parameter numbers: those to which costs and losses are relative; at least one.
  init(weight: Double, over numbers: [(cost: Double, logLoss: Double)]) {
    self.weight = weight
    func range(_ values: [Double]) -> ClosedRange<Double> { (values.min() ?? 0)...(values.max() ?? 0) }
    costs = range(numbers.map(\.cost))
    losses = range(numbers.map(\.logLoss))
  }

  func callAsFunction(cost: Double, logLoss: Double) -> Double {
    func part(_ value: Double, of range: ClosedRange<Double>) -> Double {
      range.lowerBound < range.upperBound ? (value - range.lowerBound) / (range.upperBound - range.lowerBound) : 0
    }
    let (loss, cost) = (weight * part(logLoss, of: losses), (1 - weight) * part(cost, of: costs))
    return max(loss, cost) + 0.05 * (loss + cost)
  }
}
