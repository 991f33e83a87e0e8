import IntegerProgram

/// Where tensors lie in a worker's memory, per sample, so that tensors that are never alive together share it.
struct BufferPlan: Sendable {
  /// By tensor index: nil where the tensor is kept, and so lies elsewhere.
  private(set) var offsets: [Int?]
  /// What all of them take, per sample.
  private(set) var bytes = 0

  private struct Interval {
    var start: Int
    var end: Int
    /// From the first to the last instruction that touches it.
    var life: ClosedRange<Int>
  }

  /// - Parameter kept: by tensor index.
  init(_ program: IntegerProgram, kept: [Bool]) {
    var first = [Int?](repeating: nil, count: program.tensors.count)
    var last = [Int](repeating: 0, count: program.tensors.count)
    for input in program.inputs { first[input.index] = -1 }
    for (index, instruction) in program.instructions.enumerated() {
      first[instruction.output.index] = index
      for tensor in instruction.inputs + [instruction.output] { last[tensor.index] = index }
    }

    offsets = Array(repeating: nil, count: program.tensors.count)
    var placed: [Interval] = []
    let alive = program.tensors.indices.filter { !kept[$0] && first[$0] != nil }
    for tensor in alive.sorted(by: { (first[$0] ?? 0, $0) < (first[$1] ?? 0, $1) }) {
      let start = first[tensor] ?? 0
      let life = start...max(start, last[tensor])
      let size = CodeMemory.aligned(program.tensors[tensor].shape.elements * CodeWidth(program.tensors[tensor]).bytes)
      // First fit among those alive at the same time.
      var offset = 0
      for other in placed.filter({ $0.life.overlaps(life) }).sorted(by: { $0.start < $1.start }) {
        if offset + size <= other.start { break }
        offset = max(offset, other.end)
      }
      placed.append(Interval(start: offset, end: offset + size, life: life))
      offsets[tensor] = offset
      bytes = max(bytes, offset + size)
    }
  }
}
