import IntegerProgram

/// Samples that a project's own bench runs.
package struct TestVectors: Sendable {
  package struct Sample: Sendable {
    /// Codes by program input, and the codes that every program output must have.
    package var inputs: [[Int64]]
    package var outputs: [[Int64]]
    /// Codes of every tensor by its index, for checksums; empty for none.
    package var tensors: [[Int64]]

    package init(inputs: [[Int64]], outputs: [[Int64]], tensors: [[Int64]] = []) {
      self.inputs = inputs
      self.outputs = outputs
      self.tensors = tensors
    }

    /// From the codes of every tensor of `program`.
    package init(tensors: [[Int64]], of program: IntegerProgram) {
      inputs = program.inputs.map { tensors[$0.index] }
      outputs = program.outputs.map { tensors[$0.tensor.index] }
      self.tensors = tensors
    }
  }

  package var samples: [Sample]

  package init(samples: [Sample] = []) {
    self.samples = samples
  }

  /// FNV-1a with a code in place of a byte, as benches compute it.
  package static func checksum(_ codes: [Int64]) -> UInt64 {
    var hash: UInt64 = 14_695_981_039_346_656_037
    for code in codes { hash = (hash ^ UInt64(bitPattern: code)) &* 1_099_511_628_211 }
    return hash
  }
}
