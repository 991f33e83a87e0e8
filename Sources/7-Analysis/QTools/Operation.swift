import Quantization

/// An arithmetic unit: what hardware it is made of, and the type of its results.
package struct Operation: Hashable, Sendable {
  package enum Implementation: String, Hashable, Sendable {
    case add, mul, shifter, mux, xor, and
  }

  package var implementation: Implementation
  package var output: DataType
  /// Energy relative to the unit in `energy`, of `gateBits` bits.
  package var gateFactor: Double
  package var gateBits: Double

  package init(_ implementation: Implementation, _ output: DataType, gateFactor: Double = 1, gateBits: Double? = nil) {
    self.implementation = implementation
    self.output = output
    self.gateFactor = gateFactor
    self.gateBits = gateBits ?? Double(output.bits)
  }
}
