import Diagnostics
import Numbers
import Text

/// An operator of two or more tensors of one shape whose result's elements are each made of those in its place of all inputs,
/// from the first input on. It says what it makes of two.
package protocol CombiningOperator: Operator {
  /// As messages call it: `a sum`.
  static var noun: String { get }
  init()

  static func combine(_ first: Double, _ second: Double) -> Double
  static func combine(_ first: Rational, _ second: Rational) -> Rational
  /// How far from that another program's floats may be where each number is off by its error.
  ///
  /// - Parameter rounding: of a result, relative to it.
  static func roundingError(
    _ first: (value: Double, error: Double), _ second: (value: Double, error: Double), rounding: Double
  ) -> Double
  static func combine(_ first: ClosedRange<Double>, _ second: ClosedRange<Double>) -> ClosedRange<Double>?
}

extension CombiningOperator {
  package init(_ reader: inout AttributeReader) { self.init() }
  package var motion: Motion { .combines }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try require(
      inputs.count >= 2 && inputs.allSatisfy { $0 == inputs[0] },
      "\(Self.noun) of tensors of shapes \(inputs.map(\.description).joined(separator: ", "))", at: location,
      supported: "two or more tensors of one shape")
    return inputs[0]
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    operands.inputs.dropFirst().reduce(operands.inputs[0]) { made, next in zip(made, next).map(Self.combine) }
  }

  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    let rounding = arithmetic.roundings(1)
    var (values, bounds) = (operands.inputs[0], errors[0])
    for (next, nextErrors) in zip(operands.inputs, errors).dropFirst() {
      for index in values.indices {
        let (first, second) = ((values[index], bounds[index]), (next[index], nextErrors[index]))
        bounds[index] = Self.roundingError(first, second, rounding: rounding)
        values[index] = Self.combine(first.0, second.0)
      }
    }
    return bounds
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    guard let first = operands.value(0, element) else { return nil }
    return operands.shapes.indices.dropFirst().reduce(first) { made, input in
      guard let made, let value = operands.value(input, element) else { return nil }
      return Self.combine(made, value)
    }
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    inputs.dropFirst().reduce(inputs[0]) { made, next in made.flatMap { Self.combine($0, next) } }
  }
}
