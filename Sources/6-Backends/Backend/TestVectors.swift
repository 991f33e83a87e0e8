import IntegerProgram
import Numbers

/// Samples that a project's own bench runs.
package struct TestVectors: Sendable {
  package struct Sample: Sendable {
    /// Codes by program input, and the codes that every program output must have.
    package var inputs: [[Int64]]
    package var outputs: [[Int64]]
    /// Of the codes of every tensor by its index; empty for none.
    package var checksums: [UInt64]

    package init(inputs: [[Int64]], outputs: [[Int64]], checksums: [UInt64] = []) {
      self.inputs = inputs
      self.outputs = outputs
      self.checksums = checksums
    }

    /// From the codes of every tensor of `program`.
    package init(tensors: [[Int64]], of program: IntegerProgram) {
      inputs = program.inputs.map { tensors[$0.index] }
      outputs = program.outputs.map { tensors[$0.tensor.index] }
      checksums = tensors.map { Checksum(of: $0).value }
    }
  }

  package var samples: [Sample]

  package init(samples: [Sample] = []) {
    self.samples = samples
  }
}
