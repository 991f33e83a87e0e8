import Diagnostics
import Numbers
import Quantization
import Text

/// y[c] = scale[c] x[c] + shift[c] with exact numbers: a product, a quotient or a sum with constants per channel (ONNX `Mul`,
/// `Div`, `Add`, `Sub`).
package struct AffineOp: ChannelwiseAffine {
  package static let mnemonic = "affine"
  package static let kerasClass = "BatchNormalization"
  /// Per channel, as many as shifts.
  package let scale: [Rational]
  package let shift: [Rational]
  package let channels: [Channel]

  package init(scale: [Rational], shift: [Rational]) {
    self.scale = scale
    self.shift = shift
    channels = zip(scale, shift).map { Channel(scale: $0, shift: $1) }
  }

  package var gains: [Double] { scale.map(\.double) }
  package var functions: [RealFunction] { zip(scale, shift).map { .affine(scale: $0, shift: $1) } }
  package var shifts: [Double] { shift.map(\.double) }

  package var kind: OperatorKind { .affine(self) }
  package var caption: Caption? { .line("affine") }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, at: location)
    try require(
      scale.count == input.channels && shift.count == input.channels,
      "\(scale.count) scales and \(shift.count) shifts for a tensor of shape \(input)", at: location,
      supported: "one of each per channel of the last axis")
    return input
  }

  package var motion: Motion {
    .function(
      ElementFunction(
        isUniform: false, isIncreasing: scale.allSatisfy { $0.sign >= 0 },
        mapsZeroToZero: shift.allSatisfy { $0.sign == 0 }))
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    operands.inputs[0].enumerated().map { index, value in channels[index % channels.count](value) }
  }

  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    zip(operands.inputs[0], errors[0]).enumerated().map { index, next in
      channels[index % channels.count].roundingError(at: next.0, within: next.1, in: arithmetic)
    }
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    operands.value(0, element).map { scale[element % scale.count] * $0 + shift[element % shift.count] }
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    ClosedRange(
      spanning: inputs.flatMap { [$0.lowerBound, $0.upperBound] }.flatMap { value in channels.map { $0(value) } })
  }

  /// One channel's function with double constants: x scale / divisor + shift.
  package struct Channel: Sendable {
    package let scale: Double
    package let shift: Double
    /// Where 1 / scale is a double and scale is not, a reference divides as the model does; else 1.
    package let divisor: Double

    fileprivate init(scale: Rational, shift: Rational) {
      let nearest = scale.double
      let inverse = scale.sign == 0 ? .one : .one / scale
      let divides = Rational(nearest) != scale && Rational(inverse.double) == inverse
      self.scale = divides ? 1 : nearest
      divisor = divides ? inverse.double : 1
      self.shift = shift.double
    }

    fileprivate func callAsFunction(_ value: Double) -> Double { value * scale / divisor + shift }

    fileprivate func roundingError(at value: Double, within error: Double, in arithmetic: FloatArithmetic) -> Double {
      let factor = abs(scale / divisor)
      return error * factor + arithmetic.roundings(4) * ((abs(value) + error) * factor + abs(shift))
    }
  }

  package func write(to writer: inout AttributeWriter) {
    writer.write("scale", scale)
    writer.write("shift", shift)
  }

  package init(_ reader: inout AttributeReader) throws {
    self.init(scale: try reader.read("scale"), shift: try reader.read("shift"))
  }
}
