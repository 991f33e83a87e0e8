import BigInt

/// To and from machine integers word by word. The generic initializers trap on what does not fit, are slow, and wrong for
/// negative numbers of more than 64 bits: these are the ones to use.
extension BigInt {
  package init(word: Int64) { self.init(integerLiteral: word) }

  /// The same number; nil where 128 bits do not hold it.
  package var int128: Int128? {
    let limit = Int128.min.magnitude
    guard let magnitude = magnitude.uint128, signum() < 0 ? magnitude <= limit : magnitude < limit else { return nil }
    return signum() < 0 ? Int128(truncatingIfNeeded: ~magnitude &+ 1) : Int128(magnitude)
  }

  /// The same number; nil where 64 bits do not hold it.
  package var int64: Int64? { int128.flatMap { Int64(exactly: $0) } }

  /// The same number times 2^bits; most are shifted by none, which BigInt's operator takes as long for.
  func shiftedLeft(_ bits: Int) -> BigInt { bits == 0 ? self : self << bits }

  var isOdd: Bool { words.first.map { $0 & 1 == 1 } ?? false }
}

extension BigUInt {
  /// The same number; nil where 128 bits do not hold it.
  var uint128: UInt128? {
    bitWidth <= UInt128.bitWidth ? words.reversed().reduce(0) { $0 << 64 | UInt128($1) } : nil
  }
}

extension Int128 {
  /// This times 2^`bits`; nil where bits of it would be lost.
  package func shiftedLeft(by bits: Int) -> Int128? {
    let shifted = self << Int128(bits)
    return bits < 127 && shifted >> Int128(bits) == self ? shifted : nil
  }
}
