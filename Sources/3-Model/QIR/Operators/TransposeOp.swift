import Diagnostics
import Text

/// The same elements under another order of the axes: axis k of the result is axis permutation[k] of the input (Keras
/// `Permute`, ONNX `Transpose`).
package struct TransposeOp: Operator {
  package static let mnemonic = "transpose"
  /// Counted without the batch.
  package var permutation: [Int]

  package init(permutation: [Int]) {
    self.permutation = permutation
  }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, at: location)
    guard input.isPermutation(permutation) else {
      throw Diagnostic(
        "a transpose of shape \(input) by \(permutation)", at: location,
        supported: "every axis once, counted from 0 without the batch")
    }
    return input.permuted(by: permutation)
  }
}

extension TransposeOp {
  package func write(to writer: inout AttributeWriter) { writer.write("permutation", permutation) }

  init(_ reader: inout AttributeReader) throws { self.init(permutation: try reader.read("permutation")) }
}
