import CValueKernels
import FloatEngine
import Numbers
import Plans

extension MapPlan {
  /// The same with a scale and a zero point for these values.
  package func calibrated(on batch: Batch, by method: RangeMethod) -> MapPlan {
    let range = batch.values.extent
    switch method {
    case .minMax: return holding(range)
    case .movingAverage(let decay): return holding(batch.movingAverage(decay: decay))
    case .percentile(let outside): return holding(batch.values.range(outside: outside, within: range))
    case .entropy: return holding(entropyRange(batch.values, range))
    case .leastError: return withLeastError(batch.values, range)
    }
  }

  /// The values that these have as codes.
  package func quantized(_ batch: Batch) -> Batch {
    var quantizer = quantizer
    return Batch(shape: batch.shape, samples: batch.samples) {
      qcc_f32_quantize(batch.values.count, &quantizer, batch.values, $0)
    }
  }

  /// The sum of the squares of what these lose as codes.
  package func squaredError(on values: [Float]) -> Double {
    var quantizer = quantizer
    return qcc_f32_quantization_error(values.count, &quantizer, values)
  }

  private var quantizer: qcc_f32_quantizer {
    qcc_f32_quantizer(
      scale: scale ?? 1, zero_point: Float(zeroPoint), low: Float(codes.lowerBound), high: Float(codes.upperBound))
  }
}

// MARK: Least error

extension MapPlan {
  /// Narrower than this, clipping what is large may pay for finer steps.
  private static let widestSearched = 12
  private static let searchedValues = 1 << 16

  /// Of shrunken ranges, first at both ends alike and then at each, the one that loses least.
  private func withLeastError(_ values: [Float], _ range: ClosedRange<Double>) -> MapPlan {
    guard bits <= Self.widestSearched else { return holding(range) }
    let sample = values.sample(Self.searchedValues)
    var best = (plan: holding(range), error: Double.infinity, low: 1.0, high: 1.0)
    func look(_ low: Double, _ high: Double) {
      let plan = holding(min(0, range.lowerBound) * low...max(0, range.upperBound) * high)
      let error = plan.squaredError(on: sample)
      if error < best.error { best = (plan, error, low, high) }
    }
    for step in (6...40).reversed() { look(Double(step) / 40, Double(step) / 40) }
    let ends = best
    for step in -3...3 { look(ends.low * (1 + Double(step) / 120), ends.high * (1 + Double(step) / 120)) }
    guard scheme == .affine, range.lowerBound < 0, range.upperBound > 0 else { return best.plan }
    for width in [0.15, 0.05] {
      let (low, high) = (best.low, best.high)
      for l in -2...2 {
        for h in -2...2 where l != h {
          look(min(1, low * (1 + Double(l) * width)), min(1, high * (1 + Double(h) * width)))
        }
      }
    }
    return best.plan
  }
}

// MARK: Entropy

extension MapPlan {
  private static let bins = 2048

  /// Of the largest magnitudes that codes may hold the one where the distribution, clipped there, and the same in as few
  /// levels as there are codes differ least.
  private func entropyRange(_ values: [Float], _ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let most = max(abs(range.lowerBound), abs(range.upperBound))
    guard most > 0 else { return range }
    let isSigned = range.lowerBound < 0
    let levels = max(2, 1 << (isSigned ? bits - 1 : bits))
    let magnitudes = values.map(abs)
    var counts = [UInt64](repeating: 0, count: Self.bins)
    qcc_f32_histogram(values.count, magnitudes, 0, Float(most), Self.bins, &counts)
    let histogram = counts.map { Double($0) }
    var best = (bins: Self.bins, divergence: Double.infinity)
    for kept in stride(from: max(levels, Self.bins / 16), through: Self.bins, by: 8) {
      let divergence = Self.divergence(of: histogram, keeping: kept, levels: levels)
      if divergence < best.divergence { best = (kept, divergence) }
    }
    let threshold = most * Double(best.bins) / Double(Self.bins)
    return max(range.lowerBound, -threshold)...min(range.upperBound, threshold)
  }

  private static func divergence(of histogram: [Double], keeping kept: Int, levels: Int) -> Double {
    var clipped = Array(histogram[..<kept])
    clipped[kept - 1] += histogram[kept...].reduce(0, +)
    let total = clipped.reduce(0, +)
    let inside = histogram[..<kept].reduce(0, +)
    guard inside > 0 else { return .infinity }
    var divergence = 0.0
    for level in 0..<levels {
      let bins = (level * kept / levels)..<((level + 1) * kept / levels)
      let used = bins.filter { histogram[$0] > 0 }
      let mean = bins.reduce(0) { $0 + histogram[$1] } / Double(max(used.count, 1))
      for bin in bins where clipped[bin] > 0 {
        let expected = max(histogram[bin] > 0 ? mean : 0, 1e-9 * total) / inside
        divergence += clipped[bin] / total * ElementaryMath.logarithm(clipped[bin] / total / expected)
      }
    }
    return divergence
  }
}
