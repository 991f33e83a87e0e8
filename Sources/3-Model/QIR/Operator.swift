import Diagnostics
import Numbers
import Quantization
import Text

/// What every operator says of itself, in its file under `Operators/`. Passes and analyses ask here; what must know every
/// operator asks for its `kind`. `LinearOperator` and `MovingOperator` answer much of it.
package protocol Operator: Sendable {
  /// Its name in the text form of a graph.
  static var mnemonic: String { get }
  /// What Keras calls a layer of it, for reports of models whose importer knows no layers.
  static var kerasClass: String { get }
  var kind: OperatorKind { get }
  /// Reads back what `write(to:)` wrote.
  init(_ reader: inout AttributeReader) throws
  /// Its attributes in the text form of a graph.
  func write(to writer: inout AttributeWriter)

  /// The result's shape. Throws where the inputs do not fit.
  func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape
  /// Every constant tensor with its name.
  var parameters: [(name: String, parameter: Parameter)] { get }
  /// How many products of a weight and an input element are summed up for an element of the result.
  var productsPerElement: Int { get }

  /// The result in double precision.
  func evaluate(_ operands: Operands) -> [Double]
  /// How far a program that computes in a floating-point format may be from each element of the result, where its inputs are
  /// off by `errors`: 0 where they are the very numbers that it computed with. What is rounded, the operator says.
  func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double]
  /// An element of the result in exact arithmetic; nil where it is irrational.
  func exactValue(of element: Int, _ operands: ExactOperands) -> Rational?
  /// Between which numbers the result lies where the inputs lie in `inputs`; nil where nothing bounds it.
  func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>?

  var motion: Motion { get }
  /// Whether the result is the first of the inputs, which have these shapes.
  func changesNothing(in inputs: [Shape]) -> Bool
  var caption: Caption? { get }
}

extension Operator {
  package func write(to writer: inout AttributeWriter) {}
  package var parameters: [(name: String, parameter: Parameter)] { [] }
  package var productsPerElement: Int { 0 }
  package var motion: Motion { .mixes }
  package func changesNothing(in inputs: [Shape]) -> Bool { false }
  package var caption: Caption? { nil }

  package var mnemonic: String { Self.mnemonic }

  /// The one input's shape, of one of the ranks given.
  func oneInput(_ inputs: [Shape], ranks: ClosedRange<Int> = Shape.ranks, at location: Diagnostic.Location) throws
    -> Shape
  {
    try require(inputs.count == 1, "\(Self.mnemonic) of \(inputs.count) tensors", at: location, supported: "one input")
    try require(
      ranks.contains(inputs[0].rank), "\(Self.mnemonic) of a tensor of shape \(inputs[0])", at: location,
      supported: "\(ranks.lowerBound) to \(ranks.upperBound) axes besides the batch")
    return inputs[0]
  }
}

/// How a drawing shows an operator.
package enum Caption: Sendable {
  /// Behind the name in a box of its own: `3x3, stride 2`
  case title(String)
  /// A line of the box before it, where nothing else reads that.
  case line(String)
}

/// An operator that is y[c] = gain[c] x[c] + shift[c] for the channels c.
package protocol ChannelwiseAffine: Operator {
  /// The nearest doubles, one per channel.
  var gains: [Double] { get }
  var shifts: [Double] { get }
  /// The same exactly.
  var functions: [RealFunction] { get }
}
