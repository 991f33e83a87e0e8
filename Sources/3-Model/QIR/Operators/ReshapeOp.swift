import Diagnostics
import Text

/// The same elements in the same order under another shape (Keras `Reshape`, `Flatten`).
package struct ReshapeOp: Operator {
  package static let mnemonic = "reshape"
  package var shape: Shape

  package init(shape: Shape) {
    self.shape = shape
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    guard inputs.count == 1, shape.isSupported, inputs[0].elements == shape.elements else {
      throw Diagnostic(
        "a reshape of \(inputs.map(\.description).joined(separator: ", ")) to \(shape)", at: location,
        supported: "one input, the same number of elements, 0 to 6 axes besides the batch")
    }
    return shape
  }
}

extension ReshapeOp {
  package func write(to writer: inout AttributeWriter) { writer.write("shape", shape) }

  init(_ reader: inout AttributeReader) throws { self.init(shape: try reader.read("shape")) }
}
