import Diagnostics
import Numbers

/// A quantizer as a model names it. Each kind is a struct in a file of its own, the single definition of its numbers.
package enum Quantizer: Sendable {
  case featureMapAffine(FeatureMapAffine)
  case uniformAffine(UniformAffine)
  case qonnxQuant(QONNXQuant)
  case quantizedBits(QuantizedBits)
  case quantizedLinear(QuantizedLinear)
  case quantizedReLU(QuantizedReLU)
  case quantizedPowerOfTwo(QuantizedPowerOfTwo)
  case quantizedReLUPowerOfTwo(QuantizedReLUPowerOfTwo)
  case binary(Binary)
  case stochasticBinary(StochasticBinary)
  case ternary(Ternary)
  case stochasticTernary(StochasticTernary)
  case bernoulli(Bernoulli)
  case quantizedTanh(QuantizedTanh)
  case quantizedSigmoid(QuantizedSigmoid)
  case quantizedULaw(QuantizedULaw)
  case quantizedHSwish(QuantizedHSwish)
  case binarySigmoid(BinarySigmoid)
  case binaryTanh(BinaryTanh)
}

/// What every kind of quantizer says of itself.
package protocol QuantizerKind: Sendable {
  /// The class names under which model files know it.
  static var names: [String] { get }
  /// The constructor's parameters in their order, for arguments given by position.
  static var parameters: [String] { get }
  /// Takes its arguments; problems are collected in them.
  init(_ arguments: inout QuantizerArguments)
  /// The case that holds it.
  var quantizer: Quantizer { get }
  /// The same as a kernel quantizer, see `Quantizer.trainable`.
  var trainable: Self { get }
  /// The width that the model declares, in bits.
  var bits: Int { get }
  /// What it does to a feature map. Throws where that depends on data that only training sees, or on the channel.
  func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer
  /// Those of a feature map's channels.
  func featureMaps(at location: Diagnostic.Location) throws -> PerChannel<FeatureMapQuantizer>
  /// The codes and scales of a parameter, found as the framework finds them (float32). `values` are finite.
  func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor
  /// As a model would write it: `quantized_bits(8,0,1)`
  var description: String { get }
}

extension QuantizerKind {
  package var trainable: Self { self }

  package func featureMaps(at location: Diagnostic.Location) throws -> PerChannel<FeatureMapQuantizer> {
    [try featureMap(at: location)]
  }
}

extension Quantizer {
  /// Every kind there is: a new one is a line here, a case above and its line in `kind`.
  private static let kinds: [any QuantizerKind.Type] = [
    FeatureMapAffine.self,
    UniformAffine.self,
    QONNXQuant.self,
    QuantizedBits.self,
    QuantizedLinear.self,
    QuantizedReLU.self,
    QuantizedPowerOfTwo.self,
    QuantizedReLUPowerOfTwo.self,
    Binary.self,
    StochasticBinary.self,
    Ternary.self,
    StochasticTernary.self,
    Bernoulli.self,
    QuantizedTanh.self,
    QuantizedSigmoid.self,
    QuantizedULaw.self,
    QuantizedHSwish.self,
    BinarySigmoid.self,
    BinaryTanh.self,
  ]

  package var kind: any QuantizerKind {
    switch self {
    case .featureMapAffine(let kind): kind
    case .uniformAffine(let kind): kind
    case .qonnxQuant(let kind): kind
    case .quantizedBits(let kind): kind
    case .quantizedLinear(let kind): kind
    case .quantizedReLU(let kind): kind
    case .quantizedPowerOfTwo(let kind): kind
    case .quantizedReLUPowerOfTwo(let kind): kind
    case .binary(let kind): kind
    case .stochasticBinary(let kind): kind
    case .ternary(let kind): kind
    case .stochasticTernary(let kind): kind
    case .bernoulli(let kind): kind
    case .quantizedTanh(let kind): kind
    case .quantizedSigmoid(let kind): kind
    case .quantizedULaw(let kind): kind
    case .quantizedHSwish(let kind): kind
    case .binarySigmoid(let kind): kind
    case .binaryTanh(let kind): kind
    }
  }

  /// As QKeras' layers use it for kernels (kernel_quantizer, depthwise_quantizer, pointwise_quantizer; gamma and variance of
  /// QBatchNormalization): kinds that scale per channel take `auto_po2` where the model gives no alpha. Biases and
  /// activations use the quantizer as it is.
  package var trainable: Quantizer { kind.trainable.quantizer }

  /// The class names that model files may use, sorted.
  package static var supportedNames: [String] { kinds.flatMap { $0.names }.sorted() }

  /// The quantizer that `arguments` describe. Throws all that is wrong with them.
  package init(_ arguments: QuantizerArguments) throws {
    var arguments = arguments
    guard let kind = Self.kinds.first(where: { $0.names.contains(arguments.quantizer) }) else {
      throw Diagnostic(
        "unknown quantizer '\(arguments.quantizer)'", at: arguments.location,
        supported: Self.supportedNames.joined(separator: ", "))
    }
    arguments.bind(to: kind.parameters)
    self = kind.init(&arguments).quantizer
    try arguments.finish()
  }
}
