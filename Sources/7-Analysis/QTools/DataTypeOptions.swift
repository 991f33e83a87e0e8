import Quantization

/// What QTools' map depends on beside the network.
package struct DataTypeOptions: Sendable {
  /// Of the network's inputs.
  package var source = DataType.standard
  /// Of weights and biases that have no quantizer because they are in layers of Keras; nil: the standard type.
  package var kerasQuantizer: DataType? = .floatingPoint(bits: 32)
  /// Of the results of Keras' layers; nil: the standard type.
  package var kerasAccumulator: DataType? = .floatingPoint(bits: 32)
  /// All layers as if they were Keras': what the network would be without quantization.
  package var isForReference = false
  /// Whether weights count that are powers of two: a shifter is chosen by how many different ones there are.
  package var isInference = false
  /// Operations of layers with batch normalization folded into them as QKeras 0.9.0 has them: a depthwise one has none.
  package var isQToolsCompatible = false

  package init() {}

  /// What Keras' layers have for parameters.
  var kerasParameter: DataType { kerasQuantizer ?? .standard }
  var kerasResult: DataType { kerasAccumulator ?? .standard }
}
