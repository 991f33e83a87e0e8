/// How well a number tells anomalies from the rest: the probability that an anomaly's is the larger one, ties half.
package struct AreaUnderCurve: Sendable {
  package let value: Double
  /// For every anomaly the part of normal samples below it, for every normal sample the part of anomalies above it.
  private let ofAnomalies: [Double]
  private let ofNormals: [Double]

  /// - Precondition: there is at least one of either kind.
  package init(scores: [Double], isAnomaly: [Bool]) {
    let ranks = Self.middleRanks(scores)
    func places(_ kind: Bool) -> [Double] {
      let indices = scores.indices.filter { isAnomaly[$0] == kind }
      let own = Self.middleRanks(indices.map { scores[$0] })
      let others = Double(scores.count - indices.count)
      return zip(indices, own).map { (ranks[$0] - $1) / others }
    }
    ofAnomalies = places(true)
    ofNormals = places(false).map { 1 - $0 }
    value = ofAnomalies.mean
  }

  /// DeLong, DeLong and Clarke-Pearson 1988.
  package var interval: Interval {
    let found = Interval(around: value, deviation: Self.deviation(ofAnomalies, ofNormals))
    return Interval(max(0, found.lower), min(1, found.upper))
  }

  /// Of the difference to that of other scores of the same samples.
  package func interval(ofDifferenceTo other: AreaUnderCurve) -> Interval {
    Interval(
      around: value - other.value,
      deviation: Self.deviation(
        zip(ofAnomalies, other.ofAnomalies).map(-), zip(ofNormals, other.ofNormals).map(-)))
  }

  private static func deviation(_ anomalies: [Double], _ normals: [Double]) -> Double {
    let parts = (anomalies.deviationOfMean, normals.deviationOfMean)
    return (parts.0 * parts.0 + parts.1 * parts.1).squareRoot()
  }

  /// From 1; equal numbers have the mean of their ranks.
  private static func middleRanks(_ numbers: [Double]) -> [Double] {
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var ranks = Array(repeating: 0.0, count: numbers.count)
    var first = 0
    while first < order.count {
      var end = first + 1
      while end < order.count, numbers[order[end]] == numbers[order[first]] { end += 1 }
      for index in order[first..<end] { ranks[index] = Double(first + 1 + end) / 2 }
      first = end
    }
    return ranks
  }
}
