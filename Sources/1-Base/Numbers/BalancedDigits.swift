/// Balanced digits in base 2^16, each in -32768...32767: how codes wider than a multiplier's port are fed to it. code = sum of
/// digit i x 2^(16 i).
extension Int64 {
  @inlinable
  package func balancedDigit(_ index: Int) -> Int64 {
    var rest = self
    for _ in 0..<index { rest = rest.withoutLowestDigit }
    return Int64(Int16(truncatingIfNeeded: rest))
  }

  /// (code - lowest digit) / 2^16
  @inlinable
  package var withoutLowestDigit: Int64 { (self >> 16) + ((self >> 15) & 1) }
}

/// The number of balanced base 2^16 digits that hold every integer of `range`.
package func limbCount(of range: CodeRange) -> Int {
  var range = range
  var limbs = 1
  while range.lowerBound < -32768 || range.upperBound > 32767 {
    range = range.lowerBound.withoutLowestDigit...range.upperBound.withoutLowestDigit
    limbs += 1
  }
  return limbs
}
