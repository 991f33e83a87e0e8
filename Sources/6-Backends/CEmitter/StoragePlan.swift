import IntegerProgram

/// Where every tensor of a program lives: in the caller's arrays or in one of the arenas, of which there is one per type
/// of code (a memory of its own in hardware, and no array is ever read as another type).
package struct StoragePlan: Sendable {
  package enum Place: Hashable, Sendable {
    /// The caller's array of program input `index`.
    case input(Int)
    /// Elements from `offset` on of the arena for the tensor's type.
    case arena(offset: Int)
  }

  package struct Storage: Hashable, Sendable {
    package var type: CodeType
    package var place: Place
  }

  /// By tensor. A reshaped tensor shares its source's place and type.
  package private(set) var storage: [Storage]
  /// Elements of the arenas, by type in order of width.
  package private(set) var arenas: [(type: CodeType, elements: Int)]

  /// Bytes of all arenas.
  package var bytes: Int { arenas.reduce(0) { $0 + $1.elements * $1.type.bytes } }

  package subscript(id: TensorID) -> Storage { storage[id.index] }

  /// First fit in the order in which tensors are written; a tensor lives until the last instruction that reads it.
  package init(_ program: IntegerProgram) {
    let lifetimes = Lifetimes(program)
    var storage = program.tensors.map { Storage(type: $0.codeType, place: .arena(offset: 0)) }
    for (index, input) in program.inputs.enumerated() { storage[input.index].place = .input(index) }
    var placed: [CodeType: [(range: Range<Int>, lastUse: Int)]] = [:]
    var elements: [CodeType: Int] = [:]
    for (step, instruction) in program.instructions.enumerated() {
      let output = instruction.output
      if case .reshape(let reshape) = instruction {
        storage[output.index] = storage[reshape.input.index]
        continue
      }
      let type = storage[output.index].type
      // What lives now, in the order of the arena.
      var live = placed[type, default: []].filter { $0.lastUse >= step }
      var offset = 0
      let size = program[output].shape.elements
      for other in live where other.range.lowerBound < offset + size { offset = max(offset, other.range.upperBound) }
      live.append((offset..<offset + size, lifetimes.lastUse[output.index]))
      live.sort { $0.range.lowerBound < $1.range.lowerBound }
      placed[type] = live
      elements[type] = max(elements[type, default: 0], offset + size)
      storage[output.index].place = .arena(offset: offset)
    }
    self.storage = storage
    arenas = elements.map { (type: $0.key, elements: $0.value) }.sorted { $0.type.bytes < $1.type.bytes }
  }

  /// The last instruction that reads each tensor, reads through a reshape included.
  private struct Lifetimes {
    var lastUse: [Int]

    init(_ program: IntegerProgram) {
      var root = Array(program.tensors.indices)
      lastUse = Array(repeating: -1, count: program.tensors.count)
      for (step, instruction) in program.instructions.enumerated() {
        for input in instruction.inputs { lastUse[root[input.index]] = step }
        if case .reshape(let reshape) = instruction {
          root[reshape.output.index] = root[reshape.input.index]
        } else {
          lastUse[instruction.output.index] = step
        }
      }
      for output in program.outputs { lastUse[root[output.index]] = program.instructions.count }
    }
  }
}
