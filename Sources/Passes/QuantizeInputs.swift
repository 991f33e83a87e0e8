import Diagnostics
import QIR
import Quantization

/// Gives network inputs that reach a layer unquantized a quantizer, and says so.
///
///     x = input                 x = input
///     y = dense x         ->    x/quantized = quantize x
///                               y = dense x/quantized
package struct QuantizeInputs: Pass {
  package static let name = "quantize-inputs"
  package var quantizer: Quantizer

  package init(quantizer: Quantizer) {
    self.quantizer = quantizer
  }

  package func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
    let consumers = graph.consumers
    var rewriter = GraphRewriter(graph)
    var quantized: [NodeID: NodeID] = [:]
    for id in graph.ids {
      let node = graph[id]
      if endsInQuantizers(id, graph, consumers) {
        try rewriter.keep(id)
      } else {
        let inputs = node.inputs.map { quantized[$0] ?? rewriter.copy(of: $0) }
        try rewriter.replace(id, by: node.op, inputs: inputs)
      }
      guard case .input = node.op, consumers[id.index].contains(where: { !endsInQuantizers($0, graph, consumers) })
      else {
        continue
      }
      let location = graph.location(of: id)
      quantized[id] = try rewriter.append(
        .quantize(QuantizeOp(quantizer, at: location)), named: "\(node.name)/quantized", inputs: [rewriter.copy(of: id)]
      )
      problems.report(
        Diagnostic(
          "the network's input has no quantizer; taken as \(quantizer.kind.description)", at: location,
          fix: "put \(graph.format.quantizer) behind it, or say --source-quantizer", severity: .note))
    }
    return rewriter.finish()
  }

  /// Whether a node is a quantizer, or only moves elements that quantizers alone read.
  private func endsInQuantizers(_ id: NodeID, _ graph: Graph, _ consumers: [[NodeID]]) -> Bool {
    switch graph[id].op {
    case .quantize: true
    case .identity, .reshape, .transpose:
      !consumers[id.index].isEmpty && !graph.outputs.contains(id)
        && consumers[id.index].allSatisfy { endsInQuantizers($0, graph, consumers) }
    default: false
    }
  }
}
