import Diagnostics
import QIR
import Quantization

/// Gives network inputs that reach a layer unquantized a quantizer, and says so. Where the model quantizes an input behind
/// operators that only move elements, that quantizer moves up to it (`PropagateQuantizers`); functions of single numbers between
/// them are part of it already (`FoldInputFunctions`).
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
    let motion = QuantizerMotion(graph)
    var rewriter = GraphRewriter(graph)
    var quantized: [NodeID: NodeID] = [:]
    for id in graph.ids {
      let node = graph[id]
      let inputs = node.inputs.map { input in
        quantized[input].flatMap { motion.isQuantized(by: id) ? nil : $0 } ?? rewriter.copy(of: input)
      }
      try rewriter.replace(id, by: node.op, inputs: inputs)
      guard node.op is InputOp, !consumers[id.index].allSatisfy(motion.isQuantized(by:)) else { continue }
      let location = graph.location(of: id)
      quantized[id] = try rewriter.append(
        QuantizeOp(quantizer, at: location), named: "\(node.name)/quantized", inputs: [rewriter.copy(of: id)]
      )
      problems.report(
        "the network's input has no quantizer; taken as \(quantizer.kind.description)", at: location,
        fix: "put \(graph.conventions.quantizer) behind it, or say --source-quantizer", severity: .note)
    }
    return try rewriter.finish()
  }
}
