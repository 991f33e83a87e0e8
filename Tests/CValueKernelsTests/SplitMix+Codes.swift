import Numbers

extension SplitMix {
  /// Codes of a range; every third one is an end of it.
  mutating func codes(_ count: Int, in range: ClosedRange<Int16>) -> [Int16] {
    (0..<count).map { _ in
      switch Int.random(in: 0..<6, using: &self) {
      case 0: range.lowerBound
      case 1: range.upperBound
      default: Int16.random(in: range, using: &self)
      }
    }
  }
}
