import Numbers

/// Many numbers: `1, -2, …`; in place of them there may stand `splat(v)`, all the same, or `seeded(n)`.
package enum NumberList {
  package static func text<Number: TextValue & Equatable>(
    _ numbers: [Number], _ style: ConstantStyle, seeded: (inout SeededNumbers) -> Number
  ) -> String {
    if let first = numbers.first, numbers.count > 1, numbers.allSatisfy({ $0 == first && $0.text == first.text }) {
      return "splat(\(first.text))"
    }
    let seed = SeededNumbers.recognized.first { seed in
      var generator = SeededNumbers(seed: seed)
      return numbers.count > 2 && numbers.allSatisfy { $0 == seeded(&generator) }
    }
    if let seed { return "seeded(\(seed))" }
    if case .elided(let limit) = style, numbers.count > limit { return "\(numbers.count) numbers" }
    return numbers.map(\.text).joined(separator: ", ")
  }

  /// Reads them with the brackets around them.
  package static func numbers<Number: TextValue>(
    _ scanner: inout TextScanner, count: Int, seeded: (inout SeededNumbers) -> Number
  ) throws -> [Number] {
    let before = scanner
    try scanner.expect("(")
    var ahead = scanner
    let numbers: [Number]
    switch try? ahead.word() {
    case "splat":
      let value = try ahead.list("(", ")") { try Number(scanning: &$0) }
      guard value.count == 1 else { throw before.refused("splat(v)") }
      numbers = Array(repeating: value[0], count: count)
      try ahead.expect(")")
      scanner = ahead
    case "seeded":
      let seed = try ahead.list("(", ")") { try Int(scanning: &$0) }
      guard seed.count == 1, seed[0] >= 0 else { throw before.refused("seeded(n)") }
      var generator = SeededNumbers(seed: UInt64(seed[0]))
      numbers = (0..<count).map { _ in seeded(&generator) }
      try ahead.expect(")")
      scanner = ahead
    default:
      scanner = before
      numbers = try scanner.list("(", ")") { try Number(scanning: &$0) }
      guard numbers.count == count else { throw before.refused("\(count) numbers, not \(numbers.count)") }
    }
    return numbers
  }
}

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
