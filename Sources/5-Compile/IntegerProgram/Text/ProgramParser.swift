import Diagnostics
import Targets
import Text

/// Reads the text form of a program (see `IntegerProgram.text`): what is written is not judged, `verify` does that.
package struct ProgramParser {
  private var program: IntegerProgram

  /// Throws all that is wrong with `text`.
  package static func program(from text: String, file: String? = nil) throws(Diagnostics) -> IntegerProgram {
    var parser = ProgramParser(program: IntegerProgram(name: "program"))
    var reader = StatementReader<TensorID>(
      kind: "program", of: "tensor", resultForm: "[rows, columns, channels] least..most scale=…", file: file)
    try reader.read(text) { try parser.tensor(of: &$0, inputs: $1) }
    if let name = reader.name { parser.program.name = name }
    var problems = Diagnostics()
    parser.program.outputs = reader.outputs.compactMap { output in
      problems.collecting { try ProgramOutput(output.value, output.attributes, in: parser.program) }
    }
    try problems.throwIfErrors()
    return parser.program
  }

  /// - Parameter inputs: nil where one of them could not be read.
  private mutating func tensor(of statement: inout Statement, inputs: [TensorID]?) throws -> TensorID? {
    let tensor = try ProgramTensor(statement)
    guard let inputs else { return nil }
    let output = TensorID(program.tensors.count)
    if statement.mnemonic == "input" {
      try statement.attributes.finish()
      program.inputs.append(output)
    } else {
      let read = try require(
        Instruction.readers[statement.mnemonic], "unknown instruction '\(statement.mnemonic)'", at: statement.location,
        supported: (["input"] + Instruction.readers.keys.sorted()).joined(separator: ", "))
      var reader = InstructionReader(
        name: try statement.attributes.readWord("name", default: statement.name), program: program, inputs: inputs,
        output: output, outputTensor: tensor, attributes: statement.attributes)
      let instruction = try read(&reader)
      try reader.attributes.finish()
      program.instructions.append(instruction)
    }
    program.tensors.append(tensor)
    return output
  }
}

/// What the line of an instruction says, for the instruction to read.
struct InstructionReader {
  let name: String
  let program: IntegerProgram
  let inputs: [TensorID]
  let output: TensorID
  let outputTensor: ProgramTensor
  var attributes: AttributeReader

  /// Of an instruction that reads one tensor.
  func input() throws -> TensorID {
    try require(inputs.count == 1, "\(inputs.count) inputs", at: attributes.location, supported: "1")
    return inputs[0]
  }

  /// One number, or one per channel, per input.
  mutating func numbers<Number: TextValue>(_ name: String, default standard: Number) throws -> [Number] {
    let numbers: [Number] = try attributes.read(name, default: inputs.map { _ in standard })
    try require(
      numbers.count == inputs.count, "\(numbers.count) \(name) for \(inputs.count) inputs", at: attributes.location,
      supported: "one per input")
    return numbers
  }

  mutating func stage() throws -> OutputStage { try attributes.read("by", default: .accumulator) }
}

extension AttributeWriter {
  /// Nothing where accumulators are handed out as they are.
  mutating func write(_ stage: OutputStage) { write("by", stage, unless: .accumulator) }
}

extension Instruction {
  /// By mnemonic.
  static let readers: [String: @Sendable (inout InstructionReader) throws -> Instruction] = {
    var readers: [String: @Sendable (inout InstructionReader) throws -> Instruction] = [
      "matrix_product": { .matrixProduct(try MatrixProductInstruction(&$0)) },
      "max_pool": { .pool(try PoolInstruction(&$0, isMaximum: true)) },
      "sum_pool": { .pool(try PoolInstruction(&$0, isMaximum: false)) },
      "requantize": { .requantize(try RequantizeInstruction(&$0)) },
      "move": { .move(try MoveInstruction(&$0)) },
      "reshape": { .reshape(try ReshapeInstruction(&$0)) },
    ]
    for operation in CombineInstruction.Operation.allCases {
      readers[operation.rawValue] = { .combine(try CombineInstruction(&$0, operation)) }
    }
    for engine in EngineKind.all {
      readers[engine.name] = { .linear(try LinearInstruction(&$0, engine: engine)) }
    }
    return readers
  }()
}
