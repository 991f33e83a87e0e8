extension Int128 {
  /// This times 2^`bits`; nil where bits of it would be lost.
  package func shiftedLeft(by bits: Int) -> Int128? {
    let shifted = self << Int128(bits)
    return bits < 127 && shifted >> Int128(bits) == self ? shifted : nil
  }
}
