import Diagnostics
import Numbers

/// A quantizer as a model names it.
package struct Quantizer: Sendable {
  package let kind: any QuantizerKind

  package init(_ kind: any QuantizerKind) {
    self.kind = kind
  }

  /// As QKeras' layers use it for kernels (kernel_quantizer, depthwise_quantizer, pointwise_quantizer; gamma and variance of
  /// QBatchNormalization): kinds that scale per channel take `auto_po2` where the model gives no alpha. Biases and
  /// activations use the quantizer as it is.
  package var forKernels: Quantizer { Quantizer(kind.forKernels) }
}

/// What every kind of quantizer says of itself, in a file of its own: the single definition of its numbers.
package protocol QuantizerKind: Sendable {
  /// The same as a kernel quantizer, see `Quantizer.forKernels`.
  var forKernels: Self { get }
  /// The width that the model declares, in bits.
  var bits: Int { get }
  /// What it does to a feature map. Throws where that depends on data that only training sees, or on the channel.
  func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer
  /// Those of a feature map's channels.
  func featureMaps(at location: Diagnostic.Location) throws -> PerChannel<FeatureMapQuantizer>
  /// The codes and scales of a parameter, found as the framework finds them (float32). `values` are finite.
  func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor
  /// Whether numbers, of maps and parameters, are handed out as x + (q - x), of which a straight-through estimator is made.
  var isStraightThrough: Bool { get }
  /// As a model would write it: `quantized_bits(8,0,1)`
  var description: String { get }
  /// Whether codes of parameters leave out the least one that their bits hold.
  var isNarrow: Bool { get }

  /// What hardware sees of its numbers, as QTools has it (`convert_qkeras_quantizer` in quantizer_impl.py). For kinds that
  /// QTools refuses it is the type of the codes that they make.
  var dataType: DataType { get }
  /// Whether QTools has a type for it (`quantizer_lookup` in quantizer_factory.py; quantized_hswish it fails on).
  var isKnownToQTools: Bool { get }
  /// What QKeras' `print_qstats` takes it for (`get_quant_mode` in estimate.py).
  var statisticsType: DataType { get }
}

extension QuantizerKind {
  package var forKernels: Self { self }

  package func featureMaps(at location: Diagnostic.Location) throws -> PerChannel<FeatureMapQuantizer> {
    [try featureMap(at: location)]
  }

  package var isNarrow: Bool { false }
  package var isStraightThrough: Bool { true }
  package var isKnownToQTools: Bool { false }
  package var statisticsType: DataType { dataType }
}
