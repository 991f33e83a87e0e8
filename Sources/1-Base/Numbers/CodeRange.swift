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

extension ClosedRange {
  /// From the lesser to the larger of two.
  @inlinable
  package init(between first: Bound, and second: Bound) {
    self = Swift.min(first, second)...Swift.max(first, second)
  }

  /// The smallest range that holds both.
  @inlinable
  package func hull(with other: ClosedRange) -> ClosedRange {
    Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
  }

  /// The smallest range that holds this one and `element`.
  @inlinable
  package func including(_ element: Bound) -> ClosedRange { hull(with: element...element) }
}

extension ClosedRange where Bound: AdditiveArithmetic {
  @inlinable
  package func shifted(by offset: Bound) -> ClosedRange { (lowerBound + offset)...(upperBound + offset) }

  /// What the sum of two numbers can be, one of each range.
  @inlinable
  package static func + (left: ClosedRange, right: ClosedRange) -> ClosedRange {
    (left.lowerBound + right.lowerBound)...(left.upperBound + right.upperBound)
  }
}

extension ClosedRange where Bound: Numeric {
  /// What multiples of the range's numbers can be.
  @inlinable
  package func scaled(by factor: Bound) -> ClosedRange {
    ClosedRange(between: lowerBound * factor, and: upperBound * factor)
  }
}

extension Sequence where Element: Comparable {
  /// From the least to the largest; nil for none.
  @inlinable
  package func hull<Bound>() -> ClosedRange<Bound>? where Element == Bound {
    reduce(nil) { range, element in range?.including(element) ?? element...element }
  }
}

extension Sequence {
  /// The smallest range that holds all of them; nil for none.
  @inlinable
  package func hull<Bound>() -> ClosedRange<Bound>? where Element == ClosedRange<Bound> {
    reduce(nil) { range, other in range?.hull(with: other) ?? other }
  }
}

extension Comparable {
  /// The nearest of `range`.
  @inlinable
  package func clamped(to range: ClosedRange<Self>) -> Self {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
