import IntegerProgram

/// An instruction made ready to run.
protocol PreparedStep: Sendable {
  /// Scratch memory that a run over `samples` samples needs, in bytes.
  func scratchBytes(samples: Int) -> Int

  func run(_ frame: Frame)
}

/// What a step works on: some samples of every tensor, and scratch memory.
struct Frame {
  var samples: Int
  /// By tensor index; the samples of a tensor lie one after another.
  var tensors: [CodePointer]
  var scratch: UnsafeMutableRawPointer

  subscript(tensor: TensorID) -> CodePointer { tensors[tensor.index] }
}
