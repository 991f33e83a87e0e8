import Diagnostics
import Numbers
import Text

/// Products of matrices of codes: the rows of a tensor are matrices of columns x channels;
/// accumulator[m, i, j] = sum over k of (first[m, i, k] + offset) x (second[m, k, j] + offset), or second[m, j, k].
package struct MatrixProductInstruction: Hashable, Sendable, InstructionKind {
  /// Each is coefficient x code + offset, the same in all channels.
  package typealias Factor = CombineInstruction.Term

  package var name: String
  package var first: Factor
  package var second: Factor
  package var transposesSecond: Bool
  package var output: TensorID
  /// Of every partial sum.
  package var accumulatorRange: CodeRange
  package var stage: OutputStage

  package init(
    name: String, first: Factor, second: Factor, transposesSecond: Bool, output: TensorID, accumulatorRange: CodeRange,
    stage: OutputStage
  ) {
    self.name = name
    self.first = first
    self.second = second
    self.transposesSecond = transposesSecond
    self.output = output
    self.accumulatorRange = accumulatorRange
    self.stage = stage
  }

  func write(to writer: inout AttributeWriter, in program: IntegerProgram) {
    let factors = [first, second]
    if transposesSecond { writer.write("second", word: "transposed") }
    writer.write("coefficients", factors.map(\.coefficients), unless: [[1], [1]])
    writer.write("offsets", factors.map(\.offsets), unless: [[0], [0]])
    writer.write("accumulator", accumulatorRange)
    writer.write(stage)
  }

  init(_ reader: inout InstructionReader) throws {
    try require(
      reader.inputs.count == 2, "\(reader.inputs.count) inputs", at: reader.attributes.location, supported: "2")
    let coefficients: [PerChannel<Int64>] = try reader.numbers("coefficients", default: [1])
    let offsets: [PerChannel<Int64>] = try reader.numbers("offsets", default: [0])
    let factors = (0..<2).map {
      Factor(input: reader.inputs[$0], coefficients: coefficients[$0], offsets: offsets[$0])
    }
    self.init(
      name: reader.name, first: factors[0], second: factors[1],
      transposesSecond: try reader.attributes.readWordIfPresent("second", of: ["transposed"]) != nil,
      output: reader.output, accumulatorRange: try reader.attributes.read("accumulator"), stage: try reader.stage())
  }

  /// Bounds of the sums of `terms` products of codes of these ranges.
  package func accumulatorBounds(ranges: [CodeRange], terms: Int) -> AccumulatorBounds {
    let values = zip([first, second], ranges).map { $0.values(of: $1, channel: 0) }
    var bounds = AccumulatorBounds(initial: 0)
    bounds.add(values[0].times(values[1]), count: terms)
    return bounds
  }

  /// How many products an element sums up.
  package func terms(in program: IntegerProgram) -> Int { program[first.input].shape.channels }

  var inputs: [TensorID] { [first.input, second.input] }
  var mnemonic: String { "matrix_product" }

  func verify(by verifier: inout ProgramVerifier) {
    let (left, right) = (verifier.program[first.input], verifier.program[second.input])
    let output = verifier.program[self.output]
    let terms = terms(in: verifier.program)
    let (found, columns) =
      transposesSecond ? (right.shape.channels, right.shape.columns) : (right.shape.columns, right.shape.channels)
    guard
      verifier.require(
        found == terms && left.shape.rows == right.shape.rows,
        "matrices of shapes \(left.shape) and \(right.shape)", supported: "as many matrices, and as many terms"),
      verifier.require(
        [first, second].allSatisfy { $0.channels == 1 }, "coefficients or offsets per channel", supported: "one of each"
      )
    else { return }
    verifier.requireShape(MapShape(rows: left.shape.rows, columns: left.shape.columns, channels: columns), of: output)
    let bounds = accumulatorBounds(ranges: [left.range, right.range], terms: terms)
    guard verifier.requireAccumulators(bounds, in: accumulatorRange) else { return }
    verifier.verify(stage, accumulators: [bounds.final], output: output)
  }
}
