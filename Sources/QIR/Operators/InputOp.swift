import Diagnostics

/// A tensor that the user hands in. One per network input (Keras `InputLayer`).
package struct InputOp: Operator {
  package static let mnemonic = "input"
  package var shape: Shape

  package init(shape: Shape) {
    self.shape = shape
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    guard (1...3).contains(shape.rank), shape.extents.allSatisfy({ (1...(1 << 24)).contains($0) }),
      shape.extents.reduce(1.0, { $0 * Double($1) }) <= Double(1 << 28)
    else {
      throw Diagnostic(
        "an input of shape \(shape)", at: location,
        supported: "1 to 3 axes besides the batch, each of 1 to 16777216, at most 268435456 elements")
    }
    return shape
  }
}

extension InputOp {
  package func write(to writer: inout AttributeWriter) { writer.write("shape", shape) }

  init(_ reader: inout AttributeReader) throws { self.init(shape: try reader.read("shape")) }
}
