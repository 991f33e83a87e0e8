import Diagnostics
import Numbers
import QIR
import Quantization

/// What a network's fixed-point arithmetic comes near to, for formats that know real numbers only: quantizers that round quotients,
/// softmax of real numbers, and biases whose scales are float32 numbers.
///
///     q = quantize x (multiply, shift, round)   ->   q = quantize x (x / scale, halves to even)
package struct NearestNumbers: Pass {
  package static let name = "nearest-numbers"

  package init() {}

  package func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
    guard graph.nodes.contains(where: { $0.op.isFixedPoint }) else { return graph }
    var rewriter = GraphRewriter(graph)
    for id in graph.ids { try copy(id, &rewriter) }
    problems.report(
      "the network computes in fixed point, and the file says the real numbers that it comes near to: codes may differ by one",
      at: .init(file: graph.file), severity: .note)
    return try rewriter.finish()
  }

  private func copy(_ id: NodeID, _ rewriter: inout GraphRewriter) throws {
    let node = rewriter.source[id]
    let inputs = node.inputs.map(rewriter.copy(of:))
    if let nearest = (node.op as? QuantizeOp)?.nearest {
      var source = inputs[0]
      for (index, op) in nearest.operators.enumerated() {
        let name = index == 0 ? "\(node.name)/function" : "\(node.name)/function/\(index + 1)"
        source = try rewriter.append(op, named: name, inputs: [source])
      }
      guard let quantizer = nearest.quantizer else { return rewriter.replace(id, by: source) }
      try rewriter.replace(
        id, by: QuantizeOp(quantizer, at: rewriter.source.location(of: id)), inputs: [source])
    } else if let softmax = node.op as? SoftmaxOp, softmax.fixedPoint != nil {
      try rewriter.replace(id, by: SoftmaxOp(), inputs: inputs)
    } else if var linear = node.op as? any LinearOperator, case .quantized(var bias)? = linear.bias {
      bias.scales = bias.scales.map { Rational(Float($0.double)) }
      linear.bias = .quantized(bias)
      try rewriter.replace(id, by: linear, inputs: inputs)
    } else {
      try rewriter.keep(id)
    }
  }
}

extension Operator {
  fileprivate var isFixedPoint: Bool {
    (self as? QuantizeOp)?.nearest != nil || (self as? SoftmaxOp)?.fixedPoint != nil
  }
}
