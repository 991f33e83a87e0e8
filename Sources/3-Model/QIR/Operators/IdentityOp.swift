import Diagnostics
import Text

/// Its input (Keras `Dropout` and linear activations at inference). Passes remove it.
package struct IdentityOp: MovingOperator {
  package static let mnemonic = "identity"
  package static let kerasClass = "Dropout"

  package init() {}
  package init(_ reader: inout AttributeReader) {}

  package var kind: OperatorKind { .identity(self) }
  package var motion: Motion { .keepsOrder }
  package func changesNothing(in inputs: [Shape]) -> Bool { true }
  package var caption: Caption? { .line("identity") }
  package func evaluate(_ operands: Operands) -> [Double] { operands.inputs[0] }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try require(inputs.count == 1, "identity of \(inputs.count) tensors", at: location, supported: "one input")
    return inputs[0]
  }
}
