import Numbers

/// An operator whose result holds elements of its inputs, or zeros, and nothing else. It says how they move.
package protocol MovingOperator: Operator {}

extension MovingOperator {
  package var productsPerElement: Int { 0 }

  /// Errors move with their elements.
  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    evaluate(operands.with(inputs: errors))
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? { ClosedRange(hullOf: inputs) }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    let sources = operands.sources ?? sources(operands)
    operands.sources = sources
    var source = sources[element] - 1
    for (input, shape) in operands.shapes.enumerated() where source >= 0 {
      if source < shape.elements { return operands.value(input, source) }
      source -= shape.elements
    }
    return .zero
  }

  private func sources(_ operands: ExactOperands) -> [Int] {
    var count = 0
    let numbers = operands.shapes.map { shape -> [Double] in
      defer { count += shape.elements }
      return (count + 1..<count + 1 + shape.elements).map(Double.init)
    }
    return evaluate(
      Operands(inputs: numbers, shapes: operands.shapes, resultShape: operands.resultShape, constants: [])
    ).map { Int($0) }
  }
}
