import Numbers

/// Constants that look random and are the same everywhere, so that a test can say `seeded(3)` in place of a
/// kernel's numbers.
package struct SeededNumbers {
  /// The seeds that the printer recognizes.
  package static let recognized: Range<UInt64> = 0..<64
  private var random: SplitMix

  package init(seed: UInt64) { random = SplitMix(seed: seed) }

  /// A signed code of `bits` bits without the lowest one; -1 or 1 for one bit.
  package mutating func code(bits: Int) -> Int64 {
    let word = random.next()
    guard bits > 1 else { return word & 1 == 0 ? -1 : 1 }
    let bound = (UInt64(1) << UInt64(bits - 1)) - 1
    return Int64(word % (2 * bound + 1)) - Int64(bound)
  }

  /// A multiple of 1/128 in -1...1.
  package mutating func number() -> Float {
    Float(Int64(random.next() % 257) - 128) / 128
  }
}
