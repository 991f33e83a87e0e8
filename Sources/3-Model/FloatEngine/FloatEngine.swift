import CValueKernels
import QIR

/// Runs a graph in single precision over many samples at once, fast. `FloatReference` says what is right; this one is as far
/// from it as float32 arithmetic has to be. Each sample's results are the same whatever batch it stands in.
package struct FloatEngine: Sendable {
  package let graph: Graph
  /// The constants of each node, prepared once.
  private let constants: [[[Float]]]
  private let consumers: [[NodeID]]

  package init(_ graph: Graph) {
    self.graph = graph
    constants = graph.nodes.map { $0.op.parameters.map { $0.parameter.values.map { Float($0) } } }
    consumers = graph.consumers
  }

  /// The results of the nodes asked for. Others are let go when the last node has read them.
  ///
  /// - Parameter inputs: the network's inputs by node, as many samples of each.
  package func run(_ inputs: [NodeID: Batch], results: Set<NodeID>) -> [NodeID: Batch] {
    var values: [NodeID: Batch] = [:]
    for id in graph.ids where results.contains(id) || !consumers[id.index].isEmpty {
      values[id] = inputs[id] ?? evaluate(id, graph[id].inputs.compactMap { values[$0] })
      for input in graph[id].inputs where consumers[input.index].last == id && !results.contains(input) {
        values[input] = nil
      }
    }
    return values.filter { results.contains($0.key) }
  }

  /// Hands out the results of all nodes, in order; a node's are let go when the last one has read them.
  ///
  /// - Parameter inputs: the network's inputs by node, as many samples of each.
  package func visit(_ inputs: [NodeID: Batch], _ body: (NodeID, Batch) -> Void) {
    var values: [NodeID: Batch] = [:]
    for id in graph.ids {
      let result = inputs[id] ?? evaluate(id, graph[id].inputs.compactMap { values[$0] })
      body(id, result)
      values[id] = result
      for input in graph[id].inputs where consumers[input.index].last == id { values[input] = nil }
    }
  }

  /// A node's results from those of its inputs.
  package func evaluate(_ id: NodeID, _ inputs: [Batch]) -> Batch {
    let node = graph[id]
    let (input, output, samples) = (inputs[0], node.shape, inputs[0].samples)
    if let layer = LinearLayer(node.op, from: input.shape, to: output) {
      let constants = constants[id.index]
      return layer(input, weights: constants[0], bias: constants.count > 1 ? constants[1] : nil, to: output)
    }
    switch node.op.kind {
    case .reshape, .identity: return Batch(shape: output, values: input.values)
    case .add:
      return inputs.dropFirst().reduce(into: input) { sum, next in
        qcc_f32_add(next.values.count, next.values, &sum.values)
      }
    case .batchNormalization(let op):
      let shift = op.mean.indices.map { Float(op.beta[$0] - op.mean[$0] * op.scale[$0]) }
      return Batch(shape: output, samples: samples) {
        qcc_f32_affine(
          input.values.count / output.channels, output.channels, op.scale.map { Float($0) }, shift, input.values, $0)
      }
    case .elementwise(let op):
      guard let bounds = op.bounds else { return evaluateExactly(node, inputs) }
      return Batch(shape: output, samples: samples) {
        qcc_f32_clip(input.values.count, bounds.lower, bounds.upper, input.values, $0)
      }
    case .maxPool(let op) where op.window.dilation == .one:
      var geometry = op.window.pooling(from: input.shape, to: output)
      return Batch(shape: output, samples: samples) { qcc_f32_max_pool(&geometry, samples, input.values, $0) }
    case .averagePool(let op) where op.window.dilation == .one:
      var geometry = op.window.pooling(from: input.shape, to: output)
      return Batch(shape: output, samples: samples) {
        qcc_f32_average_pool(&geometry, samples, Float(op.factor), input.values, $0)
      }
    default: return evaluateExactly(node, inputs)
    }
  }

  /// As the reference does it, sample by sample: for what no kernel is worth it.
  private func evaluateExactly(_ node: Node, _ inputs: [Batch]) -> Batch {
    let constants = node.op.parameters.map(\.parameter.values)
    let shapes = inputs.map(\.shape)
    let values = (0..<inputs[0].samples).flatMap { sample in
      let samples = inputs.map { $0[sample..<(sample + 1)].values.map { Double($0) } }
      let operands = Operands(inputs: samples, shapes: shapes, resultShape: node.shape, constants: constants)
      return node.op.evaluate(operands).map { Float($0) }
    }
    return Batch(shape: node.shape, values: values)
  }
}

extension ElementwiseOp {
  /// Where the function is nothing but a clip.
  fileprivate var bounds: (lower: Float, upper: Float)? {
    var bounds = (lower: -Float.infinity, upper: Float.infinity)
    for function in functions {
      guard case .clip(let lower, let upper) = function else { return nil }
      // As the values that were clipped so far are clipped on.
      func clipped(_ value: Float) -> Float {
        min(max(value, lower.map { Float($0.double) } ?? value), upper.map { Float($0.double) } ?? .infinity)
      }
      bounds = (clipped(bounds.lower), clipped(bounds.upper))
    }
    return bounds
  }
}

extension Window {
  /// For the kernels in C.
  fileprivate func pooling(from input: Shape, to output: Shape) -> qcc_pool_geometry {
    let (input, output) = (input.extents, output.extents)
    return qcc_pool_geometry(
      in_height: Int32(input[0]), in_width: Int32(input[1]), channels: Int32(input[2]),
      out_height: Int32(output[0]), out_width: Int32(output[1]),
      kernel_height: Int32(size.rows), kernel_width: Int32(size.columns),
      stride_height: Int32(stride.rows), stride_width: Int32(stride.columns),
      pad_top: Int32(padding.top), pad_left: Int32(padding.left))
  }
}
