import Diagnostics
import JSON
import QIR

/// `BatchNormalization` and `QBatchNormalization`, at inference.
enum NormalizationLayers {
  static let rows = [
    LayerRow("BatchNormalization", notes: "along the last axis", read: { try normalization(&$0, isQuantized: false) }),
    LayerRow(
      "QBatchNormalization", notes: "along the last axis; gamma, beta, mean and variance through their quantizers",
      read: { try normalization(&$0, isQuantized: true) }),
  ]

  private static func normalization(_ layer: inout LayerReader, isQuantized: Bool) throws -> NodeID {
    // Keras adds it to a float32 variance.
    let epsilon = layer.check { Double(Float(try $0.config.doubleIfPresent("epsilon") ?? 0.001)) }
    try checkAxis(layer)
    let channels = layer.inputs?.first.map { layer.graph[$0].shape.channels }
    let gamma = layer.check { layer in
      try layer.config.flag("scale", default: true)
        ? try statistic(&layer, "gamma", channels, isQuantized ? "gamma_quantizer" : nil) : nil
    }
    let beta = layer.check { layer in
      try layer.config.flag("center", default: true)
        ? try statistic(&layer, "beta", channels, isQuantized ? "beta_quantizer" : nil) : nil
    }
    let mean = layer.check { try statistic(&$0, "moving_mean", channels, isQuantized ? "mean_quantizer" : nil) }
    let variance = layer.check {
      try statistic(&$0, "moving_variance", channels, isQuantized ? "variance_quantizer" : nil)
    }
    let input = try layer.input()
    guard let epsilon, let gamma, let beta, let mean, let variance else {
      throw LayerReader.Skipped()
    }
    let op = BatchNormalizationOp(gamma: gamma, beta: beta, mean: mean, variance: variance, epsilon: epsilon)
    return try layer.append(op, inputs: [input])
  }

  private static func statistic(
    _ layer: inout LayerReader, _ variable: String, _ channels: Int?, _ quantizer: String?
  ) throws -> [Double] {
    // QKeras tells gamma and variance that they are trainable (`_set_trainable_parameter`), beta and mean not.
    let isTrained = variable == "gamma" || variable == "moving_variance"
    return try layer.parameter(variable, shape: [channels], quantizer: quantizer, forKernel: isTrained).values
  }

  /// The axis counts the batch; Keras writes it as a number or a list of one.
  private static func checkAxis(_ layer: LayerReader) throws {
    guard var node = try layer.config.memberIfPresent("axis"), !node.isNull else { return }
    if case .array = node.value {
      let axes = try node.array()
      guard let first = axes.first, axes.count == 1 else {
        throw node.problem("has \(axes.count) axes", supported: "the last axis")
      }
      node = first
    }
    let axis = try node.int()
    guard axis != -1, let input = layer.inputs?.first else { return }
    let rank = layer.graph[input].shape.rank
    if axis != rank {
      throw node.problem(
        "is \(axis) for a tensor of \(rank) axes besides the batch", supported: "the last axis, -1 or \(rank)")
    }
  }
}
