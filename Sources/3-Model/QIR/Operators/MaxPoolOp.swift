import Diagnostics
import Numbers
import Text

/// The largest element of each window and channel; pixels outside do not count (Keras `MaxPooling2D`).
package struct MaxPoolOp: MovingOperator {
  package static let mnemonic = "max_pool"
  package static let kerasClass = "MaxPooling2D"
  package var window: Window

  package init(window: Window) {
    self.window = window
  }

  package var kind: OperatorKind { .maxPool(self) }
  package var motion: Motion { .selectsLargest }
  package var caption: Caption? { .title(window.words) }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try window.pooledShape(of: oneInput(inputs, ranks: 3...3, at: location), at: location)
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    window.pool(operands) { $0.max() ?? -.infinity }
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    let pixels = window.pixels(of: element, over: operands.shapes[0], positions: operands.resultShape)
    let values = pixels.compactMap { operands.value(0, $0) }
    return values.count == pixels.count ? values.max() : nil
  }

  package func write(to writer: inout AttributeWriter) {
    writer.write("size", window.size)
    writer.write(window)
  }

  package init(_ reader: inout AttributeReader) throws {
    self.init(window: try reader.readWindow(size: reader.read("size")))
  }
}
