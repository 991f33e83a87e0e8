/// The numbers that an operator is evaluated on, of one sample: flattened, last axis fastest.
package struct Operands: Sendable {
  package var inputs: [[Double]]
  package let shapes: [Shape]
  /// Of the result.
  package let resultShape: Shape
  /// The operator's parameters in their order.
  package let constants: [[Double]]

  package init(inputs: [[Double]], shapes: [Shape], resultShape: Shape, constants: [[Double]]) {
    self.inputs = inputs
    self.shapes = shapes
    self.resultShape = resultShape
    self.constants = constants
  }

  /// The same operator's other inputs.
  func with(inputs: [[Double]]) -> Operands {
    var operands = self
    operands.inputs = inputs
    return operands
  }
}
