extension ClosedRange<Double> {
  /// From the least to the largest; nil where there are none, or one is not finite.
  init?(spanning numbers: [Double]) {
    guard let least = numbers.min(), let most = numbers.max(), least.isFinite, most.isFinite else { return nil }
    self = least...most
  }

  init?(hullOf ranges: [ClosedRange<Double>]) {
    self.init(spanning: ranges.flatMap { [$0.lowerBound, $0.upperBound] })
  }
}
