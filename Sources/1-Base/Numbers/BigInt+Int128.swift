import BigInt

extension BigInt {
  /// The same number, which fits. Word by word: the generic initializer is slow, and wrong for negative numbers of more than 64
  /// bits.
  package var int128: Int128 {
    var bits = UInt128(0)
    for (index, word) in magnitude.words.enumerated() { bits |= UInt128(word) << UInt128(64 * index) }
    return signum() < 0 ? -Int128(bits) : Int128(bits)
  }
}
