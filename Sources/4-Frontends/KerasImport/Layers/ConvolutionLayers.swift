import Diagnostics
import JSON
import QIR

/// `Conv2D`, `DepthwiseConv2D` and their QKeras forms.
enum ConvolutionLayers {
  static let rows = [
    LayerRow(
      "QConv2D", "Conv2D", notes: "padding valid and same, strides, dilation, groups, activation=",
      read: convolution),
    LayerRow(
      "QDepthwiseConv2D", "DepthwiseConv2D",
      notes: "padding valid and same, strides, dilation, depth_multiplier, activation=", read: depthwise),
  ]

  private static func convolution(_ layer: inout LayerReader) throws -> NodeID {
    let window = layer.check { try WindowConfig.plane($0.config, size: "kernel_size") }
    let groups = layer.check { try $0.config.int("groups", default: 1, in: 1...65536) }
    let filters = layer.check { try $0.config.int("filters", in: 1...(1 << 24)) }
    let activation = layer.check { try $0.activation() }
    let bias = layer.check { try $0.bias(count: filters) }
    let channels = layer.inputShapeIfKnown(rank: 3).flatMap { shape in groups.map { shape.channels / $0 } }
    let kernel = layer.check {
      try $0.parameter(
        "kernel", shape: [window?.size.rows, window?.size.columns, channels, filters], quantizer: "kernel_quantizer",
        forKernel: true)
    }
    let shape = try layer.inputShape(rank: 3)
    guard let window, let groups, let activation, let bias, let kernel else { throw LayerReader.Skipped() }
    let op = ConvolutionOp(kernel: kernel, bias: bias, window: window.window(over: shape), groups: groups)
    return try layer.append(op, then: activation, inputs: [try layer.input()])
  }

  private static func depthwise(_ layer: inout LayerReader) throws -> NodeID {
    let window = layer.check { try WindowConfig.plane($0.config, size: "kernel_size") }
    let multiplier = layer.check { try $0.config.int("depth_multiplier", default: 1, in: 1...65536) }
    let activation = layer.check { try $0.activation() }
    let channels = layer.inputShapeIfKnown(rank: 3)?.channels
    let bias = layer.check { layer in
      try layer.bias(count: channels.flatMap { channels in multiplier.map { channels * $0 } })
    }
    let kernel = layer.check {
      try $0.parameter(
        "depthwise_kernel", shape: [window?.size.rows, window?.size.columns, channels, multiplier],
        quantizer: "depthwise_quantizer", forKernel: true)
    }
    let shape = try layer.inputShape(rank: 3)
    guard let window, multiplier != nil, let activation, let bias, let kernel else { throw LayerReader.Skipped() }
    let op = DepthwiseConvolutionOp(kernel: kernel, bias: bias, window: window.window(over: shape))
    return try layer.append(op, then: activation, inputs: [try layer.input()])
  }
}
