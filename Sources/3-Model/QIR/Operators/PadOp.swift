import Diagnostics
import Text

/// Rows and columns of zeros around a feature map (Keras `ZeroPadding2D`).
package struct PadOp: Operator {
  package static let mnemonic = "pad"
  package var padding: Padding

  package init(padding: Padding) {
    self.padding = padding
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, ranks: 3...3, at: location)
    let sides = [padding.top, padding.bottom, padding.left, padding.right]
    guard sides.allSatisfy({ (0...65536).contains($0) }) else {
      throw Diagnostic("padding of \(sides)", at: location, supported: "0 to 65536 rows and columns on each side")
    }
    return Shape([
      input.extents[0] + padding.top + padding.bottom, input.extents[1] + padding.left + padding.right, input.channels,
    ])
  }
}

extension PadOp {
  package func write(to writer: inout AttributeWriter) { writer.write("padding", padding) }

  init(_ reader: inout AttributeReader) throws { self.init(padding: try reader.read("padding")) }
}
