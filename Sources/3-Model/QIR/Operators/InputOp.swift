import Diagnostics
import Numbers
import Text

/// A tensor that the user hands in. One per network input (Keras `InputLayer`).
package struct InputOp: Operator {
  package static let mnemonic = "input"
  package static let kerasClass = "InputLayer"
  package var shape: Shape

  package init(shape: Shape) {
    self.shape = shape
  }

  package var kind: OperatorKind { .input(self) }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try require(
      shape.isSupported && shape.extents.allSatisfy { $0 <= 1 << 24 }, "an input of shape \(shape)", at: location,
      supported: "0 to 6 axes besides the batch, each of 1 to 16777216, at most 268435456 elements")
    return shape
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    preconditionFailure("inputs are given, not evaluated")
  }

  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    Array(repeating: 0, count: shape.elements)
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? { nil }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? { nil }

  package func write(to writer: inout AttributeWriter) { writer.write("shape", shape) }

  package init(_ reader: inout AttributeReader) throws { self.init(shape: try reader.read("shape")) }
}
