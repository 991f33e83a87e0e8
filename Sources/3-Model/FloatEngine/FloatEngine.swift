import CValueKernels
import QIR

/// Runs a graph in single precision over many samples at once, fast. `FloatReference` says what is right; this one is as far
/// from it as float32 arithmetic has to be. Each sample's results are the same whatever batch it stands in.
package struct FloatEngine: Sendable {
  package let graph: Graph
  /// The constants of each node, prepared once.
  private let constants: [[[Float]]]
  private let consumers: [[NodeID]]
  private let threads: Int

  /// - Parameter threads: that layers are computed on, each a part of the samples.
  package init(_ graph: Graph, threads: Int = 1) {
    self.graph = graph
    self.threads = threads
    constants = graph.nodes.map { $0.op.parameters.map { $0.parameter.values.map { Float($0) } } }
    consumers = graph.consumers
  }

  /// For processes that run an engine often: its batches come and go, and are not cleared by the system each time where what
  /// is freed stays with the process, up to a gigabyte.
  package static func keepFreedMemory() { qcc_keep_freed_memory() }

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
    let (input, output) = (inputs[0], node.shape)
    if let layer = LinearLayer(node.op, from: input.shape, to: output) {
      let constants = constants[id.index]
      return layer(
        input, weights: constants[0], bias: constants.count > 1 ? constants[1] : nil, to: output, threads: threads)
    }
    return Self.evaluate(node.op, inputs, to: output)
  }

  /// An operator that is no layer.
  package static func evaluate(_ op: any Operator, _ inputs: [Batch], to output: Shape) -> Batch {
    (op as? any BatchOperator)?.evaluate(inputs, to: output) ?? evaluateExactly(op, inputs, to: output)
  }

  /// As the reference does it, sample by sample: for what no kernel is worth it.
  private static func evaluateExactly(_ op: any Operator, _ inputs: [Batch], to output: Shape) -> Batch {
    let constants = op.parameters.map(\.parameter.values)
    let shapes = inputs.map(\.shape)
    let values = (0..<inputs[0].samples).flatMap { sample in
      let samples = inputs.map { $0[sample..<(sample + 1)].values.map { Double($0) } }
      let operands = Operands(inputs: samples, shapes: shapes, resultShape: output, constants: constants)
      return op.evaluate(operands).map { Float($0) }
    }
    return Batch(shape: output, values: values)
  }
}

/// A tensor's values for some samples, one after another, each flattened (NHWC).
package struct Batch: Sendable, Equatable {
  package var shape: Shape
  package var values: [Float]

  package init(shape: Shape, values: [Float]) {
    precondition(values.count % max(shape.elements, 1) == 0, "whole samples")
    self.shape = shape
    self.values = values
  }

  /// Values that `fill` writes.
  package init(shape: Shape, samples: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) {
    self.shape = shape
    values = [Float](unsafeUninitializedCapacity: samples * shape.elements) { buffer, count in
      if let base = buffer.baseAddress { fill(base) }
      count = samples * shape.elements
    }
  }

  package var samples: Int { shape.elements == 0 ? 0 : values.count / shape.elements }

  package subscript(samples: Range<Int>) -> Batch {
    Batch(
      shape: shape,
      values: Array(values[(samples.lowerBound * shape.elements)..<(samples.upperBound * shape.elements)]))
  }

  /// Evenly out of all samples so many at most.
  package func thinned(to most: Int) -> Batch {
    guard samples > most else { return self }
    return Batch(
      shape: shape, values: (0..<most).flatMap { self[($0 * samples / most)..<($0 * samples / most + 1)].values })
  }
}
