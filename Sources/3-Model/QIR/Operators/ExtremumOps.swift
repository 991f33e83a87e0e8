import Numbers

/// One of the elements in a place, the largest or the smallest.
package protocol ExtremumOperator: CombiningOperator {}

extension ExtremumOperator {
  package static func roundingError(
    _ first: (value: Double, error: Double), _ second: (value: Double, error: Double), rounding: Double
  ) -> Double { max(first.error, second.error) }

  package static func combine(
    _ first: ClosedRange<Double>, _ second: ClosedRange<Double>
  ) -> ClosedRange<Double>? {
    combine(first.lowerBound, second.lowerBound)...combine(first.upperBound, second.upperBound)
  }
}

/// The largest of the elements in a place of two or more tensors of one shape (Keras `Maximum`).
package struct MaximumOp: ExtremumOperator {
  package static let mnemonic = "maximum"
  package static let kerasClass = "Maximum"
  package static let noun = "a maximum"

  package init() {}

  package var kind: OperatorKind { .maximum(self) }

  package static func combine(_ first: Double, _ second: Double) -> Double { max(first, second) }
  package static func combine(_ first: Rational, _ second: Rational) -> Rational { max(first, second) }
}

/// The smallest of the elements in a place of two or more tensors of one shape (Keras `Minimum`).
package struct MinimumOp: ExtremumOperator {
  package static let mnemonic = "minimum"
  package static let kerasClass = "Minimum"
  package static let noun = "a minimum"

  package init() {}

  package var kind: OperatorKind { .minimum(self) }

  package static func combine(_ first: Double, _ second: Double) -> Double { min(first, second) }
  package static func combine(_ first: Rational, _ second: Rational) -> Rational { min(first, second) }
}
