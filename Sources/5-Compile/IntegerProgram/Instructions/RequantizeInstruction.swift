import Numbers
import Text

/// The input's codes as accumulators of a requantization, element by element.
package struct RequantizeInstruction: Hashable, Sendable {
  package var name: String
  package var input: TensorID
  package var output: TensorID
  package var requantization: Requantization

  package init(name: String, input: TensorID, output: TensorID, requantization: Requantization) {
    self.name = name
    self.input = input
    self.output = output
    self.requantization = requantization
  }
}

extension RequantizeInstruction: InstructionKind {
  var inputs: [TensorID] { [input] }
  var mnemonic: String { "requantize" }

  func verify(by verifier: inout ProgramVerifier) { verifier.verify(self) }

  func write(to writer: inout AttributeWriter, in program: IntegerProgram) { writer.write("by", requantization) }
}

extension ProgramVerifier {
  mutating func verify(_ instruction: RequantizeInstruction) {
    let input = program[instruction.input]
    let output = program[instruction.output]
    requireShape(input.shape, of: output)
    verify(instruction.requantization, accumulators: [input.range.wide], output: output)
  }
}

extension RequantizeInstruction {
  init(_ reader: inout InstructionReader) throws {
    self.init(
      name: reader.name, input: try reader.input(), output: reader.output,
      requantization: try reader.attributes.read("by"))
  }
}
