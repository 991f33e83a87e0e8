import BigInt

/// To and from machine integers word by word: the generic initializers are slow, and wrong for negative numbers of more than
/// 64 bits.
extension BigInt {
  package init(word: Int64) { self.init(integerLiteral: word) }

  /// The same number, which fits.
  package var int128: Int128 { sign == .minus ? -Int128(magnitude.uint128) : Int128(magnitude.uint128) }

  /// The same number, which fits.
  package var int64: Int64 { Int64(int128) }

  /// The same number times 2^bits; most are shifted by none, which BigInt's operator takes as long for.
  func shiftedLeft(_ bits: Int) -> BigInt { bits == 0 ? self : self << bits }

  var isOdd: Bool { words.first.map { $0 & 1 == 1 } ?? false }
}

extension BigUInt {
  /// The same number, which fits.
  var uint128: UInt128 { words.reversed().reduce(0) { $0 << 64 | UInt128($1) } }
}
