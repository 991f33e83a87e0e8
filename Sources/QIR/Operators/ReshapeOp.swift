import Diagnostics

/// The same elements in the same order under another shape (Keras `Reshape`, `Flatten`).
package struct ReshapeOp: Operator {
  package static let mnemonic = "reshape"
  package var shape: Shape

  package init(shape: Shape) {
    self.shape = shape
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    guard inputs.count == 1, inputs[0].elements == shape.elements, (1...3).contains(shape.rank) else {
      throw Diagnostic(
        "a reshape of \(inputs.map(\.description).joined(separator: ", ")) to \(shape)", at: location,
        supported: "one input, the same number of elements, 1 to 3 axes besides the batch")
    }
    return shape
  }
}

extension ReshapeOp {
  package func write(to writer: inout AttributeWriter) { writer.write("shape", shape) }

  init(_ reader: inout AttributeReader) throws { self.init(shape: try reader.read("shape")) }
}
