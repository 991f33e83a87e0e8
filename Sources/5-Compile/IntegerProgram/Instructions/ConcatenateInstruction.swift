import Diagnostics
import Numbers
import Targets
import Text

/// Inputs one after another along an axis (0 rows, 1 columns, 2 channels); each input's codes times its coefficient plus
/// its offset.
package struct ConcatenateInstruction: Hashable, Sendable {
  package struct Part: Hashable, Sendable {
    package var input: TensorID
    package var coefficient: Int64
    package var offset: Int64
    package init(input: TensorID, coefficient: Int64 = 1, offset: Int64 = 0) {
      self.input = input
      self.coefficient = coefficient
      self.offset = offset
    }
  }

  package var name: String
  package var parts: [Part]
  package var axis: Int
  package var output: TensorID

  package init(name: String, parts: [Part], axis: Int, output: TensorID) {
    self.name = name
    self.parts = parts
    self.axis = axis
    self.output = output
  }
}

extension ConcatenateInstruction: InstructionKind {
  var inputs: [TensorID] { parts.map(\.input) }
  var mnemonic: String { "concatenate" }

  func verify(by verifier: inout ProgramVerifier) { verifier.verify(self) }
}

extension ProgramVerifier {
  mutating func verify(_ instruction: ConcatenateInstruction) {
    let output = program[instruction.output]
    guard
      require((0...2).contains(instruction.axis), "axis \(instruction.axis)", supported: "0 to 2"),
      require(!instruction.parts.isEmpty, "a concatenation of nothing")
    else { return }
    var extent = 0
    for part in instruction.parts {
      let tensor = program[part.input]
      extent += tensor.shape[axis: instruction.axis]
      var expected = output.shape
      expected[axis: instruction.axis] = tensor.shape[axis: instruction.axis]
      requireShape(expected, of: tensor)
      requireCodes(
        tensor.range.wide.scaled(by: Int128(part.coefficient)).shifted(by: Int128(part.offset)), in: output)
    }
    var expected = output.shape
    expected[axis: instruction.axis] = extent
    requireShape(expected, of: output)
  }
}

extension ConcatenateInstruction {
  func write(to writer: inout AttributeWriter, in program: IntegerProgram) {
    writer.write("axis", axis)
    writer.write("coefficients", parts.map(\.coefficient), unless: parts.map { _ in 1 })
    writer.write("offsets", parts.map(\.offset), unless: parts.map { _ in 0 })
  }

  init(_ reader: inout InstructionReader) throws {
    let coefficients = try reader.numbers("coefficients", default: 1)
    let offsets = try reader.numbers("offsets", default: 0)
    self.init(
      name: reader.name,
      parts: reader.inputs.indices.map {
        Part(input: reader.inputs[$0], coefficient: coefficients[$0], offset: offsets[$0])
      },
      axis: try reader.attributes.read("axis"), output: reader.output)
  }
}

extension MapShape {
  fileprivate subscript(axis axis: Int) -> Int {
    get {
      switch axis {
      case 0: rows
      case 1: columns
      default: channels
      }
    }
    set {
      switch axis {
      case 0: rows = newValue
      case 1: columns = newValue
      default: channels = newValue
      }
    }
  }
}
