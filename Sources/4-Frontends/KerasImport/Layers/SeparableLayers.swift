import Diagnostics
import JSON
import QIR

/// `SeparableConv2D`, `SeparableConv1D` and their QKeras forms: a depthwise convolution whose exact accumulators a
/// convolution of 1x1 takes.
enum SeparableLayers {
  static let rows = [
    LayerRow(
      ["QSeparableConv2D": quantizedKeys, "SeparableConv2D": keys],
      notes: "padding valid and same, strides, dilation, depth_multiplier, activation=",
      read: { try separable(&$0, isSequence: false) }),
    LayerRow(
      ["QSeparableConv1D": quantizedKeys, "SeparableConv1D": keys],
      notes: "padding valid, same and causal, strides, dilation, depth_multiplier, activation=",
      read: { try separable(&$0, isSequence: true) }),
  ]

  private static let keys =
    LayerKeys.convolution + .read("filters", "depth_multiplier") + .trained("depthwise", "pointwise")
  private static let quantizedKeys = keys + .quantized("depthwise", "pointwise", "bias")

  private static func separable(_ layer: inout LayerReader, isSequence: Bool) throws -> NodeID {
    let window = layer.check {
      isSequence
        ? try WindowConfig.row($0.config, size: "kernel_size", causal: true)
        : try WindowConfig.plane($0.config, size: "kernel_size")
    }
    let multiplier = layer.check { try $0.config.int("depth_multiplier", default: 1, in: 1...65536) }
    let filters = layer.check { try $0.config.int("filters", in: 1...(1 << 24)) }
    let activation = layer.check { try $0.activation() }
    let bias = layer.check { try $0.bias(count: filters) }
    let channels = layer.inputShapeIfKnown(rank: isSequence ? 2 : 3)?.channels
    let size = isSequence ? [window?.size.columns] : [window?.size.rows, window?.size.columns]
    let depthwise = layer.check {
      try $0.parameter(
        "depthwise_kernel", shape: size + [channels, multiplier], quantizer: "depthwise_quantizer", forKernel: true)
    }
    let pointwise = layer.check {
      try $0.parameter(
        "pointwise_kernel",
        shape: size.map { _ in 1 } + [channels.flatMap { channels in multiplier.map { channels * $0 } }, filters],
        quantizer: "pointwise_quantizer", forKernel: true)
    }
    let shape = try layer.inputShape(rank: isSequence ? 2 : 3)
    guard let window, let activation, let bias, let depthwise, let pointwise else { throw Skipped() }
    let input = isSequence ? try layer.appendRow() : try layer.input()
    let first = DepthwiseConvolutionOp(
      kernel: isSequence ? depthwise.withLeadingAxis : depthwise, bias: nil,
      window: window.window(over: isSequence ? Shape([1] + shape.extents) : shape))
    let filtered = try layer.append(first, "depthwise", inputs: [input])
    let second = ConvolutionOp(
      kernel: isSequence ? pointwise.withLeadingAxis : pointwise, bias: bias, window: Window(size: .one),
      takesAccumulators: true)
    guard isSequence else { return try layer.append(second, then: activation, inputs: [filtered]) }
    let result = try layer.append(second, "row_result", inputs: [filtered])
    return try layer.appendSequence(of: result, then: activation)
  }
}
