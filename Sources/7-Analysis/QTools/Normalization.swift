import Quantization

/// The operations of a batch normalization gamma (x - mean) / deviation + beta (`QBNFactory` in qbn_factory.py). The mean is
/// taken for part of the layer before.
package struct Normalization: Hashable, Sendable {
  package var gamma: DataType
  package var beta: DataType
  package var mean: DataType
  package var variance: DataType
  /// gamma / deviation; x / deviation where there is no gamma.
  package var divider: Operation
  /// Absent without a gamma.
  package var multiplier: Operation?
  /// Absent without a beta.
  package var accumulator: Operation?

  init(
    of input: DataType, gamma: DataType, beta: DataType, mean: DataType, variance: DataType, scales: Bool,
    centers: Bool
  ) {
    self.gamma = gamma
    self.beta = beta
    self.mean = mean
    self.variance = variance
    let deviation = variance.squareRoot
    divider = .divider(scales ? gamma : input, by: deviation)
    if scales {
      if divider.output.isPowerOfTwo, gamma.valueCount > 0, deviation.valueCount > 0 {
        divider.output.valueCount = gamma.valueCount * deviation.valueCount
      }
      multiplier = .multiplier(divider.output, input)
    }
    if centers { accumulator = .adder((multiplier ?? divider).output, beta) }
  }

  var output: DataType { (accumulator ?? multiplier ?? divider).output }

  /// All results in one type.
  mutating func setOutputs(_ type: DataType) {
    divider.output = type
    multiplier?.output = type
    accumulator?.output = type
  }
}
