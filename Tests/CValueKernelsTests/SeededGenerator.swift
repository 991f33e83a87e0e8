/// SplitMix64: small, seeded, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

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
