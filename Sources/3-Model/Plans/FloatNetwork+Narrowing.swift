import Diagnostics
import QIR

/// Maps that sums and layers read, wide for the sums, which multiply them with nothing, and quantized once more for the layers.
extension FloatNetwork {
  /// The same network with a map of its own, `map/narrowed`, for what layers read of a map that sums read as well, where all
  /// that meets it there may be wide then.
  package func narrowed(to widths: PlanWidths) throws(Diagnostics) -> FloatNetwork {
    guard widths.sumMaps ?? 0 > widths.maps else { return self }
    let names = maps.filter(isShared).map { graph[$0].name }
    let network = try narrowed(Set(names))
    let summed = Set(network.mapsOfSumsAlone.map { network.graph[$0].name })
    return try narrowed(summed.intersection(names))
  }

  /// Narrowed as the maps are that a plan names.
  func narrowed(by plan: QuantizationPlan) throws(Diagnostics) -> FloatNetwork {
    try narrowed(Set(maps.map { graph[$0].name }.filter { plan.maps[Self.narrowed($0)] != nil }))
  }

  private func narrowed(_ names: Set<String>) throws(Diagnostics) -> FloatNetwork {
    if names.isEmpty { return self }
    let narrowed = try Diagnostics.collected {
      var rewriter = GraphRewriter(graph)
      var narrow: [NodeID: NodeID] = [:]
      for id in graph.ids {
        let op = graph[id].op
        let inputs = graph[id].inputs.map { (op.readsNarrowed ? narrow[$0] : nil) ?? rewriter.copy(of: $0) }
        try rewriter.replace(id, by: op, inputs: inputs)
        guard names.contains(graph[id].name) else { continue }
        narrow[id] = try rewriter.append(
          ElementwiseOp([]), named: Self.narrowed(graph[id].name), inputs: [rewriter.copy(of: id)])
      }
      return try rewriter.finish()
    }
    return try FloatNetwork(narrowed)
  }

  /// Whether sums read a map, and something else that would read it narrowed.
  private func isShared(_ id: NodeID) -> Bool {
    let readers = consumers[id.index].map { graph[$0].op }
    return !(graph[id].op is InputOp) && !graph.outputs.contains(id) && readers.contains { $0 is AddOp }
      && readers.contains(where: \.readsNarrowed)
  }

  private static func narrowed(_ map: String) -> String { "\(map)/narrowed" }
}

extension Operator {
  /// Sums need no narrow codes, and what functions make is quantized itself.
  fileprivate var readsNarrowed: Bool {
    switch motion {
    case .combines, .function: false
    case .keepsOrder, .permutes, .selects, .concatenates, .selectsLargest, .surroundsWithZeros, .mixes: true
    }
  }
}
