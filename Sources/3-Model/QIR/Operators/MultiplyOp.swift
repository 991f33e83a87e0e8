import Numbers

/// The product of two or more tensors of one shape, element by element (Keras `Multiply`): a gate times what it lets through,
/// or a tensor times itself.
package struct MultiplyOp: CombiningOperator {
  package static let mnemonic = "multiply"
  package static let kerasClass = "Multiply"
  package static let noun = "a product"

  package init() {}

  package var kind: OperatorKind { .multiply(self) }

  package static func combine(_ first: Double, _ second: Double) -> Double { first * second }
  package static func combine(_ first: Rational, _ second: Rational) -> Rational { first * second }

  package static func roundingError(
    _ first: (value: Double, error: Double), _ second: (value: Double, error: Double), rounding: Double
  ) -> Double {
    let (most, other) = (abs(first.value) + first.error, abs(second.value) + second.error)
    return abs(first.value) * second.error + most * other * rounding + first.error * other
  }

  package static func combine(
    _ first: ClosedRange<Double>, _ second: ClosedRange<Double>
  ) -> ClosedRange<Double>? {
    ClosedRange(
      spanning: [first.lowerBound, first.upperBound].flatMap { [$0 * second.lowerBound, $0 * second.upperBound] })
  }
}
