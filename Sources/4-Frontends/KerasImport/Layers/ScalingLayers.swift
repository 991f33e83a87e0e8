import Diagnostics
import JSON
import QIR

/// `Normalization` and `Rescaling`, which preprocess inputs: functions of each channel, as batch normalization is one.
enum ScalingLayers {
  static let rows = [
    LayerRow(
      [
        "Normalization": .read("axis", "mean", "variance", "invert") + .variables("mean", "variance", "count")
          + .trainingVariables("count")
      ],
      notes: "along the last axis, or of all numbers alike; adapted, or with mean= and variance=", read: normalization),
    LayerRow(
      ["Rescaling": .read("scale", "offset")], notes: "one scale and offset, or one per channel", read: rescaling),
  ]

  /// (x - mean) / max(sqrt(variance), 1e-7), the divisor in float32; inverted, x times that plus the mean.
  private static func normalization(_ layer: inout LayerReader) throws -> NodeID {
    let isOfChannels = layer.check { try Self.isOfChannels($0) }
    let isInverse = layer.check { try $0.config.flag("invert", default: false) }
    let channels = layer.inputs?.first.map { layer.graph[$0].shape.channels }
    let isGiven = try layer.config.memberIfPresent("mean")?.isNull == false
    let values: (inout LayerReader, String) throws -> [Float] = { layer, name in
      if isGiven { return try numbers(layer.config.member(name), name, channels: channels) }
      return spread(
        try layer.weights.values(name, shape: isOfChannels == true ? [channels] : []).values, over: channels)
    }
    let mean = layer.check { try values(&$0, "mean") }
    let variance = layer.check { try values(&$0, "variance") }
    let input = try layer.input()
    guard isOfChannels != nil, let isInverse, let mean, let variance else { throw Skipped() }
    try require(
      variance.allSatisfy { $0 >= 0 } && mean.count == variance.count, "variances \(variance.min() ?? 0) and more",
      at: layer.location, supported: "0 and more, as many as means")
    let deviation = variance.map { Double(max($0.squareRoot(), 1e-7)) }
    let centers = mean.map { Double($0) }
    let op =
      isInverse
      ? affine(scale: deviation, offset: centers)
      : BatchNormalizationOp(gamma: nil, beta: nil, mean: centers, variance: deviation.map { $0 * $0 }, epsilon: 0)
    return try layer.append(op, inputs: [input])
  }

  /// Whether there is a mean per channel; otherwise one for all numbers.
  private static func isOfChannels(_ layer: LayerReader) throws -> Bool {
    guard let node = try layer.config.memberIfPresent("axis"), !node.isNull else { return false }
    if case .array = node.value, try node.array().isEmpty { return false }
    try NormalizationLayers.checkAxis(layer)
    return true
  }

  private static func rescaling(_ layer: inout LayerReader) throws -> NodeID {
    let channels = layer.inputs?.first.map { layer.graph[$0].shape.channels }
    let scale = layer.check { try numbers($0.config.member("scale"), "scale", channels: channels) }
    let offset = layer.check { layer in
      try layer.config.memberIfPresent("offset").map { try numbers($0, "offset", channels: channels) }
        ?? spread([0], over: channels)
    }
    let input = try layer.input()
    guard let scale, let offset else { throw Skipped() }
    return try layer.append(
      affine(scale: scale.map { Double($0) }, offset: offset.map { Double($0) }), inputs: [input])
  }

  /// x times a scale plus an offset, both per channel.
  private static func affine(scale: [Double], offset: [Double]) -> BatchNormalizationOp {
    BatchNormalizationOp(
      gamma: scale, beta: offset, mean: scale.map { _ in 0 }, variance: scale.map { _ in 1 }, epsilon: 0)
  }

  /// A number for all channels, or an array of one each, however deep it is nested.
  private static func numbers(_ node: JSONNode, _ name: String, channels: Int?) throws -> [Float] {
    func all(_ node: JSONNode) throws -> [Float] {
      guard case .array = node.value else { return [Float(try node.double())] }
      return try node.array().flatMap(all)
    }
    let found = try all(node)
    try node.require(
      found.areFinite && (found.count == 1 || channels == nil || found.count == channels),
      "has \(found.count) numbers", supported: "finite ones: one, or one per channel")
    return found.count == 1 ? spread(found, over: channels) : found
  }

  private static func spread(_ values: [Float], over channels: Int?) -> [Float] {
    guard let channels, values.count == 1 else { return values }
    return Array(repeating: values[0], count: channels)
  }
}
