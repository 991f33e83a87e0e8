import Numbers

/// Where the elements of an operator's result come from: over some operators others move without a change to any value.
package enum Motion: Sendable {
  /// Each is a function of the element in its place of the one input.
  case function(ElementFunction)
  /// Each is the same function of the elements in its place of all inputs.
  case combines
  /// The input's, in their order.
  case keepsOrder
  /// The input's; axis k is the input's axis permutation[k].
  case permutes([Int])
  /// The input's at chosen positions along some axes, each any number of times.
  case selects(axes: [Int])
  /// Those of the inputs one after another along an axis.
  case concatenates(axis: Int)
  /// Each is the largest of some elements of the input's same channel.
  case selectsLargest
  /// The input's, and zeros around them.
  case surroundsWithZeros
  /// Anything else.
  case mixes

  /// Whether every element is one of an input's, or zero.
  package var movesElements: Bool {
    switch self {
    case .keepsOrder, .permutes, .selects, .concatenates, .selectsLargest, .surroundsWithZeros: true
    case .function, .combines, .mixes: false
    }
  }
}

/// What is known of a function of one number that stands for an operator. What every channel has to be asked for is found out where
/// it is asked for.
package struct ElementFunction: Sendable {
  /// Whether it is the same in all channels.
  package let isUniform: Bool
  private let increasing: @Sendable () -> Bool
  private let keepingZero: @Sendable () -> Bool

  init(
    isUniform: Bool, isIncreasing: @escaping @autoclosure @Sendable () -> Bool,
    mapsZeroToZero: @escaping @autoclosure @Sendable () -> Bool
  ) {
    self.isUniform = isUniform
    increasing = isIncreasing
    keepingZero = mapsZeroToZero
  }

  /// Whether values never fall while arguments rise.
  package var isIncreasing: Bool { increasing() }
  package var mapsZeroToZero: Bool { keepingZero() }
}

/// An operator whose result holds elements of its inputs, or zeros, and nothing else. It says how they move.
package protocol MovingOperator: Operator {}

extension MovingOperator {
  /// Errors move with their elements.
  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    evaluate(operands.with(inputs: errors))
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? { ClosedRange(hullOf: inputs) }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    let sources = operands.sources ?? sources(operands)
    operands.sources = sources
    var source = sources[element] - 1
    for (input, shape) in operands.shapes.enumerated() where source >= 0 {
      if source < shape.elements { return operands.value(input, source) }
      source -= shape.elements
    }
    return .zero
  }

  private func sources(_ operands: ExactOperands) -> [Int] {
    var count = 0
    let numbers = operands.shapes.map { shape -> [Double] in
      defer { count += shape.elements }
      return (count + 1..<count + 1 + shape.elements).map(Double.init)
    }
    return evaluate(
      Operands(inputs: numbers, shapes: operands.shapes, resultShape: operands.resultShape, constants: [])
    ).map { Int($0) }
  }
}
