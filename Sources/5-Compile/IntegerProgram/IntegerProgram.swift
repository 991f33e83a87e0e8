/// A network as integers: what the simulators run and the back ends emit. Instructions stand in an order in which every
/// tensor is written before it is read, and each tensor is written once.
package struct IntegerProgram: Hashable, Sendable {
  package var name: String
  package var tensors: [ProgramTensor]
  /// Codes that the host hands in, quantized as their encoding says.
  package var inputs: [TensorID]
  package var outputs: [TensorID]
  package var instructions: [Instruction]

  package init(
    name: String, tensors: [ProgramTensor] = [], inputs: [TensorID] = [], outputs: [TensorID] = [],
    instructions: [Instruction] = []
  ) {
    self.name = name
    self.tensors = tensors
    self.inputs = inputs
    self.outputs = outputs
    self.instructions = instructions
  }

  package subscript(id: TensorID) -> ProgramTensor { tensors[id.index] }

  package mutating func add(_ tensor: ProgramTensor) -> TensorID {
    tensors.append(tensor)
    return TensorID(tensors.count - 1)
  }
}

extension Instruction {
  package var name: String {
    switch self {
    case .linear(let instruction): instruction.name
    case .sum(let instruction): instruction.name
    case .pool(let instruction): instruction.name
    case .requantize(let instruction): instruction.name
    case .concatenate(let instruction): instruction.name
    case .pad(let instruction): instruction.name
    case .reshape(let instruction): instruction.name
    }
  }

  package var inputs: [TensorID] {
    switch self {
    case .linear(let instruction): [instruction.input]
    case .sum(let instruction): instruction.terms.map(\.input)
    case .pool(let instruction): [instruction.input]
    case .requantize(let instruction): [instruction.input]
    case .concatenate(let instruction): instruction.parts.map(\.input)
    case .pad(let instruction): [instruction.input]
    case .reshape(let instruction): [instruction.input]
    }
  }

  package var output: TensorID {
    switch self {
    case .linear(let instruction): instruction.output
    case .sum(let instruction): instruction.output
    case .pool(let instruction): instruction.output
    case .requantize(let instruction): instruction.output
    case .concatenate(let instruction): instruction.output
    case .pad(let instruction): instruction.output
    case .reshape(let instruction): instruction.output
    }
  }
}
