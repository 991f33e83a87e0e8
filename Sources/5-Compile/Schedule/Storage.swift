import IntegerProgram

/// Where every tensor of a program lives: in the caller's arrays or in the arena, which tensors of all widths share. Only what
/// lives at the same time lies apart.
package struct Storage: Hashable, Sendable {
  package struct Buffer: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
      /// The caller's array of program input `index`.
      case input(Int)
      /// Bytes from `offset` on of the arena, a multiple of the type's.
      case arena(offset: Int)
    }

    package var type: CodeType
    package var place: Place
  }

  /// By tensor. A reshaped tensor shares its source's buffer.
  package var buffers: [Buffer]
  /// Of the arena.
  package let bytes: Int

  package subscript(id: TensorID) -> Buffer { buffers[id.index] }

  package init(buffers: [Buffer], bytes: Int) {
    self.buffers = buffers
    self.bytes = bytes
  }

  package init(_ program: IntegerProgram) {
    let types = Self.types(of: program)
    let inPlace = Storage(program, types: types, lifetimes: Self.inPlaceLifetimes(program, types))
    let apart = Storage(program, types: types, lifetimes: Lifetimes(program))
    self = inPlace.bytes <= apart.bytes ? inPlace : apart
  }

  private init(_ program: IntegerProgram, types: [CodeType], lifetimes: Lifetimes) {
    var buffers = types.map { Buffer(type: $0, place: .arena(offset: 0)) }
    for (index, input) in program.inputs.enumerated() { buffers[input.index].place = .input(index) }
    let outputs = program.instructions.map(\.output)
    let living = outputs.compactMap { output in lifetimes[output].map { (tensor: output, life: $0) } }
    let arena = Arena(
      living.map { tensor, life in
        let type = types[tensor.index]
        return .init(size: program[tensor].shape.elements * type.bytes, alignment: type.bytes, life: life)
      })
    for ((tensor, _), offset) in zip(living, arena.offsets) { buffers[tensor.index].place = .arena(offset: offset) }
    for output in outputs where lifetimes[output] == nil {
      buffers[output.index].place = buffers[lifetimes.root(of: output).index].place
    }
    self.init(buffers: buffers, bytes: arena.size)
  }

  /// By tensor: what multipliers read is signed.
  private static func types(of program: IntegerProgram) -> [CodeType] {
    let lifetimes = Lifetimes(program)
    let operands = Set(
      program.instructions.compactMap { instruction in
        if case .linear(let layer) = instruction { lifetimes.root(of: layer.input) } else { nil }
      })
    return program.tensors.indices.map { index in
      let range = program.tensors[index].range
      return operands.contains(lifetimes.root(of: TensorID(index)))
        ? CodeType(holding: range) : CodeType(narrowest: range)
    }
  }

  /// Those where elementwise instructions write over what they read last.
  private static func inPlaceLifetimes(_ program: IntegerProgram, _ types: [CodeType]) -> Lifetimes {
    var lifetimes = Lifetimes(program)
    lifetimes.workInPlace(in: program) { types[$0.index].bytes == types[$1.index].bytes }
    return lifetimes
  }

  /// Bytes of the tensors that live at the moment when they take most: no placement in this order needs less.
  package func leastBytes(of program: IntegerProgram) -> Int {
    let lifetimes = Self.inPlaceLifetimes(program, buffers.map(\.type))
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

  /// How many codes of each type reach to the end of the last tensor of it in the arena, in order of width.
  package func extents(of program: IntegerProgram) -> [(type: CodeType, elements: Int)] {
    var elements: [CodeType: Int] = [:]
    for (tensor, buffer) in zip(program.tensors, buffers) {
      guard case .arena(let offset) = buffer.place else { continue }
      elements[buffer.type] = max(elements[buffer.type] ?? 0, offset / buffer.type.bytes + tensor.shape.elements)
    }
    return elements.sorted { ($0.key.bytes, $0.key.isSigned ? 0 : 1) < ($1.key.bytes, $1.key.isSigned ? 0 : 1) }
      .map { ($0.key, $0.value) }
  }
}
