/// Numbers and strings.
extension JSONParser {
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
