import Numbers

/// Numbers side by side in 16-bit words, each in the same few bits, the lowest bits of a word first (`st_fields.h`).
package struct PackedFields: Hashable, Sendable {
  package private(set) var words: [UInt16] = []
  /// What each number takes, 1 to 16.
  package let bits: Int
  /// What does not fill a word yet.
  private var held: UInt32 = 0
  private var heldBits = 0

  package init(bits: Int) {
    self.bits = bits
  }

  package init(_ numbers: IntegerArray, bits: Int) {
    self.init(bits: bits)
    numbers.forEachElement { append($0) }
    fillWord()
  }

  mutating func reserveCapacity(_ numbers: Int) { words.reserveCapacity(numbers * bits / 16 + 1) }

  @inline(__always)
  mutating func append(_ number: Int64) {
    held |= (UInt32(truncatingIfNeeded: number) & ((1 << bits) &- 1)) &<< UInt32(truncatingIfNeeded: heldBits)
    heldBits += bits
    guard heldBits >= 16 else { return }
    words.append(UInt16(truncatingIfNeeded: held))
    held >>= 16
    heldBits -= 16
  }

  /// The next number begins a word.
  mutating func fillWord() {
    guard heldBits > 0 else { return }
    words.append(UInt16(truncatingIfNeeded: held))
    (held, heldBits) = (0, 0)
  }
}
