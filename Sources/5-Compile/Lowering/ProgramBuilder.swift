import IntegerProgram
import Numbers
import QIR

/// The program while it grows: each tensor with the instruction that writes it, put in once, whole.
struct ProgramBuilder {
  struct Tensor {
    /// It is named after this node, whose values it holds, or would without what waits.
    var node: NodeID
    var name: String
    var shape: MapShape
    /// What the integers mean.
    var coding: Coding
    /// What the integers can reach.
    var reach: PerChannel<CodeRange>
    var range: CodeRange

    init(node: NodeID, name: String, shape: MapShape, coding: Coding, reach: PerChannel<CodeRange>) {
      self.node = node
      self.name = name
      self.shape = shape
      self.coding = coding
      self.reach = reach
      range = reach.hull()
    }
  }

  /// In the program's order; nil where a place is held for what a quantizer will make.
  private var tensors: [(tensor: Tensor, made: (instruction: Instruction, node: NodeID)?)?] = []
  private var inputs: [TensorID] = []
  private var outputs: [ProgramOutput] = []

  /// Holds the next place.
  mutating func reserve() -> TensorID {
    tensors.append(nil)
    return TensorID(tensors.count - 1)
  }

  /// Puts in an instruction and its output at the place that is held for it.
  /// - Parameter node: the one that the instruction computes, before what is fused with it.
  mutating func put(_ instruction: Instruction, of node: NodeID, writing tensor: Tensor) {
    precondition(tensors[instruction.output.index] == nil, "every tensor is written once")
    tensors[instruction.output.index] = (tensor, (instruction, node))
  }

  /// A tensor that the host fills.
  mutating func putInput(_ tensor: Tensor) -> TensorID {
    tensors.append((tensor, nil))
    inputs.append(TensorID(tensors.count - 1))
    return TensorID(tensors.count - 1)
  }

  mutating func handOut(_ output: ProgramOutput) { outputs.append(output) }

  subscript(id: TensorID) -> Tensor {
    guard let step = tensors[id.index] else { preconditionFailure("only its quantizer reads a pending tensor") }
    return step.tensor
  }

  /// The finished program.
  func program(named name: String) -> IntegerProgram {
    IntegerProgram(
      name: name,
      tensors: tensors.indices.map { index in
        let tensor = self[TensorID(index)]
        return ProgramTensor(
          name: tensor.name, shape: tensor.shape, range: tensor.range,
          encoding: tensor.coding.encoding)
      },
      inputs: inputs, outputs: outputs, instructions: tensors.compactMap { $0?.made?.instruction })
  }

  /// By instruction: the node that it computes, before what is fused with it.
  var instructionNodes: [NodeID] { tensors.compactMap { $0?.made?.node } }
}
