import IntegerProgram

/// Where every tensor of a program lives: in the caller's arrays or in one of the arenas, of which there is one per type
/// of code (a memory of its own in hardware, and no array is ever read as another type).
package struct Storage: Hashable, Sendable {
  package struct Buffer: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
      /// The caller's array of program input `index`.
      case input(Int)
      /// Elements from `offset` on of the arena for the buffer's type.
      case arena(offset: Int)
    }

    package var type: CodeType
    package var place: Place
  }

  /// A memory for all tensors of one type.
  package struct Memory: Hashable, Sendable {
    package var type: CodeType
    package var elements: Int
  }

  /// By tensor. A reshaped tensor shares its source's buffer.
  package var buffers: [Buffer]
  /// In order of their types' widths.
  package private(set) var arenas: [Memory]

  /// Bytes of all arenas.
  package var bytes: Int { arenas.reduce(0) { $0 + $1.elements * $1.type.bytes } }

  package subscript(id: TensorID) -> Buffer { buffers[id.index] }

  package init(buffers: [Buffer], arenas: [Memory]) {
    self.buffers = buffers
    self.arenas = arenas
  }

  package init(_ program: IntegerProgram) {
    let lifetimes = Lifetimes(program)
    var arenas: [CodeType: Arena] = [:]
    var buffers = program.tensors.map { Buffer(type: CodeType(holding: $0.range), place: .arena(offset: 0)) }
    for (index, input) in program.inputs.enumerated() { buffers[input.index].place = .input(index) }
    for output in program.instructions.map(\.output) {
      guard let life = lifetimes[output] else {
        buffers[output.index] = buffers[lifetimes.root(of: output).index]
        continue
      }
      let elements = program[output].shape.elements
      buffers[output.index].place = .arena(
        offset: arenas[buffers[output.index].type, default: Arena()].place(elements, life: life))
    }
    self.buffers = buffers
    self.arenas = arenas.map { Memory(type: $0.key, elements: $0.value.size) }.sorted { $0.type.bytes < $1.type.bytes }
  }
}
