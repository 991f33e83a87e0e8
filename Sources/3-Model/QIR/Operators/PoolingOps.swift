import Diagnostics
import Text

/// The largest element of each window and channel; pixels outside do not count (Keras `MaxPooling2D`).
package struct MaxPoolOp: Operator {
  package static let mnemonic = "max_pool"
  package var window: Window

  package init(window: Window) {
    self.window = window
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try pooledShape(of: oneInput(inputs, ranks: 3...3, at: location), window: window, at: location)
  }
}

/// The mean of each window and channel over the pixels inside the feature map (Keras `AveragePooling2D`,
/// `GlobalAveragePooling2D`), or the mean times `factor` (QKeras `QAveragePooling2D`: the window's area times its quantized
/// inverse).
package struct AveragePoolOp: Operator {
  package static let mnemonic = "average_pool"
  package var window: Window
  package var factor: Double

  package init(window: Window, factor: Double = 1) {
    self.window = window
    self.factor = factor
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try pooledShape(of: oneInput(inputs, ranks: 3...3, at: location), window: window, at: location)
  }
}

private func pooledShape(of input: Shape, window: Window, at location: Diagnostic.Location) throws -> Shape {
  let positions = try window.positions(over: input, at: location)
  return Shape([positions.rows, positions.columns, input.channels])
}

extension MaxPoolOp {
  package func write(to writer: inout AttributeWriter) {
    writer.write("size", window.size)
    writer.write(window)
  }

  init(_ reader: inout AttributeReader) throws {
    self.init(window: try reader.readWindow(size: reader.read("size")))
  }
}

extension AveragePoolOp {
  package func write(to writer: inout AttributeWriter) {
    writer.write("size", window.size)
    writer.write(window)
    writer.write("factor", factor, unless: 1)
  }

  init(_ reader: inout AttributeReader) throws {
    let window = try reader.readWindow(size: reader.read("size"))
    self.init(window: window, factor: try reader.read("factor", default: 1))
  }
}
