import Diagnostics
import Text

/// A tensor that the user hands in. One per network input (Keras `InputLayer`).
package struct InputOp: Operator {
  package static let mnemonic = "input"
  package var shape: Shape

  package init(shape: Shape) {
    self.shape = shape
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    guard shape.isSupported, shape.extents.allSatisfy({ $0 <= 1 << 24 }) else {
      throw Diagnostic(
        "an input of shape \(shape)", at: location,
        supported: "0 to 6 axes besides the batch, each of 1 to 16777216, at most 268435456 elements")
    }
    return shape
  }
}

extension InputOp {
  package func write(to writer: inout AttributeWriter) { writer.write("shape", shape) }

  init(_ reader: inout AttributeReader) throws { self.init(shape: try reader.read("shape")) }
}
