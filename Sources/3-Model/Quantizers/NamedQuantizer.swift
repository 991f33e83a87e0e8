import Diagnostics
import Quantization

/// A kind that models name: how its arguments are read.
package protocol NamedQuantizer: QuantizerKind {
  /// The class names under which model files know it.
  static var names: [String] { get }
  /// The constructor's parameters in their order, for arguments given by position.
  static var parameters: [String] { get }
  /// Takes its arguments; problems are collected in them.
  init(_ arguments: inout QuantizerArguments)
}

extension Quantizer {
  /// Every kind there is: a new one is a line here.
  private static let kinds: [any NamedQuantizer.Type] = [
    UniformAffine.self,
    QONNXQuant.self,
    QuantizedBits.self,
    QuantizedLinear.self,
    QuantizedReLU.self,
    QuantizedPowerOfTwo.self,
    QuantizedReLUPowerOfTwo.self,
    Binary.self,
    Stochastic<Binary>.self,
    Ternary.self,
    Stochastic<Ternary>.self,
    Bernoulli.self,
    QuantizedTanh.self,
    QuantizedSigmoid.self,
    QuantizedULaw.self,
    QuantizedHSwish.self,
    BinarySigmoid.self,
    BinaryTanh.self,
  ]

  /// The class names that model files may use, sorted.
  package static var supportedNames: [String] { kinds.flatMap { $0.names }.sorted() }

  /// The quantizer that `arguments` describe. Throws all that is wrong with them.
  package init(_ arguments: QuantizerArguments) throws {
    var arguments = arguments
    let kind = try require(
      Self.kinds.first(where: { $0.names.contains(arguments.quantizer) }), "unknown quantizer '\(arguments.quantizer)'",
      at: arguments.location,
      supported: Self.supportedNames.filter { !$0.contains(">" as Character) }.joined(separator: ", "),
      fix: "use one of them, and train again")
    arguments.bind(to: kind.parameters)
    self.init(kind.init(&arguments))
    try arguments.finish()
  }
}
