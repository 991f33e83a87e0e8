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

/// Inputs one after another along an axis (0 rows, 1 columns, 2 channels); each input's codes times its coefficient plus
/// its offset.
package struct ConcatenateInstruction: Hashable, Sendable, InstructionKind {
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

  var inputs: [TensorID] { parts.map(\.input) }
  var mnemonic: String { "concatenate" }

  func verify(by verifier: inout ProgramVerifier) {
    let output = verifier.program[self.output]
    guard
      verifier.require((0...2).contains(axis), "axis \(axis)", supported: "0 to 2"),
      verifier.require(!parts.isEmpty, "a concatenation of nothing")
    else { return }
    var extent = 0
    for part in parts {
      let tensor = verifier.program[part.input]
      extent += tensor.shape[axis: axis]
      var expected = output.shape
      expected[axis: axis] = tensor.shape[axis: axis]
      verifier.requireShape(expected, of: tensor)
      verifier.requireCodes(
        tensor.range.wide.scaled(by: Int128(part.coefficient)).shifted(by: Int128(part.offset)), in: output)
    }
    var expected = output.shape
    expected[axis: axis] = extent
    verifier.requireShape(expected, of: output)
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
