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
      let buffer = storage[TensorID(index)]
      require(
        buffer.type.range.contains(tensor.range), "codes of \(tensor.type.bits) bits in \(buffer.type.bits)",
        tensor.name)
      if case .arena(let offset) = buffer.place {
        require(offset.isMultiple(of: buffer.type.bytes), "does not begin with a code's place", tensor.name)
      }
    }
    var held = program.inputs.enumerated().filter { storage[$0.element].place == .input($0.offset) }.map(\.element)
    for instruction in program.instructions {
      let output = instruction.output
      for input in instruction.inputs {
        require(held.contains(input), "reads '\(program[input].name)' where it does not stand", instruction.name)
      }
      if case .linear(let layer) = instruction {
        require(storage[layer.input].type.isSigned, "multiplies unsigned codes", instruction.name)
      }
      if case .reshape(let reshape) = instruction {
        require(storage[output] == storage[reshape.input], "moves in a reshape", instruction.name)
      } else {
        require(fits(output), "its output does not fit the arena", instruction.name)
        require(
          !instruction.inputs.contains { overlap($0, output) && !isInPlace($0, instruction) },
          "writes over what it reads",
          instruction.name)
        held.removeAll { overlap($0, output) }
      }
      held.append(output)
    }
    for output in program.outputs {
      require(held.contains(output.tensor), "output '\(output.name)' does not stand at the end", nil)
    }
  }

  private func fits(_ tensor: TensorID) -> Bool {
    guard let range = bytes(tensor) else { return false }
    return range.lowerBound >= 0 && range.upperBound <= schedule.storage.bytes
  }

  private func overlap(_ first: TensorID, _ second: TensorID) -> Bool {
    guard let one = bytes(first), let other = bytes(second) else { return false }
    return one.overlaps(other)
  }

  /// Whether every code of an instruction's output takes the place of the input's code that it is made of.
  private func isInPlace(_ input: TensorID, _ instruction: Instruction) -> Bool {
    let storage = schedule.storage
    return instruction.inputsReadInPlace.contains(input) && storage[input].place == storage[instruction.output].place
      && storage[input].type.bytes == storage[instruction.output].type.bytes
  }

  /// What a tensor takes up of the arena; nil in the caller's arrays.
  private func bytes(_ tensor: TensorID) -> Range<Int>? {
    let buffer = schedule.storage[tensor]
    guard case .arena(let offset) = buffer.place else { return nil }
    return offset..<offset + schedule.program[tensor].shape.elements * buffer.type.bytes
  }
}
