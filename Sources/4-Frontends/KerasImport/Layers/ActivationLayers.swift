import Diagnostics
import JSON
import Numbers
import QIR
import Quantization

/// Functions and quantizers as layers of their own.
enum ActivationLayers {
  static let rows = [
    LayerRow("QActivation", notes: "every quantizer; QKeras' and Keras' functions by name", read: activation),
    LayerRow(
      "QAdaptiveActivation", notes: "quantized_bits and quantized_relu, also per channel, as at inference",
      read: AdaptiveActivation.read),
    LayerRow(
      "Activation", notes: LayerActivation.names.joined(separator: ", ") + ", or a quantizer",
      read: activation),
    LayerRow("ReLU", notes: "max_value, negative_slope, threshold", read: relu),
    LayerRow("LeakyReLU", notes: "alpha of 0 or more", read: leakyReLU),
    LayerRow("Softmax", notes: "along the last axis", read: softmax),
  ]

  private static func activation(_ layer: inout LayerReader) throws -> NodeID {
    let activation = layer.check { layer in
      _ = try layer.config.member("activation")
      return try layer.activation()
    }
    let input = try layer.input()
    guard let activation else { throw LayerReader.Skipped() }
    return try layer.append(activation, input: input)
  }

  /// Constants are float32 in Keras.
  private static func constant(_ layer: LayerReader, _ key: String, default standard: Double) throws -> Rational {
    let value = try layer.config.doubleIfPresent(key) ?? standard
    let constant = Float(value)
    guard constant.isFinite, constant >= 0 else {
      throw Diagnostic("\(key) is \(value)", at: layer.location, supported: "a finite number of 0 or more")
    }
    return Rational(constant)
  }

  private static func relu(_ layer: inout LayerReader) throws -> NodeID {
    let slope = layer.check { try constant($0, "negative_slope", default: 0) }
    let upper = layer.check { layer in
      try layer.config.doubleIfPresent("max_value") == nil ? nil : try constant(layer, "max_value", default: 0)
    }
    let threshold = layer.check { try constant($0, "threshold", default: 0) }
    let input = try layer.input()
    guard let slope, let upper, let threshold else { throw LayerReader.Skipped() }
    guard threshold.sign > 0 else {
      return try layer.append(.functions(rectifier(slope: slope, upper: upper)), input: input)
    }
    let bound: [RealFunction] = upper.map { [.clip(lower: nil, upper: $0)] } ?? []
    return try layer.append(.functions([.thresholdedReLU(threshold: threshold, slope: slope)] + bound), input: input)
  }

  static func rectifier(slope: Rational, upper: Rational?) -> [RealFunction] {
    if slope.sign == 0 { return [.clip(lower: .zero, upper: upper)] }
    return [.leakyReLU(slope: slope)] + (upper.map { [.clip(lower: nil, upper: $0)] } ?? [])
  }

  private static func leakyReLU(_ layer: inout LayerReader) throws -> NodeID {
    // `alpha` in Keras 2, `negative_slope` in later ones.
    let key = try layer.config.memberIfPresent("negative_slope") == nil ? "alpha" : "negative_slope"
    let slope = layer.check { try constant($0, key, default: 0.3) }
    let input = try layer.input()
    guard let slope else { throw LayerReader.Skipped() }
    return try layer.append(.functions(rectifier(slope: slope, upper: nil)), input: input)
  }

  private static func softmax(_ layer: inout LayerReader) throws -> NodeID {
    let axis = layer.check { try $0.config.intIfPresent("axis") ?? -1 }
    let shape = try layer.inputShape()
    guard let axis else { throw LayerReader.Skipped() }
    guard axis == -1 || axis == shape.rank else {
      throw Diagnostic("softmax along axis \(axis)", at: layer.location, supported: "the last axis, -1")
    }
    return try layer.append(SoftmaxOp(), inputs: [try layer.input()])
  }
}
