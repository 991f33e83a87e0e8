import Text

/// One step of a program. Everything is integer; feature maps are rows x columns x channels.
package enum Instruction: Hashable, Sendable {
  case linear(LinearInstruction)
  case combine(CombineInstruction)
  case matrixProduct(MatrixProductInstruction)
  case pool(PoolInstruction)
  case requantize(RequantizeInstruction)
  case move(MoveInstruction)
  case reshape(ReshapeInstruction)

  var kind: any InstructionKind {
    switch self {
    case .linear(let instruction): instruction
    case .combine(let instruction): instruction
    case .matrixProduct(let instruction): instruction
    case .pool(let instruction): instruction
    case .requantize(let instruction): instruction
    case .move(let instruction): instruction
    case .reshape(let instruction): instruction
    }
  }

  package var name: String { kind.name }
  package var inputs: [TensorID] { kind.inputs }
  package var output: TensorID { kind.output }

  /// Inputs of which no code is read once the output's code at its place is written, so that both may lie in one place.
  package var inputsReadInPlace: [TensorID] {
    switch self {
    case .combine, .requantize: inputs
    case .linear, .matrixProduct, .pool, .move, .reshape: []
    }
  }
}

/// What every instruction says of itself, in its files under `Instructions/`.
protocol InstructionKind {
  var name: String { get }
  var inputs: [TensorID] { get }
  var output: TensorID { get }
  /// What it is called in the text form.
  var mnemonic: String { get }
  /// Its attributes in the text form: everything but name, inputs and output.
  func write(to writer: inout AttributeWriter, in program: IntegerProgram)
  func verify(by verifier: inout ProgramVerifier)
}

extension InstructionKind {
  func write(to writer: inout AttributeWriter, in program: IntegerProgram) {}
}
