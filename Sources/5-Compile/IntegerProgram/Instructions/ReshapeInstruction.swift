import Diagnostics
import Numbers
import Text

/// The same codes in the same order under another shape: no work.
package struct ReshapeInstruction: Hashable, Sendable {
  package var name: String
  package var input: TensorID
  package var output: TensorID

  package init(name: String, input: TensorID, output: TensorID) {
    self.name = name
    self.input = input
    self.output = output
  }
}

extension ReshapeInstruction: InstructionKind {
  var inputs: [TensorID] { [input] }
  var mnemonic: String { "reshape" }

  func verify(by verifier: inout ProgramVerifier) { verifier.verify(self) }
}

extension ProgramVerifier {
  mutating func verify(_ instruction: ReshapeInstruction) {
    let input = program[instruction.input]
    let output = program[instruction.output]
    require(
      input.shape.elements == output.shape.elements, "\(output.shape.elements) elements", tensor: output.name,
      supported: "\(input.shape.elements)")
    requireCodes(input.range.wide, in: output)
  }
}

extension ReshapeInstruction {
  init(_ reader: inout InstructionReader) throws {
    self.init(name: reader.name, input: try reader.input(), output: reader.output)
  }
}
