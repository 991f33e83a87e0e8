import IntegerProgram
import Schedule

/// The memory of one worker: the tensors that are not kept, and scratch for the steps, reused from chunk to chunk.
struct Workspace {
  private let program: IntegerProgram
  private let stores: [SimulationResult.Store?]
  private let buffers: BufferPlan
  private let chunk: Int
  private let memory: CodeMemory
  private let scratch: CodeMemory
  private let formats: [CodeFormat]

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
    formats = program.tensors.map { CodeFormat($0) }
  }

  mutating func run(_ steps: [any PreparedStep], inputs: [CodeArray], samples: Range<Int>) {
    let tensors = program.tensors.indices.map { index in
      if let store = stores[index] { return store.pointer(sample: samples.lowerBound) }
      // Offsets are per sample: every tensor starts at its offset times the chunk.
      return CodePointer(base: memory.base + (buffers.offsets[index] ?? 0) * chunk, format: formats[index])
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

/// Where tensors lie in a worker's memory, per sample, so that tensors that are never alive together share it.
struct BufferPlan: Sendable {
  /// By tensor index: nil where the tensor is kept, and so lies elsewhere.
  private(set) var offsets: [Int?]
  /// What all of them take, per sample.
  let bytes: Int

  /// - Parameter kept: by tensor index.
  init(_ program: IntegerProgram, kept: [Bool]) {
    let lifetimes = Lifetimes(program, sharingReshapes: false)
    let made = (program.inputs + program.instructions.map(\.output)).filter { !kept[$0.index] && lifetimes[$0] != nil }
    let arena = Arena(
      made.compactMap { id in
        let bytes = CodeMemory.aligned(program[id].shape.elements * CodeFormat(program[id]).bytes)
        return lifetimes[id].map { .init(size: bytes, life: $0) }
      })
    offsets = Array(repeating: nil, count: program.tensors.count)
    for (id, offset) in zip(made, arena.offsets) { offsets[id.index] = offset }
    bytes = arena.size
  }
}
