/// Fixed-point numbers as types for synthesis have them (`ac_fixed<total, integer>`, `ap_fixed`): two's complement or unsigned.
/// Integer bits are those left of the binary point, the sign's among them; fewer than none where numbers are small, as
/// fraction bits are where they are large.
package struct FixedPointFormat: Hashable, Sendable {
  package var integerBits: Int
  package var fractionBits: Int
  package var isSigned: Bool

  /// Of integers.
  package static func integers(bits: Int) -> FixedPointFormat {
    FixedPointFormat(integerBits: bits, fractionBits: 0, isSigned: true)
  }

  package var totalBits: Int { max(0, integerBits + fractionBits) }

  /// The number that the format holds in place of `units` x 2^-fractionBits: what does not fit loses its upper bits.
  package func wrapped(_ units: Int128) -> Int128 {
    guard totalBits > 0 else { return 0 }
    let spare = Int128(max(0, Int128.bitWidth - totalBits))
    let upper = units << spare
    return isSigned ? upper >> spare : Int128(truncatingIfNeeded: UInt128(truncatingIfNeeded: upper) >> UInt128(spare))
  }
}

extension FixedPointFormat: CustomStringConvertible {
  /// `u31:-14` is unsigned, 31 bits, the first of them 14 places right of the binary point; `s22` a signed integer, `0` no number.
  package var description: String {
    totalBits == 0 ? "0" : (isSigned ? "s" : "u") + "\(totalBits)" + (fractionBits == 0 ? "" : ":\(integerBits)")
  }
}

/// An end of a number at which it gets narrower.
package enum FormatEnd: String, Encodable, Sendable {
  case integer, fraction
}

extension FixedPointFormat {
  /// With so many bits less.
  func without(_ end: FormatEnd, bits: Int) -> FixedPointFormat {
    var format = self
    switch end {
    case .integer: format.integerBits -= bits
    case .fraction: format.fractionBits -= bits
    }
    return format
  }
}
