import Diagnostics
import Text

/// The same elements under another order of the axes: axis k of the result is axis permutation[k] of the input (Keras
/// `Permute`, ONNX `Transpose`).
package struct TransposeOp: MovingOperator {
  package static let mnemonic = "transpose"
  package static let kerasClass = "Permute"
  /// Counted without the batch.
  package var permutation: [Int]

  package init(permutation: [Int]) {
    self.permutation = permutation
  }

  package var kind: OperatorKind { .transpose(self) }
  package var motion: Motion { .permutes(permutation) }
  package func evaluate(_ operands: Operands) -> [Double] {
    operands.shapes[0].permute(operands.inputs[0], by: permutation)
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, at: location)
    try require(
      input.isPermutation(permutation), "a transpose of shape \(input) by \(permutation)", at: location,
      supported: "every axis once, counted from 0 without the batch")
    return input.permuted(by: permutation)
  }

  package func write(to writer: inout AttributeWriter) { writer.write("permutation", permutation) }

  package init(_ reader: inout AttributeReader) throws { self.init(permutation: try reader.read("permutation")) }
}
