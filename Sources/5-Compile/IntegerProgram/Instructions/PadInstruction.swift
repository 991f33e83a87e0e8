import Diagnostics
import Numbers
import Targets
import Text

/// Rows and columns of `code`, the code of zero, around a feature map; right and bottom follow from the output's shape.
package struct PadInstruction: Hashable, Sendable {
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
}

extension PadInstruction: InstructionKind {
  var inputs: [TensorID] { [input] }
  var mnemonic: String { "pad" }

  func verify(by verifier: inout ProgramVerifier) { verifier.verify(self) }
}

extension ProgramVerifier {
  mutating func verify(_ instruction: PadInstruction) {
    let input = program[instruction.input]
    let output = program[instruction.output]
    require(
      instruction.top >= 0 && instruction.left >= 0 && output.shape.channels == input.shape.channels
        && output.shape.rows - instruction.top >= input.shape.rows
        && output.shape.columns - instruction.left >= input.shape.columns,
      "\(input.shape) padded by \(instruction.top) rows and \(instruction.left) columns", tensor: output.name,
      supported: "what fits \(output.shape)")
    requireCodes(input.range.wide, in: output)
    requireCodes(Int128(instruction.code)...Int128(instruction.code), in: output)
  }
}

extension PadInstruction {
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
}
