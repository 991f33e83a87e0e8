import Numbers

/// How codes are stored: 1, 2, 4 or 8 bytes each.
package struct CodeType: Hashable, Sendable {
  /// 1, 2, 4 or 8
  package let bytes: Int
  package let isSigned: Bool

  /// The narrowest signed one, as multipliers' ports have it.
  package init(holding range: ClosedRange<Int64>) {
    let bits = IntegerType.narrowestSigned(holding: range).bits
    self.init(bits: [8, 16, 32].first { $0 >= bits } ?? 64)
  }

  /// The narrowest: unsigned where a signed one is wider.
  package init(narrowest range: ClosedRange<Int64>) {
    let bits = IntegerType.narrowest(holding: range).bits
    let unsigned = CodeType(bits: [8, 16, 32].first { $0 >= bits } ?? 64, isSigned: false)
    let signed = CodeType(holding: range)
    self = unsigned.bytes < signed.bytes ? unsigned : signed
  }

  /// - Parameter bits: 8, 16, 32 or 64.
  init(bits: Int, isSigned: Bool = true) {
    bytes = bits / 8
    self.isSigned = isSigned
  }

  package var bits: Int { bytes * 8 }
  package var range: ClosedRange<Int64> { IntegerType(bits: bits, isSigned: isSigned).range }
}
