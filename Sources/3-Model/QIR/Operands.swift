import Numbers

/// The numbers that an operator is evaluated on, of one sample: flattened, last axis fastest.
package struct Operands: Sendable {
  package var inputs: [[Double]]
  package let shapes: [Shape]
  /// Of the result.
  package let resultShape: Shape
  /// The operator's parameters in their order.
  package let constants: [[Double]]

  package init(inputs: [[Double]], shapes: [Shape], resultShape: Shape, constants: [[Double]]) {
    self.inputs = inputs
    self.shapes = shapes
    self.resultShape = resultShape
    self.constants = constants
  }

  /// The same operator's other inputs.
  func with(inputs: [[Double]]) -> Operands {
    var operands = self
    operands.inputs = inputs
    return operands
  }
}

/// The inputs of an operator in exact arithmetic, for single elements of its result.
package final class ExactOperands {
  package let shapes: [Shape]
  /// Of the result.
  package let resultShape: Shape
  /// An element of an input; nil where it is irrational.
  package let value: (_ input: Int, _ element: Int) -> Rational?
  /// Of an operator that moves elements, found once: which elements of the inputs, counted from 1 through all of them, those
  /// of the result are; 0 is a zero.
  var sources: [Int]?

  package init(shapes: [Shape], resultShape: Shape, value: @escaping (_ input: Int, _ element: Int) -> Rational?) {
    self.shapes = shapes
    self.resultShape = resultShape
    self.value = value
  }

  /// The sum of some elements of the first input, each with a factor.
  func sum(_ elements: some Sequence<(factor: Rational, element: Int)>) -> Rational? {
    elements.reduce(.zero) { sum, next in
      guard let sum, let value = value(0, next.element) else { return nil }
      return sum + next.factor * value
    }
  }
}

extension ClosedRange<Double> {
  /// From the least to the largest; nil where there are none, or one is not finite.
  init?(spanning numbers: [Double]) {
    guard let least = numbers.min(), let most = numbers.max(), least.isFinite, most.isFinite else { return nil }
    self = least...most
  }

  init?(hullOf ranges: [ClosedRange<Double>]) {
    self.init(spanning: ranges.flatMap { [$0.lowerBound, $0.upperBound] })
  }
}
