/// A two's complement or unsigned integer of 1 to 64 bits: how codes and accumulators are stored.
package struct IntegerType: Hashable, Sendable, CustomStringConvertible {
  package let bits: Int
  package let isSigned: Bool

  package init(bits: Int, isSigned: Bool) {
    precondition((1...64).contains(bits), "an integer type has 1 to 64 bits")
    self.bits = bits
    self.isSigned = isSigned
  }

  /// The narrowest signed type that holds `range`.
  package static func narrowestSigned(holding range: ClosedRange<Int64>) -> IntegerType {
    let bits = Int64.bitWidth - Swift.min(signBits(range.lowerBound), signBits(range.upperBound)) + 1
    return IntegerType(bits: bits, isSigned: true)
  }

  /// The narrowest type that holds `range`: unsigned where nothing in it is negative.
  package static func narrowest(holding range: ClosedRange<Int64>) -> IntegerType {
    guard range.lowerBound >= 0 else { return narrowestSigned(holding: range) }
    return IntegerType(bits: Swift.max(1, Int64.bitWidth - range.upperBound.leadingZeroBitCount), isSigned: false)
  }

  package var range: ClosedRange<Int64> {
    if isSigned { return (Int64.min >> (64 - bits))...(Int64.max >> (64 - bits)) }
    return 0...(bits >= 63 ? Int64.max : (1 << Int64(bits)) - 1)
  }

  /// How many leading bits repeat the sign.
  private static func signBits(_ value: Int64) -> Int {
    (value < 0 ? ~value : value).leadingZeroBitCount
  }

  /// `s8`, `u4`
  package var description: String { "\(isSigned ? "s" : "u")\(bits)" }
}
