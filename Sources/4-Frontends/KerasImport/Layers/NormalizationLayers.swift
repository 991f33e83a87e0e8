import Diagnostics
import QIR
import Quantization

/// `BatchNormalization` and `QBatchNormalization`, at inference.
enum NormalizationLayers {
  static let rows = [
    LayerRow(
      ["BatchNormalization": .normalization + .statistics()], notes: "along the last axis",
      read: { try normalization(&$0, isQuantized: false) }),
    LayerRow(
      [
        "QBatchNormalization": .normalization + .statistics() + .quantized("gamma", "beta", "mean", "variance")
          + .read("inverse_quantizer")
      ],
      notes: "along the last axis; gamma, beta, mean, variance and inverse through their quantizers",
      read: { try normalization(&$0, isQuantized: true) }),
  ]

  private static func normalization(_ layer: inout LayerReader, isQuantized: Bool) throws -> NodeID {
    // Keras adds it to a float32 variance.
    let epsilon = layer.check { Float(try $0.config.double("epsilon", default: 0.001)) }
    try checkAxis(layer)
    let channels = layer.inputs?.first.map { layer.graph[$0].shape.channels }
    let values: (inout LayerReader, Statistic) throws -> Parameter = { layer, statistic in
      try layer.parameter(
        statistic.variable, shape: [channels], quantizer: isQuantized ? statistic.quantizer : nil,
        default: statistic.standard, forKernel: statistic.isTrained)
    }
    let optionalValues: (inout LayerReader, Statistic, String) throws -> Parameter? = { layer, statistic, flag in
      if try layer.config.flag(flag, default: true) { return try values(&layer, statistic) }
      _ = try layer.quantizer(statistic.quantizer, of: statistic.variable, forKernel: false)
      return nil
    }
    let gamma = layer.check { try optionalValues(&$0, .gamma, "scale") }
    let beta = layer.check { try optionalValues(&$0, .beta, "center") }
    let mean = layer.check { try values(&$0, .mean) }
    let variance = layer.check { try values(&$0, .variance) }
    let inverseQuantizer = layer.check { layer in
      isQuantized ? try layer.quantizer("inverse_quantizer", of: "inverse", forKernel: false) : nil
    }
    let input = try layer.input()
    guard let epsilon, let gamma, let beta, let mean, let variance, let inverseQuantizer else {
      throw Skipped()
    }
    var op = BatchNormalizationOp(
      gamma: gamma?.values, beta: beta?.values, mean: mean.values, variance: variance.values, epsilon: Double(epsilon))
    if let inverseQuantizer {
      let inverse = try inverse(layer, gamma?.values, variance.values, epsilon, through: inverseQuantizer)
      let stored = op.storedParameters
      op = BatchNormalizationOp(
        gamma: inverse, beta: beta?.values, mean: mean.values, variance: inverse.map { _ in 1 }, epsilon: 0)
      op.storedParameters = stored
    }
    op.farthest.gamma = gamma?.farthest ?? 0
    op.farthest.beta = beta?.farthest ?? 0
    op.farthest.mean = mean.farthest
    op.farthest.variance = variance.farthest
    return try layer.append(op, inputs: [input])
  }

  /// A variable, and what QKeras takes for its quantizer where the configuration does not say the key.
  private struct Statistic {
    let variable: String
    let quantizer: String
    let standard: String
    /// QKeras tells gamma and variance that they are trainable (`_set_trainable_parameter`), beta and mean not.
    var isTrained = false

    static let gamma = Statistic(
      variable: "gamma", quantizer: "gamma_quantizer", standard: "quantized_relu_po2(6, 2048)", isTrained: true)
    static let beta = Statistic(variable: "beta", quantizer: "beta_quantizer", standard: "quantized_po2(5)")
    static let mean = Statistic(variable: "moving_mean", quantizer: "mean_quantizer", standard: "quantized_po2(5)")
    static let variance = Statistic(
      variable: "moving_variance", quantizer: "variance_quantizer",
      standard: "quantized_relu_po2(6, quadratic_approximation=True)", isTrained: true)
  }

  /// gamma / sqrt(variance + epsilon) in float32 and in QKeras' order, through the quantizer that its newer versions have
  /// for it.
  private static func inverse(
    _ layer: LayerReader, _ gamma: [Double]?, _ variance: [Double], _ epsilon: Float, through quantizer: Quantizer
  ) throws -> [Double] {
    for key in ["gamma_quantizer", "variance_quantizer"] where try layer.config.memberIfPresent(key)?.isNull != true {
      throw Diagnostic(
        "inverse_quantizer beside \(key), which is not None", at: layer.location,
        supported: "one of the two, as in QKeras", fix: "set \(key)=None")
    }
    let roots = ReciprocalSquareRoot.of(variance.map { Float($0) + epsilon })
    let inverse = gamma.map { zip(roots, $0).map { $0 * Float($1) } } ?? roots
    try require(
      inverse.areFinite, "gamma / sqrt(variance + epsilon) is not finite", at: layer.location,
      fix: "look for a negative or zero moving_variance")
    return try layer.parameter("inverse", inverse, shape: [inverse.count], through: quantizer).values
  }

  /// The axis counts the batch; Keras writes it as a number or a list of one.
  static func checkAxis(_ layer: LayerReader) throws {
    guard var node = try layer.config.memberIfPresent("axis") else { return }
    if case .array = node.value {
      let axes = try node.array()
      guard let first = axes.first, axes.count == 1 else {
        throw node.problem(
          "has \(axes.count) axes", supported: "the last axis", fix: "normalize along axis=-1 alone, and train again")
      }
      node = first
    }
    let axis = try node.int()
    guard axis != -1, let input = layer.inputs?.first else { return }
    let rank = layer.graph[input].shape.rank
    if axis != rank {
      throw node.problem(
        "is \(axis) for a tensor of \(rank) axes besides the batch", supported: "the last axis, -1 or \(rank)",
        fix: "normalize along axis=-1, and train again")
    }
  }
}
