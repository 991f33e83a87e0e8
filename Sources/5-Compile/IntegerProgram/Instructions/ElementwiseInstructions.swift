import Diagnostics
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

/// accumulator = sum of coefficient_i x code_i over inputs of one shape, element by element.
package struct SumInstruction: Hashable, Sendable, InstructionKind {
  package struct Term: Hashable, Sendable {
    package var input: TensorID
    package var coefficient: Int64
    package init(input: TensorID, coefficient: Int64) {
      self.input = input
      self.coefficient = coefficient
    }
  }

  package var name: String
  package var terms: [Term]
  package var output: TensorID
  package var accumulatorRange: CodeRange
  package var stage: OutputStage

  package init(
    name: String, terms: [Term], output: TensorID, accumulatorRange: CodeRange, stage: OutputStage
  ) {
    self.name = name
    self.terms = terms
    self.output = output
    self.accumulatorRange = accumulatorRange
    self.stage = stage
  }

  func write(to writer: inout AttributeWriter, in program: IntegerProgram) {
    writer.write("coefficients", terms.map(\.coefficient))
    writer.write("accumulator", accumulatorRange)
    writer.write(stage)
  }

  init(_ reader: inout InstructionReader) throws {
    let coefficients = try reader.numbers("coefficients", default: 1)
    self.init(
      name: reader.name, terms: zip(reader.inputs, coefficients).map { Term(input: $0, coefficient: $1) },
      output: reader.output, accumulatorRange: try reader.attributes.read("accumulator"), stage: try reader.stage())
  }

  /// Bounds of the accumulators for terms with these ranges of codes.
  package func accumulatorBounds(ranges: [CodeRange]) -> AccumulatorBounds {
    var bounds = AccumulatorBounds(initial: 0)
    for (term, range) in zip(terms, ranges) {
      bounds.add(range.wide.scaled(by: Int128(term.coefficient)))
    }
    return bounds
  }

  var inputs: [TensorID] { terms.map(\.input) }
  var mnemonic: String { "sum" }

  func verify(by verifier: inout ProgramVerifier) {
    let output = verifier.program[self.output]
    guard verifier.require(!terms.isEmpty, "a sum of nothing") else { return }
    for term in terms { verifier.requireShape(output.shape, of: verifier.program[term.input]) }
    let bounds = accumulatorBounds(ranges: terms.map { verifier.program[$0.input].range })
    guard verifier.requireAccumulators(bounds, in: accumulatorRange) else { return }
    verifier.verify(stage, accumulators: [bounds.final], output: output)
  }
}
