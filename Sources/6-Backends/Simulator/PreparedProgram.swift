import Diagnostics
import IntegerProgram
import Threads

/// A program ready to run on any number of samples: weights and requantizers packed for the kernels, once.
package struct PreparedProgram: Sendable {
  /// Which tensors a run keeps.
  package enum Keeping: Hashable, Sendable {
    case outputs
    case all
    case tensors(Set<TensorID>)
  }

  package let program: IntegerProgram
  private let steps: [any PreparedStep]
  /// Where tensors lie while nothing but the outputs is kept.
  private let outputsOnly: BufferPlan

  /// - Throws: `Diagnostics` with the layers that the kernels do not take.
  /// - Precondition: `ProgramVerifier` found nothing wrong with `program`.
  package init(_ program: IntegerProgram) throws(Diagnostics) {
    self.program = program
    var problems = Diagnostics()
    steps = program.instructions.compactMap { instruction in
      problems.collecting { try step(instruction, in: program) }
    }
    try problems.throwIfErrors()
    outputsOnly = BufferPlan(program, kept: PreparedProgram.keptTensors(.outputs, of: program))
  }

  /// Runs the program on `samples` samples; the codes do not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - inputs: for every input of the program its codes, sample after sample.
  ///   - threads: nil: one per processor.
  /// - Throws: `Diagnostic` where an input has the wrong number of codes or a code out of its tensor's range.
  package func run(
    _ inputs: [CodeArray], samples: Int, keeping: Keeping = .outputs, threads: Int? = nil
  ) throws(Diagnostic) -> SimulationResult {
    try check(inputs, samples: samples)
    let kept = PreparedProgram.keptTensors(keeping, of: program)
    let stores = zip(program.tensors, kept).map { tensor, isKept -> SimulationResult.Store? in
      guard isKept else { return nil }
      let format = CodeFormat(tensor)
      let memory = CodeMemory(bytes: samples * tensor.shape.elements * format.bytes)
      return .init(memory: memory, format: format, elements: tensor.shape.elements)
    }
    let workers = max(1, min(threads ?? processorCount, samples))
    let chunk = max(1, min(cachedSamples, (samples + workers - 1) / workers))
    let buffers = keeping == .outputs ? outputsOnly : BufferPlan(program, kept: kept)
    let chunks = (samples + chunk - 1) / chunk
    let count = max(1, min(workers, chunks))
    let steps = steps
    let program = program
    onThreads(count) { worker in
      var workspace = Workspace(program: program, stores: stores, buffers: buffers, chunk: chunk, steps: steps)
      for index in stride(from: worker, to: chunks, by: count) {
        let first = index * chunk
        workspace.run(steps, inputs: inputs, samples: first..<min(first + chunk, samples))
      }
    }
    return SimulationResult(program: program, samples: samples, stores: stores)
  }

  /// How many samples to run at once so that what a run keeps stays below `bytes`, 64 MiB as a rule; 1 at least.
  package func batchSize(keeping: Keeping, bytes: Int = 64 << 20) -> Int {
    let perSample = zip(program.tensors, PreparedProgram.keptTensors(keeping, of: program)).reduce(0) { sum, tensor in
      sum + (tensor.1 ? tensor.0.shape.elements * CodeFormat(tensor.0).bytes : 0)
    }
    return max(1, bytes / max(1, perSample))
  }

  /// As many samples as keep what the largest step touches in the second-level cache; dense layers read their weights
  /// once for all of them.
  private var cachedSamples: Int {
    let largest = program.instructions.map { instruction in
      (instruction.inputs + [instruction.output]).reduce(0) { bytes, tensor in
        bytes + program[tensor].shape.elements * CodeFormat(program[tensor]).bytes
      }
    }.max()
    return min(256, max(1, (256 << 10) / max(1, largest ?? 1)))
  }

  private static func keptTensors(_ keeping: Keeping, of program: IntegerProgram) -> [Bool] {
    var kept = [Bool](repeating: keeping == .all, count: program.tensors.count)
    for output in program.outputs { kept[output.tensor.index] = true }
    if case .tensors(let tensors) = keeping {
      for tensor in tensors { kept[tensor.index] = true }
    }
    return kept
  }

  private func check(_ inputs: [CodeArray], samples: Int) throws(Diagnostic) {
    try require(
      inputs.count == program.inputs.count, "\(inputs.count) inputs for a network with \(program.inputs.count)")
    for (input, tensor) in zip(inputs, program.inputs.map({ program[$0] })) {
      try require(
        input.count == samples * tensor.shape.elements, "\(input.count) codes", at: .init(tensor: tensor.name),
        supported: "\(samples) samples of \(tensor.shape)")
      if let extent = input.extent(unlessIn: tensor.range) {
        throw Diagnostic(
          "codes from \(extent.lowerBound) to \(extent.upperBound)", at: .init(tensor: tensor.name),
          supported: "codes from \(tensor.range.lowerBound) to \(tensor.range.upperBound)")
      }
    }
  }
}

private func step(_ instruction: Instruction, in program: IntegerProgram) throws(Diagnostic) -> any PreparedStep {
  switch instruction {
  case .linear(let instruction): try LinearStep(instruction, in: program)
  case .combine(let instruction): CombineStep(instruction, in: program)
  case .matrixProduct(let instruction): MatrixProductStep(instruction, in: program)
  case .pool(let instruction): try PoolStep(instruction, in: program)
  case .requantize(let instruction): CombineStep(instruction, in: program)
  case .move(let instruction): MoveStep(instruction, in: program)
  case .reshape(let instruction): ReshapeStep(instruction, in: program)
  }
}

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
