import QIR

/// Over which operators quantizers and element-wise functions move up without changing a value.
struct QuantizerMotion {
  let graph: Graph
  private let consumers: [[NodeID]]
  private let outputs: Set<NodeID>

  init(_ graph: Graph) {
    self.graph = graph
    consumers = graph.consumers
    outputs = Set(graph.outputs)
  }

  /// The one node that reads a node's result; nil where several do, or it is handed out.
  func onlyReader(of id: NodeID) -> NodeID? {
    consumers[id.index].count == 1 && !outputs.contains(id) ? consumers[id.index][0] : nil
  }

  /// Whether a network's input, or codes, that `reader` reads are quantized there, or by a quantizer that moves up to them.
  func isQuantized(by reader: NodeID) -> Bool {
    if graph[reader].op is QuantizeOp { return true }
    return quantizer(reaching: reader).map { Self.commutes($0, with: graph[reader]) } ?? false
  }

  /// The quantizer that comes to stand right behind a node; nil where none does.
  private func quantizer(reaching id: NodeID) -> (any Operator)? {
    guard let reader = onlyReader(of: id) else { return nil }
    if graph[reader].op is QuantizeOp { return graph[reader].op }
    return quantizer(reaching: reader).flatMap { Self.commutes($0, with: graph[reader]) ? $0 : nil }
  }

  /// Whether `op` of what `below` makes is what `below` makes of `op` of its inputs.
  static func commutes(_ op: any Operator, with below: Node) -> Bool {
    guard case .function(let function) = op.motion else { return false }
    switch below.op.motion {
    case .selectsLargest: return function.isIncreasing
    case .keepsOrder: return function.isUniform
    case .surroundsWithZeros: return function.mapsZeroToZero
    case .concatenates(let axis): return function.isUniform || axis != below.shape.rank - 1
    case .function, .combines, .permutes, .mixes: return false
    }
  }
}
