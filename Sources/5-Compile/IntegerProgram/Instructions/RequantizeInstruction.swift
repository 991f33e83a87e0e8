import Numbers
import Text

/// The input's codes as accumulators of a requantization, element by element.
package struct RequantizeInstruction: Hashable, Sendable, InstructionKind {
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

  init(_ reader: inout InstructionReader) throws {
    self.init(
      name: reader.name, input: try reader.input(), output: reader.output,
      requantization: try reader.attributes.read("by"))
  }

  var inputs: [TensorID] { [input] }
  var mnemonic: String { "requantize" }

  func verify(by verifier: inout ProgramVerifier) {
    let input = verifier.program[self.input]
    let output = verifier.program[self.output]
    verifier.requireShape(input.shape, of: output)
    verifier.verify(requantization, accumulators: [input.range.wide], output: output)
  }

  func write(to writer: inout AttributeWriter, in program: IntegerProgram) { writer.write("by", requantization) }
}
