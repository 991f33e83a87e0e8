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

/// Boxes of inputs put into boxes of the output, each input's codes times its coefficient plus its offset: slices, transposes, repeats,
/// concatenations. What no box covers holds one code, that of zero as a rule.
package struct MoveInstruction: Hashable, Sendable, InstructionKind {
  package struct Part: Hashable, Sendable {
    package var input: TensorID
    package var box: BoxCopy
    package var coefficient: Int64
    package var offset: Int64

    package init(input: TensorID, box: BoxCopy, coefficient: Int64 = 1, offset: Int64 = 0) {
      self.input = input
      self.box = box
      self.coefficient = coefficient
      self.offset = offset
    }

    /// Whether codes stay what they are.
    package var isPlain: Bool { coefficient == 1 && offset == 0 }
  }

  package var name: String
  package var parts: [Part]
  /// The code around the parts; nil where they cover the output.
  package var fill: Int64?
  package var output: TensorID

  package init(name: String, parts: [Part], fill: Int64? = nil, output: TensorID) {
    self.name = name
    self.parts = parts
    self.fill = fill
    self.output = output
  }

  func write(to writer: inout AttributeWriter, in program: IntegerProgram) {
    writer.write("boxes", parts.map(\.box))
    writer.write("coefficients", parts.map(\.coefficient), unless: parts.map { _ in 1 })
    writer.write("offsets", parts.map(\.offset), unless: parts.map { _ in 0 })
    if let fill { writer.write("fill", fill) }
  }

  init(_ reader: inout InstructionReader) throws {
    let boxes: [BoxCopy] = try reader.attributes.read("boxes")
    let coefficients = try reader.numbers("coefficients", default: Int64(1))
    let offsets = try reader.numbers("offsets", default: Int64(0))
    try require(
      boxes.count == reader.inputs.count, "\(boxes.count) boxes for \(reader.inputs.count) inputs",
      at: reader.attributes.location, supported: "one per input")
    self.init(
      name: reader.name,
      parts: reader.inputs.indices.map {
        Part(input: reader.inputs[$0], box: boxes[$0], coefficient: coefficients[$0], offset: offsets[$0])
      },
      fill: try reader.attributes.readIfPresent("fill"), output: reader.output)
  }

  var inputs: [TensorID] { parts.map(\.input) }
  var mnemonic: String { "move" }

  /// What is read is there, and every element is written once, or holds the fill.
  func verify(by verifier: inout ProgramVerifier) {
    let output = verifier.program[self.output]
    let places = 0...output.shape.elements - 1
    var isWritten = [Bool](repeating: false, count: output.shape.elements)
    for (index, part) in parts.enumerated() {
      let input = verifier.program[part.input]
      let (read, written) = (part.box.sourceRange, part.box.targetRange)
      guard
        verifier.require(
          (0...input.shape.elements - 1).contains(read),
          "box \(index) of elements \(read.lowerBound) to \(read.upperBound)",
          tensor: input.name, supported: "its \(input.shape.elements) elements"),
        verifier.require(
          places.contains(written), "box \(index) at elements \(written.lowerBound) to \(written.upperBound)",
          tensor: output.name, supported: "its \(output.shape.elements) elements")
      else { return }
      verifier.requireCodes(
        input.range.wide.scaled(by: Int128(part.coefficient)).shifted(by: Int128(part.offset)), in: output)
      var isFree = true
      let run = part.box.run
      part.box.forEachRun { _, target in
        for step in 0..<run.extent {
          let place = target + step * run.targetStride
          isFree = isFree && !isWritten[place]
          isWritten[place] = true
        }
      }
      guard verifier.require(isFree, "box \(index) over another one", tensor: output.name) else { return }
    }
    if let fill {
      verifier.requireCodes(Int128(fill)...Int128(fill), in: output)
    } else {
      verifier.require(
        isWritten.allSatisfy(\.self), "elements that no box covers", tensor: output.name, supported: "a fill")
    }
  }
}
