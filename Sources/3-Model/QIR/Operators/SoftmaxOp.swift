import Diagnostics
import Numbers
import Quantization
import Text

/// exp(x) / sum of exp(x) along the last axis. Runs on the host, at a network's end only: in float, or in integers where the model
/// says how.
package struct SoftmaxOp: Operator {
  package static let mnemonic = "softmax"
  package static let kerasClass = "Softmax"
  package let fixedPoint: FixedPointSoftmax?

  package init(fixedPoint: FixedPointSoftmax? = nil) {
    self.fixedPoint = fixedPoint
  }

  package init(_ reader: inout AttributeReader) throws {
    let scale: Double? = try reader.readIfPresent("scale")
    let beta = try reader.read("beta", default: 1.0)
    if let scale {
      try require(
        scale > 0 && beta > 0 && (scale * beta).isFinite, "a softmax of scale \(scale) and beta \(beta)",
        at: reader.location, supported: "numbers above 0")
    }
    self.init(fixedPoint: scale.map { FixedPointSoftmax(scale: $0, beta: beta) })
  }

  package func write(to writer: inout AttributeWriter) {
    guard let fixedPoint else { return }
    writer.write("scale", fixedPoint.scale)
    writer.write("beta", fixedPoint.beta, unless: 1)
  }

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
      if let fixedPoint {
        let differences = row.map { Int(min(((most - $0) / fixedPoint.scale).rounded(), 255)) }
        for (offset, count) in fixedPoint(differences).enumerated() { result[start + offset] = Double(count) / 256 }
        continue
      }
      let exponentials = row.map { ElementaryMath.exponential($0 - most) }
      let sum = exponentials.reduce(0, +)
      for (offset, value) in exponentials.enumerated() { result[start + offset] = value / sum }
    }
    return result
  }

  /// None of integers whose codes can be told; exp(2 e) - 1 of itself for inputs that all move by e, and no more than there is between 0 and 1.
  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    if let fixedPoint {
      let isCertain = (errors[0].max() ?? 0) < fixedPoint.scale / 8
      return errors[0].map { _ in isCertain ? 0 : 1 }
    }
    let carried = ElementaryMath.exponential(2 * (errors[0].max() ?? 0)) - 1
    return evaluate(operands).map { carried.isFinite ? min(arithmetic.roundings(8) + carried * $0, 1) : 1 }
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? { nil }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? { 0...1 }
}
