import Diagnostics
import JSON
import Numbers
import QIR

/// `Conv2D`, `DepthwiseConv2D` and their QKeras forms.
enum ConvolutionLayers {
  static let rows = [
    LayerRow(
      ["QConv2D": keys + .quantized("kernel", "bias") + .read("mask"), "Conv2D": keys],
      notes: "padding valid and same, strides, dilation, groups, activation=, QKeras' mask", read: convolution),
    LayerRow(
      ["QDepthwiseConv2D": depthwiseKeys + .quantized("depthwise", "bias"), "DepthwiseConv2D": depthwiseKeys],
      notes: "padding valid and same, strides, dilation, depth_multiplier, activation=", read: depthwise),
  ]

  static let keys = LayerKeys.convolution + .read("filters", "groups") + .variables("kernel", "bias")
  static let depthwiseKeys =
    LayerKeys.convolution + .read("depth_multiplier") + .trained("depthwise") + .variables("depthwise_kernel", "bias")

  private static func convolution(_ layer: inout LayerReader) throws -> NodeID {
    try convolution(&layer) { layer, shape, filters in
      let bias = layer.check { try $0.bias(count: filters) }
      let kernel = layer.check { layer in
        try layer.parameter("kernel", shape: shape, quantizer: "kernel_quantizer", forKernel: true)
          .masked(by: mask(of: layer.config))
      }
      guard let bias, let kernel else { throw Skipped() }
      return (kernel, bias)
    }
  }

  /// Reads kernel and bias, of a kernel's shape and for so many outputs, as far as they are known.
  typealias WeightReader = (inout LayerReader, [Int?], Int?) throws -> (kernel: Parameter, bias: Parameter?)

  static func convolution(_ layer: inout LayerReader, weights read: WeightReader) throws -> NodeID {
    let window = layer.check { try WindowConfig.plane($0.config, size: "kernel_size") }
    let groups = layer.check { try $0.config.int("groups", default: 1, orNone: true, in: 1...65536) }
    let filters = layer.check { try $0.config.int("filters", in: 1...(1 << 24)) }
    let activation = layer.check { try $0.activation() }
    let channels = layer.inputShapeIfKnown(rank: 3).flatMap { shape in groups.map { shape.channels / $0 } }
    let weights = layer.check { try read(&$0, [window?.size.rows, window?.size.columns, channels, filters], filters) }
    let shape = try layer.inputShape(rank: 3)
    guard let window, let groups, let activation, let weights else { throw Skipped() }
    let op = ConvolutionOp(
      kernel: weights.kernel, bias: weights.bias, window: window.window(over: shape), groups: groups)
    return try layer.append(op, then: activation, inputs: [try layer.input()])
  }

  /// QKeras' `mask`: which taps of the window count, a number per row and column (`[[[[1]], [[0]]], …]` as it is saved).
  /// - Returns: nil where there is none.
  private static func mask(of config: JSONNode) throws -> [Bool]? {
    guard let node = try config.memberIfPresent("mask"), !node.isNull else { return nil }
    func taps(_ node: JSONNode) throws -> [Bool] {
      if case .array = node.value { return try node.array().flatMap(taps) }
      switch try node.double() {
      case 0: return [false]
      case 1: return [true]
      case let other:
        throw node.problem(
          "is \(other)", supported: "a mask of 0 and 1", fix: "multiply the kernel with the mask before it is quantized"
        )
      }
    }
    return try taps(node)
  }

  private static func depthwise(_ layer: inout LayerReader) throws -> NodeID {
    try depthwise(&layer) { layer, shape, outputs in
      let bias = layer.check { try $0.bias(count: outputs) }
      let kernel = layer.check {
        // Keras 3 names it as it does others.
        let name = $0.weights.holds("depthwise_kernel") ? "depthwise_kernel" : "kernel"
        return try $0.parameter(name, shape: shape, quantizer: "depthwise_quantizer", forKernel: true)
      }
      guard let bias, let kernel else { throw Skipped() }
      return (kernel, bias)
    }
  }

  static func depthwise(_ layer: inout LayerReader, weights read: WeightReader) throws -> NodeID {
    let window = layer.check { try WindowConfig.plane($0.config, size: "kernel_size") }
    let multiplier = layer.check { try $0.config.int("depth_multiplier", default: 1, in: 1...65536) }
    let activation = layer.check { try $0.activation() }
    let channels = layer.inputShapeIfKnown(rank: 3)?.channels
    let outputs = channels.flatMap { channels in multiplier.map { channels * $0 } }
    let weights = layer.check {
      try read(&$0, [window?.size.rows, window?.size.columns, channels, multiplier], outputs)
    }
    let shape = try layer.inputShape(rank: 3)
    guard let window, multiplier != nil, let activation, let weights else { throw Skipped() }
    let op = DepthwiseConvolutionOp(kernel: weights.kernel, bias: weights.bias, window: window.window(over: shape))
    return try layer.append(op, then: activation, inputs: [try layer.input()])
  }
}

extension Parameter {
  /// The same kernel with zeros where the mask has them: after quantization, as QKeras does it.
  fileprivate func masked(by mask: [Bool]?) throws -> Parameter {
    guard let mask else { return self }
    try require(
      mask.count == shape.prefix(2).reduce(1, *), "a mask of \(mask.count) numbers for a kernel of shape \(shape)",
      supported: "one number per row and column", fix: "give QConv2D a mask of its kernel_size")
    let area = shape.dropFirst(2).reduce(1, *)
    func isKept(_ element: Int) -> Bool { mask[element / area] }
    switch self {
    case .real(let values, let shape):
      return .real(values.enumerated().map { isKept($0) ? $1 : 0 }, shape: shape)
    case .quantized(var tensor):
      tensor.codes = IntegerArray(tensor.codes.enumerated().map { isKept($0) ? $1 : 0 })
      return .quantized(tensor)
    }
  }
}

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
    + .variables("depthwise_kernel", "pointwise_kernel", "bias")
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
