import ONNX
import QIR

/// Operators that sum products with constant weights.
extension GraphWriter {
  mutating func write(_ op: ConvolutionOp, _ id: NodeID) {
    // HWIO to OIHW.
    let kernel = ParameterTensor(op.kernel).permuted(by: [3, 2, 0, 1])
    convolve(id, kernel, op.bias, op.window, groups: op.groups)
  }

  mutating func write(_ op: DepthwiseConvolutionOp, _ id: NodeID) {
    // Rows, columns, channels, multiplier to (channels multiplier) 1 rows columns: output c m + j reads channel c.
    let kernel = ParameterTensor(op.kernel).permuted(by: [2, 3, 0, 1]).mergingFirstAxes()
    convolve(id, kernel, op.bias, op.window, groups: op.kernel.shape[2])
  }

  private mutating func convolve(
    _ id: NodeID, _ kernel: ParameterTensor, _ bias: Parameter?, _ window: Window, groups: Int
  ) {
    let node = graph[id]
    var inputs = [tensor(node.inputs[0], in: channelsFirst(node.inputs[0]))]
    inputs.append(parameter(kernel, "kernel", of: id))
    if let bias { inputs.append(parameter(ParameterTensor(bias), "bias", of: id)) }
    let step = Step(
      "Conv",
      attributes: [
        ("dilations", .ints([window.dilation.rows, window.dilation.columns])),
        ("group", .int(groups)),
      ] + windowAttributes(window))
    emit([step], of: inputs, making: id, in: channelsFirst(id))
  }

  mutating func write(_ op: DenseOp, _ id: NodeID) {
    let natural = Array(0..<graph[id].shape.rank)
    let input = tensor(graph[id].inputs[0], in: natural)
    var steps = [
      Step("MatMul", constants: [parameter(ParameterTensor(op.kernel), "kernel", of: id)], suffix: "product")
    ]
    if let bias = op.bias {
      steps.append(Step("Add", constants: [parameter(ParameterTensor(bias), "bias", of: id)]))
    }
    emit(steps, of: [input], making: id, in: natural)
  }

  /// Strides, padding and the size of a window.
  func windowAttributes(_ window: Window) -> [(name: String, value: ONNXAttribute)] {
    let padding = window.padding
    return [
      ("kernel_shape", .ints([window.size.rows, window.size.columns])),
      ("pads", .ints([padding.top, padding.left, padding.bottom, padding.right])),
      ("strides", .ints([window.stride.rows, window.stride.columns])),
    ]
  }

  /// The order in which operators over windows take a node's axes: NCHW.
  func channelsFirst(_ id: NodeID) -> [Int] {
    let rank = graph[id].shape.rank
    return rank == 0 ? [] : [rank - 1] + Array(0..<(rank - 1))
  }
}
