import QIR

/// Between which numbers the values of a node lie, in double precision.
struct ValueBounds {
  private let graph: Graph

  init(_ graph: Graph) {
    self.graph = graph
  }

  /// nil where nothing bounds them.
  func bounds(of id: NodeID) -> ClosedRange<Double>? {
    let node = graph[id]
    var inputs: [ClosedRange<Double>] = []
    // Codes are bounded whatever becomes them.
    for input in node.op is QuantizeOp ? [] : node.inputs {
      guard let bounds = bounds(of: input) else { return nil }
      inputs.append(bounds)
    }
    return node.op.range(of: inputs)
  }
}
