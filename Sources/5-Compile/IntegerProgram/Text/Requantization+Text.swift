import Numbers
import Text

extension OutputStage: TextValue {
  /// `accumulator`, or a requantization.
  package var text: String {
    switch self {
    case .accumulator: "accumulator"
    case .requantize(let requantization): requantization.text
    }
  }

  package init(scanning scanner: inout TextScanner) throws {
    if scanner.rest.hasPrefix("accumulator") {
      try scanner.expect("accumulator")
      self = .accumulator
    } else {
      self = .requantize(try Requantization(scanning: &scanner))
    }
  }
}

extension Requantization: TextValue {
  /// `clamp(-8..7, requantizer)`, or a list of one requantizer per channel.
  package var text: String { "clamp(\(clamp.text), \(channels.text))" }

  package init(scanning scanner: inout TextScanner) throws {
    try scanner.expect("clamp(")
    let clamp = try CodeRange(scanning: &scanner)
    try scanner.expect(",")
    self.init(channels: try PerChannel(scanning: &scanner), clamp: clamp)
    try scanner.expect(")")
  }
}

extension Requantizer: TextValue {
  package var text: String {
    switch self {
    case .affine(let affine): affine.text
    case .quotient(let quotient): quotient.text
    case .table(let table): table.text
    }
  }

  package init(scanning scanner: inout TextScanner) throws {
    self =
      if scanner.rest.hasPrefix("steps") {
        .table(try ThresholdTable(scanning: &scanner))
      } else if scanner.rest.hasPrefix("quotient") {
        .quotient(try QuotientRequantizer(scanning: &scanner))
      } else {
        .affine(try AffineRequantizer(scanning: &scanner))
      }
  }
}

extension QuotientRequantizer: TextValue {
  /// `quotient((12 acc + 64) / 97) + 3`
  package var text: String {
    "quotient((\(multiplier) acc\(TextScanner.signed(addend))) / \(divisor))"
      + (offset == 0 ? "" : TextScanner.signed(offset))
  }

  package init(scanning scanner: inout TextScanner) throws {
    try scanner.expect("quotient((")
    let multiplier = try Int64(scanning: &scanner)
    try scanner.expect("acc")
    let addend: Int64 = try scanner.signed()
    try scanner.expect(")")
    try scanner.expect("/")
    let divisor = try Int64(scanning: &scanner)
    try scanner.expect(")")
    self.init(
      multiplier: multiplier, addend: addend, divisor: divisor, offset: try scanner.hasSign ? scanner.signed() : 0)
  }
}

extension AffineRequantizer: TextValue {
  /// `floor((12 acc + 64) / 2^7)` or `half_even((12 acc + 64) / 2^7) + 3`
  package var text: String {
    let rounded = rounding == .floor ? "floor" : "half_even"
    return "\(rounded)((\(multiplier) acc\(TextScanner.signed(addend))) / 2^\(shift))"
      + (offset == 0 ? "" : TextScanner.signed(offset))
  }

  package init(scanning scanner: inout TextScanner) throws {
    let before = scanner
    let word = try scanner.word()
    guard ["floor", "half_even"].contains(word) else {
      throw before.refused(
        "floor((M acc + B) / 2^S), half_even((M acc + B) / 2^S) + Z, quotient((M acc + B) / D) + Z or "
          + "steps(code, least: code, …)")
    }
    try scanner.expect("((")
    let multiplier = try Int64(scanning: &scanner)
    try scanner.expect("acc")
    let addend: Int128 = try scanner.signed()
    try scanner.expect(")")
    try scanner.expect("/")
    try scanner.expect("2^")
    let shift = try Int(scanning: &scanner)
    try scanner.expect(")")
    self.init(
      multiplier: multiplier, addend: addend, shift: shift, rounding: word == "floor" ? .floor : .halfEven,
      offset: try scanner.hasSign ? scanner.signed() : 0)
  }
}

extension ThresholdTable: TextValue {
  /// `steps(-8, -50: -1, 0: 3)`: the code below all thresholds, then from each on.
  package var text: String {
    "steps(" + (["\(codes[0])"] + zip(thresholds, codes.dropFirst()).map { "\($0): \($1)" }).joined(separator: ", ")
      + ")"
  }

  package init(scanning scanner: inout TextScanner) throws {
    try scanner.expect("steps(")
    var thresholds: [Int64] = []
    var codes = [try Int64(scanning: &scanner)]
    while scanner.take(",") {
      thresholds.append(try scanner.key())
      codes.append(try Int64(scanning: &scanner))
    }
    try scanner.expect(")")
    self.init(thresholds: thresholds, codes: codes)
  }
}

extension TextScanner {
  /// ` + 3` or ` - 3`
  fileprivate static func signed<Number: BinaryInteger>(_ number: Number) -> String {
    "\(number < 0 ? " -" : " +") \(number.magnitude)"
  }

  fileprivate var hasSign: Bool { rest.hasPrefix("+") || rest.hasPrefix("-") }

  fileprivate mutating func signed<Number: FixedWidthInteger>() throws -> Number {
    let before = self
    let sign = take("-") ? "-" : ""
    if sign.isEmpty { try expect("+") }
    guard let number = Number(sign + (try item())) else { throw before.refused("an integer here") }
    return number
  }

  /// A number and the colon behind it.
  mutating func key<Number: FixedWidthInteger>() throws -> Number {
    let before = self
    let item = try item()
    guard item.last == ":", let number = Number(item.dropLast()) else { throw before.refused("a number and a colon") }
    return number
  }
}
