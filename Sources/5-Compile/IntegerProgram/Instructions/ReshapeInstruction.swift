import Diagnostics
import Numbers
import Text

/// The same codes in the same order under another shape: no work.
package struct ReshapeInstruction: Hashable, Sendable, InstructionKind {
  package var name: String
  package var input: TensorID
  package var output: TensorID

  package init(name: String, input: TensorID, output: TensorID) {
    self.name = name
    self.input = input
    self.output = output
  }

  init(_ reader: inout InstructionReader) throws {
    self.init(name: reader.name, input: try reader.input(), output: reader.output)
  }

  var inputs: [TensorID] { [input] }
  var mnemonic: String { "reshape" }

  func verify(by verifier: inout ProgramVerifier) {
    let input = verifier.program[self.input]
    let output = verifier.program[self.output]
    verifier.require(
      input.shape.elements == output.shape.elements, "\(output.shape.elements) elements", tensor: output.name,
      supported: "\(input.shape.elements)")
    verifier.requireCodes(input.range.wide, in: output)
  }
}
