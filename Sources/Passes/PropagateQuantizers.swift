import Diagnostics
import QIR
import Quantization

/// Moves quantizers up over operators that only move elements, so that they meet the linear layer whose accumulators they
/// quantize, and what is moved is codes instead of accumulators.
///
///     y = max_pool x            x' = quantize x
///     q = quantize y      ->    q  = max_pool x'
///
/// The same over reshape, pad (where the quantizer maps 0 to 0) and concatenate; element-wise functions move along.
/// Rising functions and quantizers commute with the maximum.
package struct PropagateQuantizers: Pass {
  package static let name = "propagate-quantizers"

  package init() {}

  package func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
    var graph = graph
    while let next = try moved(in: graph) { graph = next }
    return graph
  }

  /// The graph with the first movable node moved over its input; nil where there is none.
  private func moved(in graph: Graph) throws -> Graph? {
    let consumers = graph.consumers
    let outputs = Set(graph.outputs)
    let ends = nodesThatEndInQuantizers(graph, consumers, outputs)
    let quantized = quantizedNodes(graph)
    let movable = graph.ids.first { id in
      guard let below = graph[id].inputs.first, consumers[below.index].count == 1, !outputs.contains(below) else {
        return false
      }
      // Codes are already there: quantizing them twice on more pixels gains nothing.
      let isCodes = graph[below].inputs.allSatisfy { quantized[$0.index] }
      return ends[id.index] && !isCodes && commutes(graph[id].op, with: below, in: graph)
    }
    guard let movable else { return nil }
    let below = graph[movable].inputs[0]
    var rewriter = GraphRewriter(graph)
    for id in graph.ids where id != below {
      guard id == movable else {
        try rewriter.keep(id)
        continue
      }
      // The result keeps the name of the quantizer: it is the same tensor.
      let node = graph[id]
      let inputs = graph[below].inputs
      let early = try inputs.indices.map { index in
        let suffix = inputs.count == 1 ? "early" : "early\(index)"
        return try rewriter.append(node.op, named: "\(node.name)/\(suffix)", inputs: [rewriter.copy(of: inputs[index])])
      }
      try rewriter.replace(id, by: graph[below].op, inputs: early)
    }
    return rewriter.finish()
  }

  /// By node: whether it is a quantizer, or one reads its result through element-wise functions alone.
  private func nodesThatEndInQuantizers(
    _ graph: Graph, _ consumers: [[NodeID]], _ outputs: Set<NodeID>
  ) -> [Bool] {
    var ends = Array(repeating: false, count: graph.nodes.count)
    for id in graph.ids.reversed() {
      switch graph[id].op {
      case .quantize: ends[id.index] = true
      case .elementwise:
        ends[id.index] =
          consumers[id.index].count == 1 && !outputs.contains(id) && ends[consumers[id.index][0].index]
      default: break
      }
    }
    return ends
  }

  /// By node: whether its values are codes of quantizers, moved perhaps.
  private func quantizedNodes(_ graph: Graph) -> [Bool] {
    var quantized: [Bool] = []
    for id in graph.ids {
      switch graph[id].op {
      case .quantize: quantized.append(true)
      case .maxPool, .reshape, .pad, .concatenate: quantized.append(graph[id].inputs.allSatisfy { quantized[$0.index] })
      default: quantized.append(false)
      }
    }
    return quantized
  }

  private func commutes(_ op: Op, with below: NodeID, in graph: Graph) -> Bool {
    guard let behaviour = Behaviour(op) else { return false }
    let node = graph[below]
    switch node.op {
    case .maxPool: return behaviour.isIncreasing
    case .reshape: return behaviour.isUniform
    case .pad: return behaviour.mapsZeroToZero
    case .concatenate(let op): return behaviour.isUniform || op.axis != node.shape.rank - 1
    default: return false
    }
  }

  /// What an element-wise node does, as far as moving it matters.
  private struct Behaviour {
    var isIncreasing: Bool
    var isUniform: Bool
    var mapsZeroToZero: Bool

    init?(_ op: Op) {
      switch op {
      case .quantize(let op):
        isUniform = op.quantizers.count == 1
        isIncreasing = op.quantizers.allSatisfy { $0.steps.isIncreasing && $0.functions.allSatisfy(\.isIncreasing) }
        mapsZeroToZero = op.quantizers.allSatisfy { $0.code(of: 0) == $0.format.zeroPoint }
      case .elementwise(let op):
        isUniform = true
        isIncreasing = op.functions.allSatisfy(\.isIncreasing)
        mapsZeroToZero = op.functions.reduce(0) { $1($0) } == 0
      default: return nil
      }
    }
  }
}

extension RealFunction {
  /// Whether values never fall while arguments rise.
  fileprivate var isIncreasing: Bool {
    switch self {
    case .affine(let scale, _): scale.sign >= 0
    case .clip, .thresholdedReLU, .sigmoid, .tanh: true
    case .leakyReLU(let slope): slope.sign >= 0
    case .hardSwish: false
    }
  }
}
