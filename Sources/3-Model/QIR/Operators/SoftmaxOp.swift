import Diagnostics
import Numbers
import Text

/// exp(x) / sum of exp(x) along the last axis. Runs in float on the host, at a network's end only.
package struct SoftmaxOp: Operator {
  package static let mnemonic = "softmax"
  package static let kerasClass = "Softmax"

  package init() {}
  package init(_ reader: inout AttributeReader) {}

  package var kind: OperatorKind { .softmax(self) }
  package var caption: Caption? { .line("softmax, on the host") }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    try oneInput(inputs, at: location)
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    let values = operands.inputs[0]
    let channels = operands.resultShape.channels
    var result = values
    for start in stride(from: 0, to: values.count, by: channels) {
      let row = values[start..<(start + channels)]
      let most = row.max() ?? 0
      let exponentials = row.map { ElementaryMath.exponential($0 - most) }
      let sum = exponentials.reduce(0, +)
      for (offset, value) in exponentials.enumerated() { result[start + offset] = value / sum }
    }
    return result
  }

  /// exp(2 e) - 1 of itself for inputs that all move by e, and no more than there is between 0 and 1.
  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    let carried = ElementaryMath.exponential(2 * (errors[0].max() ?? 0)) - 1
    return evaluate(operands).map { carried.isFinite ? min(arithmetic.roundings(8) + carried * $0, 1) : 1 }
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? { nil }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? { 0...1 }
}
