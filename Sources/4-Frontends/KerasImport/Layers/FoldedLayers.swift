import Diagnostics
import QIR

/// `QConv2DBatchnorm` and `QDepthwiseConv2DBatchnorm`: batch normalization folded into kernel and bias before they are
/// quantized, as at inference, where both folding modes are one (`call` and `get_folded_weights` in QKeras'
/// qconv2d_batchnorm.py and qdepthwiseconv2d_batchnorm.py). In float32 and in QKeras' order:
///
///     inverse = rsqrt(moving_variance + epsilon) gamma
///     kernel' = inverse kernel,  bias' = inverse (bias - moving_mean) + beta
enum FoldedLayers {
  static let rows = [
    LayerRow(
      // The class that it is made of saves a mask, which this one does not use.
      ["QConv2DBatchnorm": ConvolutionLayers.keys + .quantized("kernel", "bias") + keys + .harmless("mask")],
      notes: "both folding modes, as at inference; otherwise as QConv2D", read: convolution),
    LayerRow(
      ["QDepthwiseConv2DBatchnorm": ConvolutionLayers.depthwiseKeys + .quantized("depthwise", "bias") + keys],
      notes: "both folding modes, as at inference; otherwise as QDepthwiseConv2D", read: depthwise),
  ]

  private static let keys =
    LayerKeys.normalization + .harmless("ema_freeze_delay", "folding_mode") + .variables("iteration")
    + .statistics(of: "batchnorm") + .trainingVariables("iteration")

  private static func convolution(_ layer: inout LayerReader) throws -> NodeID {
    try ConvolutionLayers.convolution(&layer) { layer, shape, filters in
      try fold(
        &layer, kernel: "kernel", shape: shape, outputs: filters, outputAxes: 1, quantizer: "kernel_quantizer")
    }
  }

  private static func depthwise(_ layer: inout LayerReader) throws -> NodeID {
    try ConvolutionLayers.depthwise(&layer) { layer, shape, outputs in
      try fold(
        &layer, kernel: "depthwise_kernel", shape: shape, outputs: outputs, outputAxes: 2,
        quantizer: "depthwise_quantizer")
    }
  }

  /// - Parameter outputAxes: how many of the kernel's last axes index outputs.
  private static func fold(
    _ layer: inout LayerReader, kernel variable: String, shape: [Int?], outputs: Int?, outputAxes: Int,
    quantizer key: String
  ) throws -> (kernel: Parameter, bias: Parameter?) {
    layer.check { try NormalizationLayers.checkAxis($0) }
    let kernelQuantizer = layer.check { try $0.quantizer(key, of: variable, forKernel: true) }
    let biasQuantizer = layer.check { try $0.quantizer("bias_quantizer", of: "bias", forKernel: false) }
    let kernel = layer.check { try $0.weights.values(variable, shape: shape) }
    let statistics = layer.check { try Statistics(&$0, outputs: outputs) }
    guard let kernelQuantizer, let biasQuantizer, let kernel, let statistics else { throw Skipped() }
    let count = kernel.shape.suffix(outputAxes).reduce(1, *)
    try require(
      statistics.inverse.count == count,
      "batch normalization of \(statistics.inverse.count) channels around a kernel of shape \(kernel.shape)",
      at: layer.location, supported: "\(count) channels")
    var values = kernel.values
    for start in stride(from: 0, to: values.count, by: count) {
      for channel in 0..<count { values[start + channel] *= statistics.inverse[channel] }
    }
    let bias = statistics.foldedBias
    try require(
      values.areFinite && bias.areFinite, "kernel or bias is not finite after batch normalization is folded into it",
      at: layer.location, fix: "look for a negative or zero moving_variance")
    return (
      try layer.parameter(variable, values, shape: kernel.shape, through: kernelQuantizer).afterFolding(values),
      try layer.parameter("bias", bias, shape: [count], through: biasQuantizer).afterFolding(bias)
    )
  }

  private struct Statistics {
    let inverse: [Float]
    let foldedBias: [Float]

    init(_ layer: inout LayerReader, outputs: Int?) throws {
      let config = layer.config
      let epsilon = layer.check { _ in Float(try config.double("epsilon", default: 0.001)) }
      let variance = layer.check { try $0.weights.values("moving_variance", shape: [outputs]).values }
      let mean = layer.check { try $0.weights.values("moving_mean", shape: [outputs]).values }
      let gamma = layer.check { layer in
        try config.flag("scale", default: true) ? try layer.weights.values("gamma", shape: [outputs]).values : nil
      }
      let beta = layer.check { layer in
        try config.flag("center", default: true) ? try layer.weights.values("beta", shape: [outputs]).values : nil
      }
      let bias = layer.check { layer in
        try config.flag("use_bias", default: true) ? try layer.weights.values("bias", shape: [outputs]).values : nil
      }
      guard let epsilon, let variance, let mean, let gamma, let beta, let bias else { throw Skipped() }
      try require(
        [mean.count, gamma?.count, beta?.count, bias?.count].allSatisfy { $0 == nil || $0 == variance.count },
        "statistics of unequal numbers of channels", at: layer.location)
      let roots = ReciprocalSquareRoot.of(variance.map { $0 + epsilon })
      let inverse = gamma.map { zip(roots, $0).map(*) } ?? roots
      self.inverse = inverse
      foldedBias = variance.indices.map { i in
        inverse[i] * ((bias?[i] ?? 0) - mean[i]) + (beta?[i] ?? 0)
      }
    }
  }
}

extension Parameter {
  /// The same, knowing how many of the folded numbers were 0.
  fileprivate func afterFolding(_ numbers: [Float]) -> Parameter {
    guard case .quantized(var tensor) = self else { return self }
    tensor.zerosBefore = numbers.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }
    return .quantized(tensor)
  }
}
