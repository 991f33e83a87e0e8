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
    var arena = Arena()
    offsets = Array(repeating: nil, count: program.tensors.count)
    for id in program.inputs + program.instructions.map(\.output) where !kept[id.index] {
      guard let life = lifetimes[id] else { continue }
      offsets[id.index] = arena.place(
        CodeMemory.aligned(program[id].shape.elements * CodeWidth(program[id]).bytes), life: life)
    }
    bytes = arena.size
  }
}
