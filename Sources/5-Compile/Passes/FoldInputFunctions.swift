import Diagnostics
import Numbers
import QIR
import Quantization

/// Lets the host that makes an input's codes apply what the model does to single numbers in front of their first quantizer: batch
/// normalization, scaling, activations. Codes are those of the input as it is.
///
///     n = batch_normalization x
///     q = quantize n              ->   q = quantize x   (the normalization first)
package struct FoldInputFunctions: Pass {
  package static let name = "fold-input-functions"

  package init() {}

  package func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
    let functions = InputFunctions(graph)
    var rewriter = GraphRewriter(graph)
    for id in graph.ids {
      if let op = graph[id].op as? QuantizeOp, let found = functions.below(graph[id].inputs[0]) {
        try rewriter.replace(id, by: op.behind(found.functions), inputs: [rewriter.copy(of: found.input)])
      } else {
        try rewriter.keep(id)
      }
    }
    return try rewriter.finish()
  }
}

/// What a model makes of single numbers of its inputs before it quantizes them.
private struct InputFunctions {
  private let graph: Graph
  private let motion: QuantizerMotion

  init(_ graph: Graph) {
    self.graph = graph
    motion = QuantizerMotion(graph)
  }

  /// The input of which a node is functions, one or more, that nothing else reads, and the functions of each channel; nil where it is
  /// none.
  func below(_ id: NodeID) -> (input: NodeID, functions: PerChannel<[RealFunction]>)? {
    guard let own = graph[id].op.functions, motion.onlyReader(of: id) != nil else { return nil }
    let source = graph[id].inputs[0]
    if graph[source].op is InputOp { return (source, own) }
    return below(source).map { ($0.input, $0.functions.combined(with: own) { $0 + $1 }) }
  }
}

extension Operator {
  /// Functions of single numbers, by channel; nil for what is none.
  fileprivate var functions: PerChannel<[RealFunction]>? {
    switch self {
    case let op as ElementwiseOp: PerChannel([op.functions])
    case let op as any ChannelwiseAffine: PerChannel(op.functions.map { [$0] })
    default: nil
    }
  }
}

extension QuantizeOp {
  /// The same of what functions make of a number.
  fileprivate func behind(_ functions: PerChannel<[RealFunction]>) -> QuantizeOp {
    var op = self
    op.quantizers = functions.combined(with: quantizers) { functions, quantizer in quantizer.behind(functions) }
    op.nearest = nil
    return op
  }
}
