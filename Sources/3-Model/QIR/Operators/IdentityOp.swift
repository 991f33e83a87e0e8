import Diagnostics

/// Its input (Keras `Dropout` and linear activations at inference). Passes remove it.
package struct IdentityOp: Operator {
  package static let mnemonic = "identity"

  package init() {}

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    guard inputs.count == 1 else {
      throw Diagnostic("identity of \(inputs.count) tensors", at: location, supported: "one input")
    }
    return inputs[0]
  }
}
