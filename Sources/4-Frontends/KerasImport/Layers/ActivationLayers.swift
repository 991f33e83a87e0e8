import Diagnostics
import JSON
import Numbers
import QIR
import Quantization
import Quantizers

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
    LayerRow(["LeakyReLU": .read("alpha", "negative_slope")], notes: "any alpha", read: function(leakyReLU)),
    LayerRow(["ELU": .read("alpha")], notes: "alpha of 0 or more", read: function(elu)),
    LayerRow(["ThresholdedReLU": .read("theta")], notes: "theta", read: function(thresholdedReLU)),
    LayerRow(
      ["PReLU": .read("shared_axes") + .trained("alpha") + .variables("alpha")],
      notes: "a slope per channel, per element, or shared along any axes", read: prelu),
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
  private static func constant(
    _ config: JSONNode, _ key: String, default standard: Double, mayBeNegative: Bool = false
  ) throws -> Rational {
    let value = try config.double(key, default: standard)
    let constant = Float(value)
    try require(
      constant.isFinite && (mayBeNegative || constant >= 0), "\(key) is \(value)", at: config.location,
      supported: mayBeNegative ? "a finite number" : "a finite number of 0 or more",
      fix: "use such a number, and train again")
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
    return rectifier(slope: try constant(config, key, default: 0.3, mayBeNegative: true), upper: nil)
  }

  /// What the configuration of an `ELU` says.
  @Sendable static func elu(_ config: JSONNode) throws -> [RealFunction] {
    KerasActivation.elu(alpha: try constant(config, "alpha", default: 1))
  }

  /// What the configuration of a `ThresholdedReLU` says: v where v > theta, else 0.
  @Sendable static func thresholdedReLU(_ config: JSONNode) throws -> [RealFunction] {
    [.thresholdedReLU(threshold: try constant(config, "theta", default: 1), slope: .zero)]
  }

  /// Slopes along the axes of a tensor, of extent 1 where they are shared.
  private static func prelu(_ layer: inout LayerReader) throws -> NodeID {
    let shape = try layer.inputShape()
    let shared = layer.check { layer in
      try layer.config.memberIfPresent("shared_axes").map { node -> [Int] in
        if node.isNull { return [] }
        if case .array = node.value { return try node.array().map { try $0.int(in: 1...shape.rank) } }
        return [try node.int(in: 1...shape.rank)]
      } ?? []
    }
    let extents = shape.extents.indices.map { shared?.contains($0 + 1) == true ? 1 : shape.extents[$0] }
    let alpha = layer.check {
      try $0.weights.values("alpha", shape: shared == nil ? extents.map { _ in nil } : extents)
    }
    let input = try layer.input()
    guard shared != nil, let alpha else { throw Skipped() }
    // The last axes along which slopes differ, as the channels of one.
    let last = extents.firstIndex { $0 > 1 } ?? shape.rank - 1
    let slopes = Self.spread(alpha.values, of: Array(extents[last...]), over: Array(shape.extents[last...]))
    let op = PReLUOp(slopes: slopes.map { Rational($0) })
    if last == shape.rank - 1 { return try layer.append(op, inputs: [input]) }
    let channels = try layer.append(
      ReshapeOp(shape: Shape(Array(shape.extents[..<last]) + [slopes.count])), "channels", inputs: [input])
    let function = try layer.append(op, "slopes", inputs: [channels])
    return try layer.append(ReshapeOp(shape: shape), inputs: [function])
  }

  /// Numbers of one shape, each repeated along the axes where it has an extent of 1.
  private static func spread(_ numbers: [Float], of shape: [Int], over wanted: [Int]) -> [Float] {
    (0..<wanted.reduce(1, *)).map { element in
      var (rest, place, step) = (element, 0, 1)
      for (extent, full) in zip(shape, wanted).reversed() {
        place += extent == 1 ? 0 : rest % full * step
        rest /= full
        step *= extent
      }
      return numbers[place]
    }
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
