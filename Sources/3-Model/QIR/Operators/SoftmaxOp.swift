import Diagnostics

/// exp(x) / sum of exp(x) along the last axis. Runs in float on the host, at a network's end only.
package struct SoftmaxOp: Operator {
  package static let mnemonic = "softmax"

  package init() {}

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try oneInput(inputs, at: location)
  }
}
