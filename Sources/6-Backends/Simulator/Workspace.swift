import IntegerProgram

/// The memory of one worker: the tensors that are not kept, and scratch for the steps, reused from chunk to chunk.
struct Workspace {
  private let program: IntegerProgram
  private let stores: [SimulationResult.Store?]
  private let buffers: BufferPlan
  private let chunk: Int
  private let memory: CodeMemory
  private let scratch: CodeMemory
  private let widths: [CodeWidth]

  /// - Parameter chunk: samples at once, at most.
  init(
    program: IntegerProgram, stores: [SimulationResult.Store?], buffers: BufferPlan, chunk: Int,
    steps: [any PreparedStep]
  ) {
    self.program = program
    self.stores = stores
    self.buffers = buffers
    self.chunk = chunk
    memory = CodeMemory(bytes: buffers.bytes * chunk)
    scratch = CodeMemory(bytes: steps.map { $0.scratchBytes(samples: chunk) }.max() ?? 0)
    widths = program.tensors.map { CodeWidth($0) }
  }

  mutating func run(_ steps: [any PreparedStep], inputs: [CodeArray], samples: Range<Int>) {
    let tensors = program.tensors.indices.map { index in
      if let store = stores[index] { return store.pointer(sample: samples.lowerBound) }
      // Offsets are per sample: every tensor starts at its offset times the chunk.
      return CodePointer(base: memory.base + (buffers.offsets[index] ?? 0) * chunk, width: widths[index])
    }
    for (input, tensor) in zip(inputs, program.inputs) {
      let elements = program[tensor].shape.elements
      input.copy(
        from: samples.lowerBound * elements, count: samples.count * elements, to: tensors[tensor.index])
    }
    let frame = Frame(samples: samples.count, tensors: tensors, scratch: scratch.base)
    for step in steps { step.run(frame) }
  }
}
