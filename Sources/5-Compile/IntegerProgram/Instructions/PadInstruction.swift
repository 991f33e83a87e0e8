import Diagnostics
import Numbers
import Targets
import Text

/// Rows and columns of `code`, the code of zero, around a feature map; right and bottom follow from the output's shape.
package struct PadInstruction: Hashable, Sendable, InstructionKind {
  package var name: String
  package var input: TensorID
  package var output: TensorID
  package var top: Int
  package var left: Int
  package var code: Int64

  package init(name: String, input: TensorID, output: TensorID, top: Int, left: Int, code: Int64) {
    self.name = name
    self.input = input
    self.output = output
    self.top = top
    self.left = left
    self.code = code
  }

  func write(to writer: inout AttributeWriter, in program: IntegerProgram) {
    writer.write("at", [top, left])
    writer.write("code", code)
  }

  init(_ reader: inout InstructionReader) throws {
    let at: Extents = try reader.attributes.read("at")
    self.init(
      name: reader.name, input: try reader.input(), output: reader.output, top: at.rows, left: at.columns,
      code: try reader.attributes.read("code"))
  }

  var inputs: [TensorID] { [input] }
  var mnemonic: String { "pad" }

  func verify(by verifier: inout ProgramVerifier) {
    let input = verifier.program[self.input]
    let output = verifier.program[self.output]
    verifier.require(
      top >= 0 && left >= 0 && output.shape.channels == input.shape.channels
        && output.shape.rows - top >= input.shape.rows
        && output.shape.columns - left >= input.shape.columns,
      "\(input.shape) padded by \(top) rows and \(left) columns", tensor: output.name,
      supported: "what fits \(output.shape)")
    verifier.requireCodes(input.range.wide, in: output)
    verifier.requireCodes(Int128(code)...Int128(code), in: output)
  }
}
