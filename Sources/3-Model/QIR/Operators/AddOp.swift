import Diagnostics

/// The sum of two or more tensors of one shape, element by element (Keras `Add`).
package struct AddOp: Operator {
  package static let mnemonic = "add"

  package init() {}

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    guard inputs.count >= 2, inputs.allSatisfy({ $0 == inputs[0] }) else {
      throw Diagnostic(
        "a sum of tensors of shapes \(inputs.map(\.description).joined(separator: ", "))", at: location,
        supported: "two or more tensors of one shape")
    }
    return inputs[0]
  }
}
