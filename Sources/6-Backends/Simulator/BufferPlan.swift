import IntegerProgram
import Schedule

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
        let bytes = CodeMemory.aligned(program[id].shape.elements * CodeWidth(program[id]).bytes)
        return lifetimes[id].map { .init(size: bytes, life: $0) }
      })
    offsets = Array(repeating: nil, count: program.tensors.count)
    for (id, offset) in zip(made, arena.offsets) { offsets[id.index] = offset }
    bytes = arena.size
  }
}
