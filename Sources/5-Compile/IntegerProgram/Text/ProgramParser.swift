import Diagnostics
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
      guard let read = Instruction.readers[statement.mnemonic] else {
        throw Diagnostic(
          "unknown instruction '\(statement.mnemonic)'", at: statement.location,
          supported: (["input"] + Instruction.readers.keys.sorted()).joined(separator: ", "))
      }
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
