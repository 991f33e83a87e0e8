import Diagnostics
import Numbers
import Quantization
import Text

/// y[c] = (x[c] - mean[c]) scale[c] + beta[c] with scale = gamma / sqrt(variance + epsilon), at inference
/// (Keras `BatchNormalization`, QKeras `QBatchNormalization`). The scale is the double nearest to that: an exact constant of
/// the model from then on.
package struct BatchNormalizationOp: ChannelwiseAffine {
  package static let mnemonic = "batch_normalization"
  package static let kerasClass = "BatchNormalization"
  package let mean: [Double]
  package let scale: [Double]
  package let beta: [Double]
  /// What the scale is made of.
  package let gamma: [Double]
  package let variance: [Double]
  package let epsilon: Double
  /// How far numbers lay from what they became (`QuantizedTensor.farthest`).
  package struct Farthest: Sendable {
    package var gamma = 0.0
    package var beta = 0.0
    package var mean = 0.0
    package var variance = 0.0

    package init() {}
  }

  package var farthest = Farthest()
  /// How many numbers the layer stores.
  package var storedParameters: Int

  /// All have one number per channel.
  package init(gamma: [Double]?, beta: [Double]?, mean: [Double], variance: [Double], epsilon: Double) {
    self.mean = mean
    self.beta = beta ?? Array(repeating: 0, count: mean.count)
    self.gamma = gamma ?? Array(repeating: 1, count: mean.count)
    self.variance = variance
    self.epsilon = epsilon
    scale = variance.indices.map { (gamma?[$0] ?? 1) / (variance[$0] + epsilon).squareRoot() }
    storedParameters = mean.count + variance.count + (gamma?.count ?? 0) + (beta?.count ?? 0)
  }

  package var gains: [Double] { scale }
  package var functions: [RealFunction] {
    mean.indices.map { channel in
      let scale = Rational(scale[channel])
      return .affine(scale: scale, shift: Rational(beta[channel]) - Rational(mean[channel]) * scale)
    }
  }

  package var shifts: [Double] { mean.indices.map { beta[$0] - mean[$0] * scale[$0] } }

  package var kind: OperatorKind { .batchNormalization(self) }
  package var caption: Caption? { .line("batch normalization") }

  package func resultShape(of inputs: [Shape], at location: Diagnostic.Location) throws -> Shape {
    let input = try oneInput(inputs, at: location)
    try require(
      mean.count == input.channels && scale.count == input.channels && beta.count == input.channels,
      "statistics of \(mean.count) channels for a tensor of shape \(input)", at: location,
      supported: "one number per channel of the last axis")
    try require(
      (mean + scale + beta).allSatisfy(\.isFinite), "gamma / sqrt(variance + epsilon), mean or beta is not finite",
      at: location, fix: "look for a negative variance, NaN or infinity in the layer's weights")
    return input
  }

  package var motion: Motion {
    .function(
      ElementFunction(
        isUniform: false, isIncreasing: scale.allSatisfy { $0 >= 0 },
        mapsZeroToZero: mean.indices.allSatisfy { value(0, channel: $0) == 0 }))
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    operands.inputs[0].enumerated().map { index, value in self.value(value, channel: index % mean.count) }
  }

  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    zip(operands.inputs[0], errors[0]).enumerated().map { index, next in
      let channel = index % mean.count
      let scale = abs(scale[channel])
      let difference = abs(next.0) + next.1 + abs(mean[channel])
      return next.1 * scale + arithmetic.roundings(7) * (difference * scale + abs(beta[channel]))
        + arithmetic.roundings(2) * carried(by: difference, channel: channel)
    }
  }

  /// What straight-through differences are to the result, of a difference from the mean.
  private func carried(by difference: Double, channel: Int) -> Double {
    let spread = variance[channel] + epsilon
    let scale = farthest.gamma / spread.squareRoot() + abs(scale[channel]) * farthest.variance / spread
    return difference * scale + abs(self.scale[channel]) * farthest.mean + farthest.beta
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    let channel = element % mean.count
    return operands.value(0, element).map {
      ($0 - Rational(mean[channel])) * Rational(scale[channel]) + Rational(beta[channel])
    }
  }

  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    ClosedRange(
      spanning: inputs.flatMap { [$0.lowerBound, $0.upperBound] }.flatMap { value in
        mean.indices.map { self.value(value, channel: $0) }
      })
  }

  private func value(_ x: Double, channel: Int) -> Double { (x - mean[channel]) * scale[channel] + beta[channel] }

  package func write(to writer: inout AttributeWriter) {
    writer.write("mean", mean)
    writer.write("scale", scale)
    writer.write("beta", beta)
    writer.write("stored", storedParameters, unless: 0)
  }

  package init(_ reader: inout AttributeReader) throws {
    let mean: [Double] = try reader.read("mean")
    // scale = gamma / sqrt(1 + 0)
    self.init(
      gamma: try reader.read("scale"), beta: try reader.read("beta"), mean: mean,
      variance: Array(repeating: 1, count: mean.count), epsilon: 0)
    storedParameters = try reader.read("stored", default: 0)
  }
}
