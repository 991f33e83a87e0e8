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
