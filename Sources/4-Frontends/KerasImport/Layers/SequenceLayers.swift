import Diagnostics
import JSON
import QIR

/// `Conv1D` and `QConv1D`: a sequence [steps, channels] is a feature map of one row.
enum SequenceLayers {
  static let rows = [
    LayerRow(
      [
        "QConv1D": ConvolutionLayers.keys + .quantized("kernel", "bias"), "Conv1D": ConvolutionLayers.keys,
      ],
      notes: "padding valid, same and causal, strides, dilation, groups, activation=",
      read: convolution)
  ]

  private static func convolution(_ layer: inout LayerReader) throws -> NodeID {
    let window = layer.check { try WindowConfig.row($0.config, size: "kernel_size", causal: true) }
    let groups = layer.check { try $0.config.int("groups", default: 1, orNone: true, in: 1...65536) }
    let filters = layer.check { try $0.config.int("filters", in: 1...(1 << 24)) }
    let activation = layer.check { try $0.activation() }
    let bias = layer.check { try $0.bias(count: filters) }
    let channels = layer.inputShapeIfKnown(rank: 2).flatMap { shape in groups.map { shape.channels / $0 } }
    let kernel = layer.check {
      try $0.parameter(
        "kernel", shape: [window?.size.columns, channels, filters], quantizer: "kernel_quantizer", forKernel: true)
    }
    let row = try layer.appendRow()
    guard let window, let groups, let activation, let bias, let kernel else { throw Skipped() }
    let op = ConvolutionOp(
      kernel: kernel.withLeadingAxis, bias: bias, window: window.window(over: layer.graph[row].shape), groups: groups)
    let result = try layer.append(op, "row_result", inputs: [row])
    return try layer.appendSequence(of: result, then: activation)
  }
}

extension LayerReader {
  /// The input [steps, channels] as [1, steps, channels].
  mutating func appendRow() throws -> NodeID {
    let shape = try inputShape(rank: 2)
    return try append(ReshapeOp(shape: Shape([1] + shape.extents)), "row", inputs: [try input()])
  }

  /// [1, steps, channels] as [steps, channels], and behind it what the activation needs.
  mutating func appendSequence(of row: NodeID, then activation: LayerActivation) throws -> NodeID {
    let shape = Shape(Array(graph[row].shape.extents.dropFirst()))
    return try append(ReshapeOp(shape: shape), then: activation, inputs: [row])
  }
}
