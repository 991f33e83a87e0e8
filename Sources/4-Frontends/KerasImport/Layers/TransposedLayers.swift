import Diagnostics
import JSON
import Numbers
import QIR

/// Convolutions that make larger maps: `Conv2DTranspose`, its QKeras form, and `Conv1DTranspose`.
enum TransposedLayers {
  static let rows = [
    LayerRow(
      ["QConv2DTranspose": keys + .quantized("kernel", "bias"), "Conv2DTranspose": keys], notes: notes,
      read: { try transposed(&$0, isSequence: false) }),
    LayerRow(["Conv1DTranspose": keys], notes: notes, read: { try transposed(&$0, isSequence: true) }),
  ]

  private static let keys =
    LayerKeys.convolution + .read("filters", "output_padding") + .variables("kernel", "bias")
  private static let notes = "padding valid and same, strides, dilation, output_padding, activation="

  private static func transposed(_ layer: inout LayerReader, isSequence: Bool) throws -> NodeID {
    let window = layer.check {
      isSequence
        ? try WindowConfig.row($0.config, size: "kernel_size") : try WindowConfig.plane($0.config, size: "kernel_size")
    }
    let filters = layer.check { try $0.config.int("filters", in: 1...(1 << 24)) }
    let activation = layer.check { try $0.activation() }
    let outputPadding = layer.check { try Self.outputPadding($0.config, isSequence: isSequence) }
    let bias = layer.check { try $0.bias(count: filters) }
    let channels = layer.inputShapeIfKnown(rank: isSequence ? 2 : 3)?.channels
    let size = isSequence ? [window?.size.columns] : [window?.size.rows, window?.size.columns]
    let kernel = layer.check {
      try $0.parameter("kernel", shape: size + [filters, channels], quantizer: "kernel_quantizer", forKernel: true)
    }
    if !isSequence { _ = try layer.inputShape(rank: 3) }
    let input = isSequence ? try layer.appendRow() : try layer.input()
    guard let window, let activation, let outputPadding, let bias, let kernel else { throw Skipped() }
    let shape = layer.graph[input].shape
    let convolution = TransposedConvolution(
      kernel: (isSequence ? kernel.withLeadingAxis : kernel).withChannelsSwapped, bias: bias, groups: 1,
      rows: isSequence
        ? .single
        : axis(window, \.rows, over: shape.extents[0], outputPadding: outputPadding.first),
      columns: axis(window, \.columns, over: shape.extents[1], outputPadding: outputPadding.last))
    let (rows, columns) = (convolution.rows.result, convolution.columns.result)
    try require(
      rows > 0 && columns > 0 && convolution.meets(shape), "\(layer.className) to \(rows)x\(columns) pixels",
      at: layer.location, supported: "results whose pixels all lie within reach of the kernel")
    try layer.checkSize(Shape([rows, columns, convolution.kernel.shape[3]]))
    let last = try convolution.append(over: input, of: shape, to: &layer)
    guard isSequence else { return try layer.append(last.op, then: activation, inputs: last.inputs) }
    return try layer.appendSequence(of: layer.append(last.op, "row_result", inputs: last.inputs), then: activation)
  }

  /// Of rows and columns; empty where the layer says none, which to Keras is not 0.
  private static func outputPadding(_ config: JSONNode, isSequence: Bool) throws -> [Int] {
    guard let node = try config.memberIfPresent("output_padding"), !node.isNull else { return [] }
    var numbers = [node]
    if case .array = node.value { numbers = try node.array() }
    let sides = try numbers.map { try $0.int(in: 0...65536) }
    try node.require(
      sides.count == 1 || (sides.count == 2 && !isSequence), "has \(sides.count) numbers",
      supported: isSequence ? "one" : "one or two")
    return [isSequence ? 0 : sides[0], sides[sides.count - 1]]
  }

  /// Keras' `deconv_output_length`, and TensorFlow's padding for the convolution that it turns round.
  private static func axis(
    _ window: WindowConfig, _ along: KeyPath<Extents, Int>, over extent: Int, outputPadding: Int?
  ) -> TransposedConvolution.Axis {
    let (taps, stride, dilation) = (
      window.size[keyPath: along], window.stride[keyPath: along], window.dilation[keyPath: along]
    )
    let span = (taps - 1) * dilation + 1
    let isSame = window.mode == .same
    let result =
      if let outputPadding {
        (extent - 1) * stride + span - (isSame ? span / 2 * 2 : 0) + outputPadding
      } else {
        extent * stride + (isSame ? 0 : max(span - stride, 0))
      }
    let cut = isSame ? max((extent - 1) * stride + span - result, 0) / 2 : 0
    return .init(taps: taps, stride: stride, dilation: dilation, cut: cut, result: result)
  }
}

extension LayerReader: NodeBuilder {}

extension Parameter {
  /// A kernel [rows, columns, outputs, inputs] as [rows, columns, inputs, outputs].
  fileprivate var withChannelsSwapped: Parameter {
    let axes = [0, 1, 3, 2]
    let swapped = axes.map { shape[$0] }
    switch self {
    case .real(let numbers, let shape): return .real(Shape(shape).permute(numbers, by: axes), shape: swapped)
    case .quantized(var tensor):
      tensor.codes = Shape(shape).permute(tensor.codes, by: axes)
      if tensor.scales.count > 1 { tensor.scaleAxis = axes[tensor.scaleAxis] }
      tensor.shape = swapped
      return .quantized(tensor)
    }
  }
}
