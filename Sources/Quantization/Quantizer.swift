import Diagnostics

/// A quantizer as a model names it. Each kind is a struct in a file of its own, the single definition of its numbers.
package enum Quantizer: Sendable {
  case featureMapAffine(FeatureMapAffine)
  case quantizedBits(QuantizedBits)
  case quantizedReLU(QuantizedReLU)
}

/// What every kind of quantizer says of itself.
package protocol QuantizerKind: Sendable {
  /// The class names under which model files know it.
  static var names: [String] { get }
  /// The constructor's parameters in their order, for arguments given by position.
  static var parameters: [String] { get }
  /// Takes its arguments; problems are collected in them.
  init(_ arguments: inout QuantizerArguments)
  /// The width that the model declares, in bits.
  var bits: Int { get }
  /// What it does to a feature map. Throws where that depends on data that only training sees.
  func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer
  /// The codes and scales of a parameter, found as the framework finds them (float32). `values` are finite.
  func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor
  /// As a model would write it: `quantized_bits(8,0,1)`
  var description: String { get }
}

extension Quantizer {
  /// Every kind by its case: a new kind is a line here and a case above.
  private static let kinds: [(kind: any QuantizerKind.Type, make: @Sendable (inout QuantizerArguments) -> Quantizer)] =
    [
      (FeatureMapAffine.self, { .featureMapAffine(FeatureMapAffine(&$0)) }),
      (QuantizedBits.self, { .quantizedBits(QuantizedBits(&$0)) }),
      (QuantizedReLU.self, { .quantizedReLU(QuantizedReLU(&$0)) }),
    ]

  package var kind: any QuantizerKind {
    switch self {
    case .featureMapAffine(let kind): kind
    case .quantizedBits(let kind): kind
    case .quantizedReLU(let kind): kind
    }
  }

  /// As QKeras' layers use it for kernels (kernel_quantizer, depthwise_quantizer, pointwise_quantizer; gamma and variance of
  /// QBatchNormalization): kinds that scale per channel take `auto_po2` where the model gives no alpha. Biases and
  /// activations use the quantizer as it is.
  package var trainable: Quantizer {
    switch self {
    case .quantizedBits(let kind): .quantizedBits(kind.trainable)
    case .featureMapAffine, .quantizedReLU: self
    }
  }

  /// The class names that model files may use, sorted.
  package static var supportedNames: [String] { kinds.flatMap { $0.kind.names }.sorted() }

  /// The quantizer that `arguments` describe. Throws all that is wrong with them.
  package init(_ arguments: QuantizerArguments) throws {
    var arguments = arguments
    guard let entry = Self.kinds.first(where: { $0.kind.names.contains(arguments.quantizer) }) else {
      throw Diagnostic(
        "unknown quantizer '\(arguments.quantizer)'", at: arguments.location,
        supported: Self.supportedNames.joined(separator: ", "))
    }
    arguments.bind(to: entry.kind.parameters)
    self = entry.make(&arguments)
    try arguments.finish()
  }
}
