import Diagnostics
import QIR
import Quantization

/// Gives a quantizer to what has none and needs one, and says so place by place: weights of linear layers, and feature maps in
/// front of a layer that multiplies, adds or compares codes.
///
///     y = dense x kernel=float[…]           y = dense x kernel=int16[…]*scale
///     z = batch_normalization y        ->   z = batch_normalization y
///     w = dense z                           z/quantized = quantize z
///                                           w = dense z/quantized
package struct QuantizeByDefault: Pass {
  package static let name = "quantize-by-default"
  package var quantizer: Quantizer

  package init(quantizer: Quantizer) {
    self.quantizer = quantizer
  }

  package func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
    let standings = Standing.all(in: graph)
    var rewriter = GraphRewriter(graph)
    var quantized: [NodeID: NodeID] = [:]
    for id in graph.ids {
      let node = graph[id]
      let least = Standing.least(for: node.op)
      let inputs = try node.inputs.map { input in
        guard let least, standings[input.index] < least else { return rewriter.copy(of: input) }
        if let there = quantized[input] { return there }
        let there = try rewriter.append(
          QuantizeOp(quantizer, at: graph.location(of: input)), named: "\(graph[input].name)/quantized",
          inputs: [rewriter.copy(of: input)])
        note("the feature map that it makes", graph, input, &problems)
        quantized[input] = there
        return there
      }
      let op =
        try (node.op as? any LinearOperator).map { try quantizedWeights(of: $0, graph, id, &problems) } ?? node.op
      try rewriter.replace(id, by: op, inputs: inputs)
    }
    return try rewriter.finish()
  }

  /// The layer with its kernel through the quantizer, and its bias with it, where no quantizer touches the kernel.
  private func quantizedWeights(
    of layer: any LinearOperator, _ graph: Graph, _ id: NodeID, _ problems: inout Diagnostics
  ) throws -> any LinearOperator {
    guard case .real(let kernel, let shape) = layer.kernel else { return layer }
    var (layer, place) = (layer, graph.location(of: id))
    place.tensor = "kernel"
    layer.kernel = try Parameter(kernel, shape: shape, through: quantizer.forKernels, at: place)
    if case .real(let bias, let shape)? = layer.bias {
      place.tensor = "bias"
      layer.bias = try Parameter(bias, shape: shape, through: quantizer, at: place)
    }
    note(layer.bias == nil ? "its kernel" : "its kernel and bias", graph, id, &problems)
    return layer
  }

  private func note(_ what: String, _ graph: Graph, _ id: NodeID, _ problems: inout Diagnostics) {
    problems.report(
      "no quantizer for \(what); taken as \(quantizer.kind.description)", at: graph.location(of: id),
      fix: "give the layer quantizers, or say another --default-quantizer", severity: .note)
  }
}

/// What a tensor is to the accelerator, from the worst on.
private enum Standing: Comparable {
  /// Sums or codes behind functions that wait for a quantizer.
  case waiting
  /// Exact sums of a linear layer, moved perhaps.
  case sums
  case codes

  static func all(in graph: Graph) -> [Standing] {
    var standings: [Standing] = []
    for node in graph.nodes {
      let inputs = node.inputs.map { standings[$0.index] }
      standings.append(of(node.op, inputs.min() ?? .codes))
    }
    return standings
  }

  private static func of(_ op: any Operator, _ input: Standing) -> Standing {
    if op is InputOp || op is QuantizeOp { return .codes }
    if op is any LinearOperator || op is MatrixProductOp { return .sums }
    // Windows over an edge divide by fewer.
    if let pool = op as? AveragePoolOp { return pool.window.padding == .none ? input : min(input, .sums) }
    if case .combines = op.motion { return input }
    return op.motion.movesElements ? input : .waiting
  }

  /// What an operator can read at worst; nil where it reads everything.
  static func least(for op: any Operator) -> Standing? {
    if let op = op as? any LinearOperator { return op.takesAccumulators ? .sums : .codes }
    if case .combines = op.motion { return .sums }
    return op is AveragePoolOp || op is MatrixProductOp ? .sums : nil
  }
}
