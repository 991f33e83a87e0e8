import Diagnostics
import IntegerProgram

extension ScheduleVerifier {
  /// Plays the program through its memories: what an instruction reads must still stand where it was written.
  mutating func verifyStorage() {
    let (program, storage) = (schedule.program, schedule.storage)
    guard storage.buffers.count == program.tensors.count else {
      return require(false, "\(storage.buffers.count) buffers", nil, supported: "one per tensor")
    }
    for (index, tensor) in program.tensors.enumerated() {
      let type = storage[TensorID(index)].type
      require(
        type.bytes >= CodeType(holding: tensor.range).bytes, "codes of \(tensor.type.bits) bits in \(type.bits)",
        tensor.name)
    }
    var held = program.inputs.enumerated().filter { storage[$0.element].place == .input($0.offset) }.map(\.element)
    for instruction in program.instructions {
      let output = instruction.output
      for input in instruction.inputs {
        require(held.contains(input), "reads '\(program[input].name)' where it does not stand", instruction.name)
      }
      if case .reshape(let reshape) = instruction {
        require(storage[output] == storage[reshape.input], "moves in a reshape", instruction.name)
      } else {
        require(fits(output), "its output does not fit the arena", instruction.name)
        require(
          !instruction.inputs.contains { overlap($0, output) }, "writes over what it reads", instruction.name)
        held.removeAll { overlap($0, output) }
      }
      held.append(output)
    }
    for output in program.outputs {
      require(held.contains(output.tensor), "output '\(output.name)' does not stand at the end", nil)
    }
  }

  private func fits(_ tensor: TensorID) -> Bool {
    guard let range = elements(tensor) else { return false }
    let arena = schedule.storage.arenas.first { $0.type == schedule.storage[tensor].type }
    return range.lowerBound >= 0 && range.upperBound <= arena?.elements ?? 0
  }

  private func overlap(_ first: TensorID, _ second: TensorID) -> Bool {
    guard schedule.storage[first].type == schedule.storage[second].type, let one = elements(first),
      let other = elements(second)
    else { return false }
    return one.overlaps(other)
  }

  /// What a tensor takes up of its arena; nil in the caller's arrays.
  private func elements(_ tensor: TensorID) -> Range<Int>? {
    guard case .arena(let offset) = schedule.storage[tensor].place else { return nil }
    return offset..<offset + schedule.program[tensor].shape.elements
  }
}
