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

  /// Bytes of the tensors that live at the moment when they take most: no placement needs less.
  package func leastBytes(of program: IntegerProgram) -> Int {
    let lifetimes = Lifetimes(program)
    var change = [Int](repeating: 0, count: program.instructions.count + 2)
    for output in program.instructions.map(\.output) {
      guard let life = lifetimes[output] else { continue }
      let bytes = program[output].shape.elements * self[output].type.bytes
      change[life.lowerBound] += bytes
      change[life.upperBound + 1] -= bytes
    }
    var (now, most) = (0, 0)
    for bytes in change {
      now += bytes
      most = max(most, now)
    }
    return most
  }

  package init(buffers: [Buffer], arenas: [Memory]) {
    self.buffers = buffers
    self.arenas = arenas
  }

  package init(_ program: IntegerProgram) {
    let lifetimes = Lifetimes(program)
    var living: [CodeType: [(tensor: TensorID, buffer: Arena.Buffer)]] = [:]
    var buffers = program.tensors.map { Buffer(type: CodeType(holding: $0.range), place: .arena(offset: 0)) }
    for (index, input) in program.inputs.enumerated() { buffers[input.index].place = .input(index) }
    for output in program.instructions.map(\.output) {
      guard let life = lifetimes[output] else { continue }
      living[buffers[output.index].type, default: []].append(
        (output, .init(size: program[output].shape.elements, life: life)))
    }
    arenas = []
    for (type, living) in living.sorted(by: { $0.key.bytes < $1.key.bytes }) {
      let arena = Arena(living.map(\.buffer))
      for (output, offset) in zip(living.map(\.tensor), arena.offsets) {
        buffers[output.index].place = .arena(offset: offset)
      }
      arenas.append(Memory(type: type, elements: arena.size))
    }
    for output in program.instructions.map(\.output) where lifetimes[output] == nil {
      buffers[output.index] = buffers[lifetimes.root(of: output).index]
    }
    self.buffers = buffers
  }
}
