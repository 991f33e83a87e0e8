import Diagnostics
import Numbers
import Text

/// accumulator = sum of coefficient_i x code_i over inputs of one shape, element by element.
package struct SumInstruction: Hashable, Sendable {
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
}

extension SumInstruction: InstructionKind {
  var inputs: [TensorID] { terms.map(\.input) }
  var mnemonic: String { "sum" }

  func verify(by verifier: inout ProgramVerifier) { verifier.verify(self) }
}

extension ProgramVerifier {
  mutating func verify(_ instruction: SumInstruction) {
    let output = program[instruction.output]
    guard require(!instruction.terms.isEmpty, "a sum of nothing") else { return }
    for term in instruction.terms { requireShape(output.shape, of: program[term.input]) }
    let bounds = instruction.accumulatorBounds(ranges: instruction.terms.map { program[$0.input].range })
    guard requireAccumulators(bounds, in: instruction.accumulatorRange) else { return }
    verify(instruction.stage, accumulators: [bounds.final], output: output)
  }
}

extension SumInstruction {
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
}

extension SumInstruction {
  /// Bounds of the accumulators for terms with these ranges of codes.
  package func accumulatorBounds(ranges: [CodeRange]) -> AccumulatorBounds {
    var bounds = AccumulatorBounds(initial: 0)
    for (term, range) in zip(terms, ranges) {
      bounds.add(range.wide.scaled(by: Int128(term.coefficient)))
    }
    return bounds
  }
}
