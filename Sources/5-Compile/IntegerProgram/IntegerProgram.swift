/// A network as integers: what the simulators run and the back ends emit. Instructions stand in an order in which every
/// tensor is written before it is read, and each tensor is written once.
package struct IntegerProgram: Hashable, Sendable {
  package var name: String
  package var tensors: [ProgramTensor]
  /// Codes that the host hands in, quantized as their encoding says.
  package var inputs: [TensorID]
  package var outputs: [ProgramOutput]
  package var instructions: [Instruction]

  package init(
    name: String, tensors: [ProgramTensor] = [], inputs: [TensorID] = [], outputs: [ProgramOutput] = [],
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
