import Numbers

/// The sum of two or more tensors of one shape, element by element (Keras `Add`).
package struct AddOp: CombiningOperator {
  package static let mnemonic = "add"
  package static let kerasClass = "Add"
  package static let noun = "a sum"

  package init() {}

  package var kind: OperatorKind { .add(self) }

  package static func combine(_ first: Double, _ second: Double) -> Double { first + second }
  package static func combine(_ first: Rational, _ second: Rational) -> Rational { first + second }

  package static func roundingError(
    _ first: (value: Double, error: Double), _ second: (value: Double, error: Double), rounding: Double
  ) -> Double {
    let carried = first.error + second.error
    return carried + rounding * (abs(first.value) + abs(second.value) + carried)
  }

  package static func combine(
    _ first: ClosedRange<Double>, _ second: ClosedRange<Double>
  ) -> ClosedRange<Double>? {
    ClosedRange(spanning: [first.lowerBound + second.lowerBound, first.upperBound + second.upperBound])
  }
}
