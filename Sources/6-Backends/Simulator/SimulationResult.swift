import IntegerProgram
import Numbers

/// The codes that a run kept.
package struct SimulationResult: Sendable {
  struct Store: Sendable {
    var memory: CodeMemory
    var format: CodeFormat
    /// Per sample.
    var elements: Int

    func pointer(sample: Int) -> CodePointer {
      CodePointer(base: memory.base, format: format).advanced(by: sample * elements)
    }
  }

  package let program: IntegerProgram
  package let samples: Int
  /// By tensor index.
  let stores: [Store?]

  package func keeps(_ tensor: TensorID) -> Bool { stores[tensor.index] != nil }

  /// The codes of `tensor` in one sample, row by row, channels innermost.
  /// - Precondition: the run kept the tensor.
  package func codes(of tensor: TensorID, sample: Int) -> [Int64] {
    withCodes(of: tensor, sample: sample) { codes, count in (0..<count).map { codes[$0] } }
  }

  /// The checksum of those codes.
  package func checksum(of tensor: TensorID, sample: Int) -> UInt64 {
    withCodes(of: tensor, sample: sample) { codes, count in
      var checksum = Checksum()
      for index in 0..<count { checksum.take(codes[index]) }
      return checksum.value
    }
  }

  /// The values that the codes of `tensor` in one sample stand for.
  /// - Precondition: the run kept the tensor.
  package func values(of tensor: TensorID, sample: Int) -> [Double] {
    program[tensor].encoding.values(of: codes(of: tensor, sample: sample))
  }

  /// The model's numbers of an output in one sample, what the host computes included.
  /// - Precondition: the run kept the output's tensor.
  package func values(of output: ProgramOutput, sample: Int) -> [Double] {
    output.values(of: codes(of: output.tensor, sample: sample))
  }

  /// Calls `body` with the index and the code of every element of `tensor` in one sample, without making an array.
  package func forEachCode(of tensor: TensorID, sample: Int, _ body: (Int, Int64) throws -> Void) rethrows {
    try withCodes(of: tensor, sample: sample) { codes, count in
      for index in 0..<count { try body(index, codes[index]) }
    }
  }

  private func withCodes<Result>(
    of tensor: TensorID, sample: Int, _ body: (CodePointer, Int) throws -> Result
  ) rethrows -> Result {
    precondition((0..<samples).contains(sample), "sample \(sample) of \(samples)")
    guard let store = stores[tensor.index] else {
      preconditionFailure("tensor '\(program[tensor].name)' was not kept")
    }
    defer { withExtendedLifetime(store.memory) {} }
    return try body(store.pointer(sample: sample), store.elements)
  }
}
