import CValueKernels
import FloatEngine
import Numbers

extension [Float] {
  /// From the least to the largest; 0 for none.
  var extent: ClosedRange<Double> {
    var (low, high): (Float, Float) = (0, 0)
    qcc_f32_range(count, self, &low, &high)
    return low <= high ? Double(low)...Double(high) : 0...0
  }

  /// All of them, or `count` at random: always the same.
  func sample(_ count: Int) -> [Float] {
    guard self.count > count else { return self }
    var random = SplitMix(seed: 1)
    return withUnsafeBufferPointer { values in
      (0..<count).map { _ in values[Int.random(in: 0..<values.count, using: &random)] }
    }
  }

  /// `range` without the given share of values at either end where there are any.
  func range(outside share: Double, within range: ClosedRange<Double>) -> ClosedRange<Double> {
    let sorted = sample(1 << 18).sorted()
    guard !sorted.isEmpty else { return range }
    /// Between the two nearest, as NumPy's `quantile`.
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let (below, above) = (Double(sorted[Int(place)]), Double(sorted[Swift.min(Int(place) + 1, sorted.count - 1)]))
      return below + (above - below) * (place - place.rounded(.down))
    }
    let low = range.lowerBound < 0 ? quantile(share) : range.lowerBound
    let high = range.upperBound > 0 ? quantile(1 - share) : range.upperBound
    return Swift.min(low, high)...Swift.max(low, high)
  }
}

extension Batch {
  func movingAverage(decay: Double) -> ClosedRange<Double> {
    var (low, high) = (0.0, 0.0)
    for sample in 0..<samples {
      let range = self[sample..<(sample + 1)].values.extent
      let share = sample == 0 ? 1 : 1 - decay
      low += (range.lowerBound - low) * share
      high += (range.upperBound - high) * share
    }
    return low...high
  }
}
