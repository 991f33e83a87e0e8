import Diagnostics
import JSON
import Numbers
import QIR

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
