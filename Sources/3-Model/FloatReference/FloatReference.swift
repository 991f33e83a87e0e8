import CValueKernels
import QIR
import Quantization

/// Runs a graph in double precision, with quantizers where the graph has them, one node and one sample at a time: a caller
/// may feed a node with other values than its inputs'. It shares no arithmetic with the integer side.
package struct FloatReference: Sendable {
  package let graph: Graph
  /// Constants of each node as doubles, prepared once.
  let kernels: [[Double]]
  let biases: [[Double]]

  package init(_ graph: Graph) {
    self.graph = graph
    func values(_ wanted: String) -> [[Double]] {
      graph.nodes.map { node in
        node.op.parameters.first { $0.name == wanted }?.parameter.values ?? []
      }
    }
    kernels = values("kernel")
    biases = values("bias")
  }

  /// Every node's values for one sample, by node.
  ///
  /// - Parameter inputs: the network's inputs by node, flattened (NHWC).
  package func run(_ inputs: [NodeID: [Double]]) -> [[Double]] {
    var values: [[Double]] = []
    for id in graph.ids {
      values.append(inputs[id] ?? evaluate(id, graph[id].inputs.map { values[$0.index] }))
    }
    return values
  }

  /// A node's values from those of its inputs, all flattened (NHWC).
  package func evaluate(_ id: NodeID, _ inputs: [[Double]]) -> [Double] {
    let node = graph[id]
    switch node.op {
    case .input: preconditionFailure("inputs are given, not evaluated")
    case .quantize(let op): return quantize(op, inputs[0])
    case .convolution, .depthwiseConvolution, .dense:
      return addBias(id, products(id, inputs[0], kernels[id.index]))
    case .batchNormalization(let op):
      let channels = node.shape.channels
      return inputs[0].enumerated().map { index, value in
        let channel = index % channels
        return (value - op.mean[channel]) * op.scale[channel] + op.beta[channel]
      }
    case .elementwise(let op):
      return op.functions.map(\.compiled).reduce(inputs[0]) { values, function in values.map { function($0) } }
    case .softmax: return softmax(inputs[0], channels: node.shape.channels)
    case .add:
      return inputs.dropFirst().reduce(inputs[0]) { sum, next in zip(sum, next).map(+) }
    case .concatenate(let op): return concatenate(id, op, inputs)
    case .maxPool(let op):
      return pool(id, op.window, inputs[0]) { $0.reduce(-.infinity, max) }
    case .averagePool(let op):
      return pool(id, op.window, inputs[0]) { $0.reduce(0, +) / Double($0.count) * op.factor }
    case .pad(let op): return pad(id, op, inputs[0])
    case .transpose(let op): return graph[node.inputs[0]].shape.permute(inputs[0], by: op.permutation)
    case .reshape, .identity: return inputs[0]
    }
  }

  // MARK: Linear nodes

  /// The sums of products of a linear node, with a kernel of the shape of its own.
  func products(_ id: NodeID, _ input: [Double], _ kernel: [Double]) -> [Double] {
    let node = graph[id]
    return [Double](unsafeUninitializedCapacity: node.shape.elements) { output, count in
      input.withUnsafeBufferPointer { input in
        kernel.withUnsafeBufferPointer { kernel in
          guard let x = input.baseAddress, let w = kernel.baseAddress, let y = output.baseAddress else {
            preconditionFailure("linear layers have inputs, weights and outputs")
          }
          switch node.op {
          case .convolution(let op):
            var geometry = geometry(id, op.window, groups: op.groups)
            qcc_ref_conv2d_f64(&geometry, x, w, y)
          case .depthwiseConvolution(let op):
            var geometry = geometry(id, op.window, groups: op.kernel.shape[2])
            qcc_ref_depthwise_f64(&geometry, x, w, y)
          case .dense(let op):
            let (units, outputs) = (op.kernel.shape[0], op.kernel.shape[1])
            qcc_ref_dense_f64(node.shape.elements / outputs, units, outputs, x, w, y)
          default: preconditionFailure("'\(node.name)' has no weights")
          }
        }
      }
      count = node.shape.elements
    }
  }

  private func addBias(_ id: NodeID, _ sums: [Double]) -> [Double] {
    let bias = biases[id.index]
    guard !bias.isEmpty else { return sums }
    var result = sums
    var channel = 0
    for i in result.indices {
      result[i] += bias[channel]
      channel = channel + 1 == bias.count ? 0 : channel + 1
    }
    return result
  }

  private func geometry(_ id: NodeID, _ window: Window, groups: Int) -> qcc_conv_geometry {
    let input = graph[graph[id].inputs[0]].shape.extents
    let output = graph[id].shape.extents
    return qcc_conv_geometry(
      in_height: Int32(input[0]), in_width: Int32(input[1]), in_channels: Int32(input[2]),
      out_height: Int32(output[0]), out_width: Int32(output[1]), out_channels: Int32(output[2]),
      kernel_height: Int32(window.size.rows), kernel_width: Int32(window.size.columns),
      stride_height: Int32(window.stride.rows), stride_width: Int32(window.stride.columns),
      dilation_height: Int32(window.dilation.rows), dilation_width: Int32(window.dilation.columns),
      pad_top: Int32(window.padding.top), pad_left: Int32(window.padding.left), groups: Int32(groups))
  }

  // MARK: Other nodes

  private func quantize(_ op: QuantizeOp, _ values: [Double]) -> [Double] {
    let channels = op.quantizers.count
    var result = values
    for (channel, quantizer) in op.quantizers.enumerated() {
      let scale = quantizer.format.scale.double
      let zeroPoint = quantizer.format.zeroPoint
      for index in stride(from: channel, to: values.count, by: channels) {
        result[index] = scale * Double(quantizer.code(of: values[index]) - zeroPoint)
      }
    }
    return result
  }

  private func softmax(_ values: [Double], channels: Int) -> [Double] {
    var result = values
    for start in stride(from: 0, to: values.count, by: channels) {
      let row = values[start..<(start + channels)]
      let most = row.max() ?? 0
      let exponentials = row.map { Double.exponential($0 - most) }
      let sum = exponentials.reduce(0, +)
      for (offset, value) in exponentials.enumerated() { result[start + offset] = value / sum }
    }
    return result
  }

  private func concatenate(_ id: NodeID, _ op: ConcatenateOp, _ inputs: [[Double]]) -> [Double] {
    let shapes = graph[id].inputs.map { graph[$0].shape.extents }
    let runs = shapes.map { $0[op.axis...].reduce(1, *) }
    let blocks = shapes[0][..<op.axis].reduce(1, *)
    return (0..<blocks).flatMap { block in
      zip(inputs, runs).flatMap { input, run in input[(block * run)..<((block + 1) * run)] }
    }
  }

  /// `reduce` over the pixels of each window that lie inside the feature map.
  func pool(
    _ id: NodeID, _ window: Window, _ values: [Double], _ reduce: ([Double]) -> Double
  ) -> [Double] {
    let input = graph[graph[id].inputs[0]].shape.extents
    let output = graph[id].shape.extents
    var result: [Double] = []
    result.reserveCapacity(graph[id].shape.elements)
    var inside: [Double] = []
    func positions(_ start: Int, _ size: Int, _ dilation: Int, _ extent: Int) -> [Int] {
      stride(from: start, to: start + size * dilation, by: dilation).filter { (0..<extent).contains($0) }
    }
    for row in 0..<output[0] {
      for column in 0..<output[1] {
        let top = row * window.stride.rows - window.padding.top
        let left = column * window.stride.columns - window.padding.left
        let rows = positions(top, window.size.rows, window.dilation.rows, input[0])
        let columns = positions(left, window.size.columns, window.dilation.columns, input[1])
        for channel in 0..<input[2] {
          inside.removeAll(keepingCapacity: true)
          for y in rows {
            for x in columns { inside.append(values[(y * input[1] + x) * input[2] + channel]) }
          }
          result.append(reduce(inside))
        }
      }
    }
    return result
  }

  private func pad(_ id: NodeID, _ op: PadOp, _ values: [Double]) -> [Double] {
    let input = graph[graph[id].inputs[0]].shape.extents
    let output = graph[id].shape.extents
    var result = [Double](repeating: 0, count: graph[id].shape.elements)
    let run = input[1] * input[2]
    for row in 0..<input[0] {
      let start = ((row + op.padding.top) * output[1] + op.padding.left) * input[2]
      result.replaceSubrange(start..<(start + run), with: values[(row * run)..<((row + 1) * run)])
    }
    return result
  }
}
