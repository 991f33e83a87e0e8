/// Between which numbers the true value lies with 95 % confidence.
package struct Interval: Hashable, Sendable, Encodable {
  package var lower: Double
  package var upper: Double

  /// The quantile of the normal distribution that leaves 2.5 % on each side.
  static let quantile = 1.959963984540054

  package init(_ lower: Double, _ upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// Of a normal distribution around `center`.
  init(around center: Double, deviation: Double) {
    self.init(center - Self.quantile * deviation, center + Self.quantile * deviation)
  }

  /// Of a proportion: `count` of `total` (Wilson 1927).
  package init(wilson count: Int, of total: Int) {
    let n = Double(total)
    let p = Double(count) / n
    let z2 = Self.quantile * Self.quantile
    let center = (p + z2 / (2 * n)) / (1 + z2 / n)
    let half = Self.quantile * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot() / (1 + z2 / n)
    self.init(max(0, center - half), min(1, center + half))
  }

  /// Of the difference between two proportions of the same samples, of which `gained` count for the second one alone and `lost`
  /// for the first one alone (Bonett and Price 2012).
  package init(pairedDifference gained: Int, lost: Int, of total: Int) {
    let n = Double(total) + 2
    let (up, down) = (Double(gained + 1) / n, Double(lost + 1) / n)
    let deviation = max(0, (up + down - (up - down) * (up - down)) / n).squareRoot()
    self.init(around: up - down, deviation: deviation)
    lower = max(-1, lower)
    upper = min(1, upper)
  }

  /// Of the mean of these numbers.
  init(meanOf numbers: [Double]) {
    self.init(around: numbers.mean, deviation: numbers.deviationOfMean)
  }

  /// `[lower, upper]`
  package func encode(to encoder: any Encoder) throws { try [lower, upper].encode(to: encoder) }
}

extension [Double] {
  var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }

  /// The standard error of their mean.
  var deviationOfMean: Double {
    guard count > 1 else { return .infinity }
    let mean = mean
    return (reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1) / Double(count)).squareRoot()
  }
}
