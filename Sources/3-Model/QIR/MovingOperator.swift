/// An operator whose result holds elements of its inputs, or zeros, and nothing else. It says how they move.
package protocol MovingOperator: Operator {}

extension MovingOperator {
  package var productsPerElement: Int { 0 }

  /// Errors move with their elements.
  package func float32Error(_ operands: Operands, errors: [[Double]]) -> [Double] {
    evaluate(operands.with(inputs: errors))
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? { ClosedRange(hullOf: inputs) }
}
