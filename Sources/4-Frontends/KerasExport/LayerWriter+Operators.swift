import JSON
import Numbers
import QIR
import Quantization
import Quantizers

/// Layers with weights.
extension LayerWriter {
  mutating func write(_ op: ConvolutionOp, _ id: NodeID) {
    let kernel = parameter(op.kernel, "kernel", of: id)
    let bias = op.bias.map { parameter($0, "bias", of: id) }
    let (padding, input) = windowInput(op.window, id)
    append(
      "QConv2D", id,
      [
        "filters": .int(op.outputChannels), "kernel_size": op.window.size.json, "strides": op.window.stride.json,
        "padding": padding, "data_format": "channels_last", "dilation_rate": op.window.dilation.json,
        "groups": .int(op.groups), "activation": "linear", "use_bias": .bool(bias != nil),
        "kernel_quantizer": kernel.quantizer, "bias_quantizer": bias?.quantizer ?? .null,
      ], variables: [kernel.variable, bias?.variable].compactMap { $0 }, inputs: input)
  }

  mutating func write(_ op: DepthwiseConvolutionOp, _ id: NodeID) {
    let kernel = parameter(op.kernel, "depthwise_kernel", of: id)
    let bias = op.bias.map { parameter($0, "bias", of: id) }
    let (padding, input) = windowInput(op.window, id)
    append(
      "QDepthwiseConv2D", id,
      [
        "kernel_size": op.window.size.json, "strides": op.window.stride.json, "padding": padding,
        "depth_multiplier": .int(op.kernel.shape[3]), "data_format": "channels_last",
        "dilation_rate": op.window.dilation.json, "activation": "linear", "use_bias": .bool(bias != nil),
        "depthwise_quantizer": kernel.quantizer, "bias_quantizer": bias?.quantizer ?? .null,
      ], variables: [kernel.variable, bias?.variable].compactMap { $0 }, inputs: input)
  }

  mutating func write(_ op: DenseOp, _ id: NodeID) {
    let kernel = parameter(op.kernel, "kernel", of: id)
    let bias = op.bias.map { parameter($0, "bias", of: id) }
    append(
      "QDense", id,
      [
        "units": .int(op.outputChannels), "activation": "linear", "use_bias": .bool(bias != nil),
        "kernel_quantizer": kernel.quantizer, "bias_quantizer": bias?.quantizer ?? .null,
      ], variables: [kernel.variable, bias?.variable].compactMap { $0 })
  }

  /// What a window's padding is called, and the layer to read where that is one that pads.
  private mutating func windowInput(_ window: Window, _ id: NodeID) -> (padding: JSONValue, input: [String]?) {
    if let padding = window.paddingName(over: graph[graph[id].inputs[0]].shape) { return (padding, nil) }
    return ("valid", [append("ZeroPadding2D", before: id, ["padding": window.padding.json])])
  }

  // MARK: Pools and functions of single elements

  mutating func write(_ op: AveragePoolOp, _ id: NodeID) {
    guard op.factor == 1 else { return report("an average times \(op.factor)", id) }
    writePool("AveragePooling2D", op.window, id)
  }

  mutating func writePool(_ className: String, _ window: Window, _ id: NodeID) {
    guard window.dilation == .one, let padding = window.paddingName(over: graph[graph[id].inputs[0]].shape) else {
      return report(
        "pooling with dilation, or with padding that is neither valid nor same", id, supported: "valid and same")
    }
    append(
      className, id, ["pool_size": window.size.json, "strides": window.stride.json, "padding": padding])
  }

  /// Rows and columns taken away at the edges, or each repeated.
  mutating func write(_ op: SelectOp, _ id: NodeID) {
    let extents = graph[graph[id].inputs[0]].shape.extents
    let positions = zip(op.axes, extents).map { $0.in($1) }
    guard extents.count == 3, positions[2].elementsEqual(0..<extents[2]) else {
      return report("a selection along the channels, or of other than feature maps", id)
    }
    let sides = (0...1).map { [positions[$0][0], extents[$0] - 1 - positions[$0][positions[$0].count - 1]] }
    let factors = (0...1).map { positions[$0].count / extents[$0] }
    if (0...1).allSatisfy({ positions[$0].elementsEqual(sides[$0][0]..<extents[$0] - sides[$0][1]) }) {
      append("Cropping2D", id, ["cropping": .array(sides.map { .array($0.map { .int($0) }) })])
    } else if (0...1).allSatisfy({ axis in
      positions[axis].elementsEqual((0..<extents[axis] * factors[axis]).map { $0 / factors[axis] })
    }) {
      append("UpSampling2D", id, ["size": .array(factors.map { .int($0) }), "interpolation": "nearest"])
    } else {
      report("a selection of rows and columns", id, supported: "crops and repeats")
    }
  }

  mutating func write(_ op: ElementwiseOp, _ id: NodeID) {
    if let name = KerasActivation.names.first(where: { KerasActivation.named($0) == op.functions }) {
      return append("Activation", id, ["activation": .string(name)])
    }
    if op.functions.count == 2, op.functions[0] == .curve(.elu), case .leakyReLU(let slope) = op.functions[1],
      let alpha = slope.float
    {
      return append("ELU", id, ["alpha": .double(Double(alpha))])
    }
    // ReLU takes no slope below 0.
    if op.functions.count == 1, case .leakyReLU(let slope) = op.functions[0], let alpha = slope.float {
      return append("LeakyReLU", id, ["alpha": .double(Double(alpha))])
    }
    guard let relu = ReLU(op.functions) else {
      return report("the function \(op.functions.map(\.word).joined(separator: ", "))", id)
    }
    append(
      "ReLU", id,
      ["max_value": relu.upper ?? .null, "negative_slope": relu.slope, "threshold": relu.threshold])
  }

  mutating func write(_ op: PReLUOp, _ id: NodeID) {
    let slopes = op.slopes.compactMap(\.float)
    guard slopes.count == op.slopes.count else {
      return report("a PReLU with slopes of more digits than float32 has", id)
    }
    let shared = 1..<graph[id].shape.rank
    append(
      "PReLU", id, ["shared_axes": shared.isEmpty ? .null : .array(shared.map { .int($0) })],
      variables: [.init(name: "alpha", shape: shared.map { _ in 1 } + [slopes.count], values: slopes)])
  }

  mutating func write(_ op: BatchNormalizationOp, _ id: NodeID) {
    let numbers = [
      ("gamma", op.gamma), ("beta", op.beta), ("moving_mean", op.mean), ("moving_variance", op.variance),
    ]
    guard numbers.allSatisfy({ $0.1.allSatisfy { Double(Float($0)) == $0 } }) else {
      return report("a batch normalization with numbers of more digits than float32 has", id)
    }
    append(
      "BatchNormalization", id, ["axis": [.int(graph[id].shape.rank)], "epsilon": .double(op.epsilon)],
      variables: numbers.map { .init(name: $0.0, shape: [$0.1.count], values: $0.1.map { Float($0) }) })
  }
}

extension Window {
  /// `valid` or `same`; nil for any other padding.
  func paddingName(over shape: Shape) -> JSONValue? {
    if padding.isNone { return "valid" }
    let input = Extents(rows: shape.extents[0], columns: shape.extents[1])
    return padding == .same(input: input, kernel: size, stride: stride, dilation: dilation) ? "same" : nil
  }
}

extension Extents {
  var json: JSONValue { [.int(rows), .int(columns)] }
}

extension Padding {
  var json: JSONValue { [[.int(top), .int(bottom)], [.int(left), .int(right)]] }
}

/// What Keras' layer `ReLU` says of a function.
private struct ReLU {
  private(set) var upper: JSONValue?
  private(set) var slope: JSONValue = .double(0)
  private(set) var threshold: JSONValue = .double(0)

  /// nil where the functions are no such layer's.
  init?(_ functions: [RealFunction]) {
    var functions = functions[...]
    switch functions.popFirst() {
    case .clip(let lower?, let upper) where lower.sign == 0:
      guard let limit = Self.json(upper) else { return nil }
      self.upper = limit
    case .leakyReLU(let slope) where slope.sign >= 0:
      guard let slope = Self.json(slope) else { return nil }
      self.slope = slope
    case .thresholdedReLU(let threshold, let slope) where threshold.sign >= 0 && slope.sign >= 0:
      guard let threshold = Self.json(threshold), let slope = Self.json(slope) else { return nil }
      (self.threshold, self.slope) = (threshold, slope)
    default: return nil
    }
    if upper == nil, case .clip(nil, let limit?)? = functions.first {
      guard let limit = Self.json(limit) else { return nil }
      upper = limit
      functions.removeFirst()
    }
    guard functions.isEmpty else { return nil }
  }

  /// nil where the number is none of float32, in which Keras has it.
  private static func json(_ number: Rational?) -> JSONValue? {
    guard let number else { return .null }
    return number.float.map { .double(Double($0)) }
  }
}
