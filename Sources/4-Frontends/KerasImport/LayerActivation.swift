import Diagnostics
import JSON
import QIR
import Quantization
import Quantizers

/// Whose functions the names of activations are.
enum ActivationLibrary: Sendable {
  case keras2
  case keras3
  /// QKeras' functions and quantizers first, then Keras' functions (`get_quantizer` and `safe_eval` in QKeras).
  case qkeras

  fileprivate func functions(_ name: String) -> [RealFunction]? {
    switch self {
    case .keras2: KerasActivation.named(name)
    case .keras3: KerasActivation.namedByKeras3(name)
    case .qkeras: QKerasActivation.named(name)
    }
  }
}

/// What `activation=` says.
enum LayerActivation {
  case linear
  case functions([RealFunction])
  case softmax
  case quantizer(Quantizer)

  /// - Parameter keras: that wrote the file.
  static func read(
    _ node: JSONNode?, of library: ActivationLibrary, keras: ActivationLibrary
  ) throws -> LayerActivation {
    guard let node, !node.isNull else { return .linear }
    if case .string(let name) = node.value { return try named(name, node, of: library) }
    if try node.string("class_name") == "function" {
      // How Keras writes a function without a name of its own there, QKeras' functions among them.
      let name = try node.member("config")
      return try named(try name.string(), name, of: .qkeras)
    }
    return try layer(node, keras) ?? .quantizer(try QuantizerConfig.read(node))
  }

  /// A layer that stands in place of a function: `activation=keras.layers.ReLU()`.
  private static func layer(_ node: JSONNode, _ keras: ActivationLibrary) throws -> LayerActivation? {
    switch try node.string("class_name") {
    case "ReLU": .functions(try ActivationLayers.relu(node.member("config")))
    case "LeakyReLU": .functions(try ActivationLayers.leakyReLU(node.member("config")))
    case "ELU": .functions(try ActivationLayers.elu(node.member("config")))
    case "ThresholdedReLU": .functions(try ActivationLayers.thresholdedReLU(node.member("config")))
    case "Activation": try read(node.member("config").memberIfPresent("activation"), of: keras, keras: keras)
    default: nil
    }
  }

  private static func named(
    _ name: String, _ node: JSONNode, of library: ActivationLibrary
  ) throws -> LayerActivation {
    let isQKeras = library == .qkeras
    if name == "softmax" { return .softmax }
    if let functions = library.functions(name) {
      return functions.isEmpty ? .linear : .functions(functions)
    }
    // Names of functions that round, such as binary_tanh, are quantizers; so is everything with arguments, which only
    // QKeras' layers read out of a text.
    let isCall = name.contains("(" as Character)
    try node.require(
      isQKeras && (isCall || Quantizer.supportedNames.contains(name)), "is the activation '\(name)'",
      supported: names.joined(separator: ", "),
      fix: isCall && !isQKeras
        ? "QKeras' layers alone read a quantizer out of a text: use QActivation"
        : "use one of them, or a quantizer, and train again")
    return .quantizer(try QuantizerConfig.read(node))
  }

  /// Keras' functions, for messages and the documentation.
  static let names = KerasActivation.names + ["softmax"]
}

extension LayerReader {
  func activation(_ key: String = "activation") throws -> LayerActivation {
    try LayerActivation.read(
      try config.memberIfPresent(key), of: className.hasPrefix("Q") ? .qkeras : keras, keras: keras)
  }

  /// Appends the linear part of a layer, and behind it what its activation needs, which then has the layer's name.
  mutating func append(_ linear: any Operator, then activation: LayerActivation, inputs: [NodeID]) throws -> NodeID {
    if case .linear = activation { return try append(linear, inputs: inputs) }
    let below = try append(linear, "linear", inputs: inputs)
    return try append(activation, input: below)
  }

  /// Appends an activation under the layer's name.
  mutating func append(_ activation: LayerActivation, input: NodeID) throws -> NodeID {
    switch activation {
    case .linear: return try append(IdentityOp(), inputs: [input])
    case .functions(let functions): return try append(ElementwiseOp(functions), inputs: [input])
    case .softmax: return try append(SoftmaxOp(), inputs: [input])
    case .quantizer(let quantizer):
      do {
        return try append(QuantizeOp(quantizer, at: location), inputs: [input])
      } catch {
        guard isOutline else { throw error }
        return try appendUnknown(graph[input].shape)
      }
    }
  }
}
