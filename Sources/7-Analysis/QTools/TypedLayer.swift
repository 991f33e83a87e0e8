import Quantization

/// A layer with the types of its numbers: a line of QTools' map.
package struct TypedLayer: Sendable {
  package struct TypedParameter: Hashable, Sendable {
    package var type: DataType
    package var shape: [Int]
  }

  package var node: LayerNode
  package var inputs: [DataType]
  package var weights: TypedParameter?
  /// Its shape is the last extent of the weights.
  package var bias: TypedParameter?
  package var multiplier: Operation?
  package var accumulator: Operation?
  /// Of a layer that merges several inputs.
  package var merge: Operation?
  package var normalization: Normalization?
  package var output: DataType
  package var outputShape: EdgeShape
  package var operationCount: Int

  init(_ node: LayerNode, inputs: [DataType], operationCount: Int) {
    self.node = node
    self.inputs = inputs
    self.operationCount = operationCount
    output = inputs[0]
    outputShape = .extents(node.outputShape)
  }

  package var name: String { node.layer.name }
  package var className: String { node.layer.className }

  /// How many different values a weight has behind a quantizer (`update_inference_values` in quantizer_impl.py). QKeras gets
  /// a quantized value q as x + (q - x) in float32, which makes more of them than there are codes.
  func valueCount(ofWeight index: Int, _ key: String) throws -> Int {
    guard node.layer.weights.indices.contains(index) else { return -1 }
    let weight = node.layer.weights[index]
    let values = try weight.values()
    guard let quantizer = node.layer.quantizers[key] else { return Set(values).count }
    let quantized = try quantizer.kind.quantize(
      values, shape: weight.shape, at: .init(layer: name, tensor: weight.name)
    ).values
    return Set(zip(values, quantized).map { value, quantized in value + (Float(quantized) - value) }).count
  }
}

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
