import Diagnostics
import JSON
import Numbers
import QIR
import Quantization

/// Functions and quantizers as layers of their own.
enum ActivationLayers {
  static let rows = [
    LayerRow(
      ["QActivation": .read("activation")], notes: "every quantizer; QKeras' and Keras' functions by name",
      read: activation),
    LayerRow(
      ["QAdaptiveActivation": AdaptiveActivation.keys],
      notes: "quantized_bits and quantized_relu, also per channel, as at inference", read: AdaptiveActivation.read),
    LayerRow(
      ["Activation": .read("activation")],
      notes: LayerActivation.names.joined(separator: ", ") + ", or a quantizer", read: activation),
    LayerRow(
      ["ReLU": .read("max_value", "negative_slope", "threshold")], notes: "max_value, negative_slope, threshold",
      read: function(relu)),
    LayerRow(["LeakyReLU": .read("alpha", "negative_slope")], notes: "alpha of 0 or more", read: function(leakyReLU)),
    LayerRow(["Softmax": .read("axis")], notes: "along the last axis", read: softmax),
  ]

  private static func activation(_ layer: inout LayerReader) throws -> NodeID {
    let activation = layer.check { layer in
      let function = try layer.config.member("activation")
      if layer.className == "QActivation", function.isNull {
        throw function.problem("is null, which QKeras does not call", fix: "leave the layer out, and train again")
      }
      return try layer.activation()
    }
    let input = try layer.input()
    guard let activation else { throw Skipped() }
    return try layer.append(activation, input: input)
  }

  /// Constants are float32 in Keras.
  private static func constant(_ config: JSONNode, _ key: String, default standard: Double) throws -> Rational {
    let value = try config.double(key, default: standard)
    let constant = Float(value)
    try require(
      constant.isFinite && constant >= 0, "\(key) is \(value)", at: config.location,
      supported: "a finite number of 0 or more", fix: "use such a number, and train again")
    return Rational(constant)
  }

  /// A layer that is one function.
  private static func function(
    _ functions: @escaping @Sendable (JSONNode) throws -> [RealFunction]
  ) -> @Sendable (inout LayerReader) throws -> NodeID {
    { layer in
      let functions = layer.check { try functions($0.config) }
      let input = try layer.input()
      guard let functions else { throw Skipped() }
      return try layer.append(.functions(functions), input: input)
    }
  }

  /// What the configuration of a `ReLU` says.
  @Sendable static func relu(_ config: JSONNode) throws -> [RealFunction] {
    let slope = try constant(config, "negative_slope", default: 0)
    let upper = try config.doubleIfPresent("max_value") == nil ? nil : try constant(config, "max_value", default: 0)
    let threshold = try constant(config, "threshold", default: 0)
    guard threshold.sign > 0 else { return rectifier(slope: slope, upper: upper) }
    return [.thresholdedReLU(threshold: threshold, slope: slope)] + (upper.map { [.clip(lower: nil, upper: $0)] } ?? [])
  }

  private static func rectifier(slope: Rational, upper: Rational?) -> [RealFunction] {
    if slope.sign == 0 { return [.clip(lower: .zero, upper: upper)] }
    return [.leakyReLU(slope: slope)] + (upper.map { [.clip(lower: nil, upper: $0)] } ?? [])
  }

  /// What the configuration of a `LeakyReLU` says: `alpha` in Keras 2, `negative_slope` in later ones.
  @Sendable static func leakyReLU(_ config: JSONNode) throws -> [RealFunction] {
    let key = try config.memberIfPresent("negative_slope") == nil ? "alpha" : "negative_slope"
    return rectifier(slope: try constant(config, key, default: 0.3), upper: nil)
  }

  private static func softmax(_ layer: inout LayerReader) throws -> NodeID {
    let axis = layer.check { try $0.config.int("axis", default: -1, in: -64...64) }
    let shape = try layer.inputShape()
    guard let axis else { throw Skipped() }
    try require(
      axis == -1 || axis == shape.rank, "softmax along axis \(axis)", at: layer.location,
      supported: "the last axis, -1", fix: "build the model so that this axis is the last one")
    return try layer.append(SoftmaxOp(), inputs: [try layer.input()])
  }
}
