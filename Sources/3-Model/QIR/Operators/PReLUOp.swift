import Diagnostics
import Numbers
import Quantization
import Text

/// y[c] = x[c] where x[c] >= 0, slope[c] x[c] below: a leaky ReLU with a slope per channel (Keras `PReLU`, ONNX `PRelu`).
package struct PReLUOp: Operator {
  package static let mnemonic = "prelu"
  package static let kerasClass = "PReLU"
  package let slopes: [Rational]
  private let rounded: [RoundedFunction]

  package init(slopes: [Rational]) {
    self.slopes = slopes
    rounded = slopes.map { RoundedFunction(.leakyReLU(slope: $0)) }
  }

  /// What each channel does.
  package var functions: [RealFunction] { slopes.map { .leakyReLU(slope: $0) } }

  package var kind: OperatorKind { .prelu(self) }
  package var caption: Caption? { .line("PReLU") }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, at: location)
    try require(
      slopes.count == input.channels, "\(slopes.count) slopes for a tensor of shape \(input)", at: location,
      supported: "one per channel of the last axis")
    return input
  }

  package var motion: Motion {
    .function(
      ElementFunction(isUniform: false, isIncreasing: slopes.allSatisfy { $0.sign >= 0 }, mapsZeroToZero: true))
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    let slopes = slopes.map(\.double)
    return operands.inputs[0].enumerated().map { $1 < 0 ? slopes[$0 % slopes.count] * $1 : $1 }
  }

  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    zip(operands.inputs[0], errors[0]).enumerated().map { index, next in
      rounded[index % rounded.count](next.0, within: next.1, in: arithmetic).error
    }
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    operands.value(0, element).map { $0.sign < 0 ? slopes[element % slopes.count] * $0 : $0 }
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    let slopes = slopes.map(\.double)
    let ends = inputs.flatMap { [$0.lowerBound, $0.upperBound] }
    // Where a slope is negative, what lies around 0 turns there.
    let turn: [Double] = ends.contains { $0 < 0 } && ends.contains { $0 > 0 } ? [0] : []
    return ClosedRange(spanning: turn + ends.flatMap { end in slopes.map { end < 0 ? $0 * end : end } })
  }

  package func write(to writer: inout AttributeWriter) { writer.write("slopes", slopes) }

  package init(_ reader: inout AttributeReader) throws { self.init(slopes: try reader.read("slopes")) }
}
