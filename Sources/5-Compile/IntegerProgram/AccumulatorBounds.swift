import Numbers

/// What one accumulator can reach, by interval arithmetic over its terms. Wide enough for every product of two Int64.
package struct AccumulatorBounds: Hashable, Sendable {
  /// Of the finished accumulator.
  package var final: ClosedRange<Int128>
  /// Of every partial sum too, whatever the order of the terms after the initial value.
  package var partial: ClosedRange<Int128>

  package init(initial: Int64) {
    final = Int128(initial)...Int128(initial)
    partial = final
  }

  /// Adds `count` terms that are each anywhere in `range`.
  package mutating func add(_ range: ClosedRange<Int128>, count: Int = 1) {
    let sum = range.scaled(by: Int128(count))
    final = final + sum
    partial = partial + sum.including(0)
  }
}
