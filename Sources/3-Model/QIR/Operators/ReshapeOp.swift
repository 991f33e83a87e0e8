import Diagnostics
import Text

/// The same elements in the same order under another shape (Keras `Reshape`, `Flatten`).
package struct ReshapeOp: MovingOperator {
  package static let mnemonic = "reshape"
  package static let kerasClass = "Reshape"
  package var shape: Shape

  package init(shape: Shape) {
    self.shape = shape
  }

  package var kind: OperatorKind { .reshape(self) }
  package var motion: Motion { .keepsOrder }
  package func changesNothing(in inputs: [Shape]) -> Bool { inputs[0] == shape }
  package var caption: Caption? { .line("as \(shape.extents.map(String.init).joined(separator: "x"))") }
  package func evaluate(_ operands: Operands) -> [Double] { operands.inputs[0] }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try require(
      inputs.count == 1 && shape.isSupported && inputs[0].elements == shape.elements,
      "a reshape of \(inputs.map(\.description).joined(separator: ", ")) to \(shape)", at: location,
      supported: "one input, the same number of elements, 0 to 6 axes besides the batch")
    return shape
  }

  package func write(to writer: inout AttributeWriter) { writer.write("shape", shape) }

  package init(_ reader: inout AttributeReader) throws { self.init(shape: try reader.read("shape")) }
}
