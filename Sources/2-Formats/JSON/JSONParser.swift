import Diagnostics

/// A strict parser (RFC 8259) with what Python's `json.dumps` writes beyond that: `NaN`, `Infinity` and `-Infinity`.
/// Integers beyond 64 bits become doubles. Nesting, the size of the text and the number of values are limited.
package struct JSONParser {
  /// Nesting of arrays and objects.
  package static let depthLimit = 128
  /// Bytes of a text: more than any network's description.
  package static let sizeLimit = 64 << 20
  /// A value takes more memory than its text: this bounds it.
  package static let valueLimit = 2_000_000

  let bytes: [UInt8]
  private let location: Diagnostic.Location
  var position = 0
  private var depth = 0
  private var values = 0

  /// - Throws: `Diagnostic` at `location` with line and column, what was found and what was expected there.
  package static func parse(_ text: String, at location: Diagnostic.Location = .init()) throws -> JSONValue {
    try checkSize(text.utf8.count, at: location)
    return try parse(Array(text.utf8), at: location)
  }

  /// - Throws: `Diagnostic` at `location` with line and column, what was found and what was expected there.
  package static func parse(_ utf8: [UInt8], at location: Diagnostic.Location = .init()) throws -> JSONValue {
    try checkSize(utf8.count, at: location)
    var parser = JSONParser(bytes: utf8, location: location)
    let value = try parser.value()
    parser.skipSpace()
    guard parser.next == nil else { throw parser.unexpected("the end of the text") }
    return value
  }

  private init(bytes: [UInt8], location: Diagnostic.Location) {
    self.bytes = bytes
    self.location = location
  }

  private static func checkSize(_ count: Int, at location: Diagnostic.Location) throws {
    guard count <= sizeLimit else {
      throw Diagnostic("a JSON text of \(count) bytes", at: location, supported: "up to \(sizeLimit >> 20) MiB")
    }
  }

  private mutating func value() throws -> JSONValue {
    skipSpace()
    values += 1
    guard values <= Self.valueLimit else { throw problem("more than \(Self.valueLimit) values") }
    switch next {
    case UInt8(ascii: "{"): return .object(try nested { try $0.members() })
    case UInt8(ascii: "["): return .array(try nested { try $0.elements() })
    case UInt8(ascii: "\""): return .string(try string())
    case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
    default:
      for (word, value) in Self.words where skip(word) { return value }
      throw unexpected("a value")
    }
  }

  private static let words: [(StaticString, JSONValue)] = [
    ("true", .bool(true)), ("false", .bool(false)), ("null", .null), ("NaN", .double(.nan)),
    ("Infinity", .double(.infinity)),
  ]

  private mutating func nested<Result>(_ body: (inout Self) throws -> Result) throws -> Result {
    depth += 1
    guard depth <= Self.depthLimit else { throw problem("nesting deeper than \(Self.depthLimit)") }
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func members() throws -> [JSONMember] {
    position += 1
    var members: [JSONMember] = []
    skipSpace()
    if skip("}") { return members }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
      let key = try string()
      skipSpace()
      guard skip(":") else { throw unexpected("':'") }
      members.append(JSONMember(key: key, value: try value()))
      skipSpace()
      if skip("}") { return members }
      guard skip(",") else { throw unexpected("',' or '}'") }
    }
  }

  private mutating func elements() throws -> [JSONValue] {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if skip("]") { return elements }
    while true {
      elements.append(try value())
      skipSpace()
      if skip("]") { return elements }
      guard skip(",") else { throw unexpected("',' or ']'") }
    }
  }

  // MARK: Bytes

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  /// Goes past `word` if it comes next.
  mutating func skip(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    for i in 0..<count where bytes[position + i] != word.utf8Start[i] { return false }
    position += count
    return true
  }

  // MARK: Problems

  func unexpected(_ expected: String) -> Diagnostic {
    guard let byte = next else { return problem("the JSON text ends", supported: expected) }
    let end = bytes[position...].prefix(4).count
    let seen = String(decoding: bytes[position..<position + end], as: UTF8.self).first ?? "?"
    let name = byte < 0x20 || byte == 0x7f ? "byte \(byte)" : "'\(seen)'"
    return problem("\(name)", supported: expected)
  }

  func problem(_ found: String, supported: String? = nil) -> Diagnostic {
    let before = bytes[..<position]
    let line = before.count { $0 == 0x0a } + 1
    let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    // Bytes that go on a character are no column of their own.
    let column = bytes[lineStart..<position].count { $0 & 0xc0 != 0x80 } + 1
    let expected = supported.map { ", expected \($0)" } ?? ""
    return Diagnostic("not valid JSON at line \(line), column \(column): found \(found)\(expected)", at: location)
  }

  // MARK: Numbers and strings

  mutating func number() throws -> JSONValue {
    let start = position
    let isNegative = skip("-")
    if isNegative, skip("Infinity") { return .double(-.infinity) }
    var integer: Int? = 0
    let digits = position
    while let digit = digit() {
      // Counted downwards, where the smallest integer has room.
      integer = integer.flatMap { value in
        let (product, overflows) = value.multipliedReportingOverflow(by: 10)
        let (sum, overflowsToo) = product.subtractingReportingOverflow(digit)
        return overflows || overflowsToo ? nil : sum
      }
    }
    guard position > digits else { throw unexpected("a digit") }
    if bytes[digits] == UInt8(ascii: "0"), position > digits + 1 {
      position = digits + 1
      throw unexpected("no digit after a leading 0")
    }
    var isInteger = true
    if skip(".") {
      isInteger = false
      try digitsOrThrow()
    }
    if skip("e") || skip("E") {
      isInteger = false
      if !skip("+") { _ = skip("-") }
      try digitsOrThrow()
    }
    if isInteger, let integer, isNegative || integer != .min {
      // Python keeps -0 an integer as well, which is 0.
      return .int(isNegative ? integer : -integer)
    }
    guard let double = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      throw problem("a number that cannot be read")
    }
    return .double(double)
  }

  private mutating func digitsOrThrow() throws {
    guard digit() != nil else { throw unexpected("a digit") }
    while digit() != nil {}
  }

  private mutating func digit() -> Int? {
    guard let byte = next, Self.isDigit(byte) else { return nil }
    position += 1
    return Int(byte - UInt8(ascii: "0"))
  }

  mutating func string() throws -> String {
    position += 1
    let start = position
    skipPlain()
    // Most strings have no escapes.
    if skip("\"") { return try text(bytes[start..<position - 1], from: start) }
    var unescaped = Array(bytes[start..<position])
    while !skip("\"") {
      guard skip("\\") else { throw unexpected("'\"' at the end of a string") }
      let scalar = try escape()
      if scalar.isASCII { unescaped.append(UInt8(ascii: scalar)) } else { unescaped += Array(String(scalar).utf8) }
      let piece = position
      skipPlain()
      unescaped += bytes[piece..<position]
    }
    return try text(unescaped[...], from: start)
  }

  /// Goes on to the next quote, backslash or control character.
  private mutating func skipPlain() {
    while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
  }

  private mutating func text(_ utf8: ArraySlice<UInt8>, from start: Int) throws -> String {
    if let text = String(validating: utf8, as: UTF8.self) { return text }
    position = start
    throw problem("a string that is not UTF-8")
  }

  private mutating func escape() throws -> Unicode.Scalar {
    guard let byte = next else { throw unexpected("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default:
      position -= 1
      throw unexpected("one of \"\\/bfnrtu after '\\'")
    }
  }

  /// `\ud83d\ude00` is one scalar. Half of a pair is none: it becomes U+FFFD.
  private mutating func unicodeEscape() throws -> Unicode.Scalar {
    let first = try codeUnit()
    guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) ?? "\u{fffd}" }
    let after = position
    guard skip("\\u") else { return "\u{fffd}" }
    let second = try codeUnit()
    guard UTF16.isTrailSurrogate(second) else {
      position = after
      return "\u{fffd}"
    }
    return UTF16.decode(UTF16.EncodedScalar([first, second]))
  }

  private mutating func codeUnit() throws -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }
}
