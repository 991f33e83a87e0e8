import Diagnostics
import Numbers
import Text

/// The sum of two or more tensors of one shape, element by element (Keras `Add`).
package struct AddOp: Operator {
  package static let mnemonic = "add"
  package static let kerasClass = "Add"

  package init() {}
  package init(_ reader: inout AttributeReader) {}

  package var kind: OperatorKind { .add(self) }
  package var motion: Motion { .combines }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try require(
      inputs.count >= 2 && inputs.allSatisfy { $0 == inputs[0] },
      "a sum of tensors of shapes \(inputs.map(\.description).joined(separator: ", "))", at: location,
      supported: "two or more tensors of one shape")
    return inputs[0]
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    operands.inputs.dropFirst().reduce(operands.inputs[0]) { sum, next in zip(sum, next).map(+) }
  }

  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    let carried = errors.dropFirst().reduce(errors[0]) { sum, next in zip(sum, next).map(+) }
    let magnitudes = operands.inputs.reduce(carried) { sum, next in zip(sum, next).map { $0 + abs($1) } }
    let unit = arithmetic.roundings(operands.inputs.count - 1)
    return zip(carried, magnitudes).map { $0 + unit * $1 }
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    operands.shapes.indices.reduce(.zero) { sum, input in
      guard let sum, let value = operands.value(input, element) else { return nil }
      return sum + value
    }
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    inputs.reduce(0...0) { ($0.lowerBound + $1.lowerBound)...($0.upperBound + $1.upperBound) }
  }
}
