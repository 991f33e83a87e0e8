/// Integers from the least to the largest: the codes of a tensor, or what an accumulator can reach.
@usableFromInline package typealias CodeRange = ClosedRange<Int64>

extension CodeRange {
  /// The largest magnitude in it.
  @inlinable
  package var largestMagnitude: UInt64 { Swift.max(lowerBound.magnitude, upperBound.magnitude) }

  /// The same, wide enough for products of two codes.
  @inlinable
  package var wide: ClosedRange<Int128> { Int128(lowerBound)...Int128(upperBound) }
}

extension ClosedRange<Int128> {
  /// The part of it that fits 64 bits.
  @inlinable
  package var clampedTo64Bits: CodeRange { Int64(clamping: lowerBound)...Int64(clamping: upperBound) }
}
