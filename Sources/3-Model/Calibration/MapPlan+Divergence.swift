import FloatEngine
import Numbers
import Plans

extension MapPlan {
  private static let mostValues = 1 << 14

  /// For what a softmax reads, in few codes: of shrunken ranges the one with which the distribution of the results changes
  /// least. Results that have no chance need no codes.
  func withLeastDivergence(_ quantized: Batch, from float: Batch) -> MapPlan {
    let elements = quantized.shape.elements
    let step = max(1, quantized.values.count / Self.mostValues)
    let samples = stride(from: 0, to: quantized.samples, by: step).map { sample in
      (
        reference: float[sample..<(sample + 1)].values.map { Double($0) },
        values: quantized[sample..<(sample + 1)].values
      )
    }
    let all = Batch(shape: quantized.shape, values: samples.flatMap(\.values))
    let range = quantized.values.extent
    var best = (plan: holding(range), divergence: Double.infinity)
    for low in stride(from: 1, to: 0, by: -0.05) {
      for high in stride(from: 1.1, to: 0.5, by: -0.05) {
        let plan = holding(min(0, range.lowerBound) * low...max(0, range.upperBound) * high)
        let codes = plan.quantized(all).values
        let total = samples.indices.reduce(0) { sum, sample in
          let results = codes[(sample * elements)..<((sample + 1) * elements)].map { Double($0) }
          return sum + divergence(ofLogits: results, from: samples[sample].reference)
        }
        if total < best.divergence { best = (plan, total) }
      }
    }
    return best.plan
  }
}
