import Diagnostics
import Quantization
import Text

/// Functions of one real number, applied one after another to every element (Keras `ReLU`, `Activation`).
package struct ElementwiseOp: Operator {
  package static let mnemonic = "elementwise"
  package var functions: [RealFunction]

  package init(_ functions: [RealFunction]) {
    self.functions = functions
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try oneInput(inputs, at: location)
  }
}

extension ElementwiseOp {
  package func write(to writer: inout AttributeWriter) { writer.write("functions", functions) }

  init(_ reader: inout AttributeReader) throws { self.init(try reader.read("functions")) }
}
