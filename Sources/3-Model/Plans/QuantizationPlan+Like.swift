import Diagnostics
import QIR

extension QuantizationPlan {
  /// The widths of a quantized network with the same layers: of the same names, or else of the same kinds in the same order.
  /// What that leaves unquantized, an input or a result, gets 16 bits.
  /// - Throws: `Diagnostics` where the layers are others.
  package init(like quantized: Graph, for network: FloatNetwork) throws(Diagnostics) {
    self.init()
    let graph = network.graph
    let found = quantized.ids.filter { quantized[$0].op is any LinearOperator }
    guard
      quantized.nodes.contains(where: {
        $0.op is QuantizeOp || $0.op.parameters.contains(where: \.parameter.isQuantized)
      })
    else {
      throw Diagnostics([
        Diagnostic(
          "the network that widths come from has no quantizers", at: .init(file: quantized.file),
          supported: "a quantized network with the same layers")
      ])
    }
    let twins = try Self.twins(of: network, among: found, in: quantized)
    let roles = Roles(graph, layers: network.layers)
    let widths = Roles(quantized, layers: twins).widths(in: quantized)
    for id in network.maps {
      let bits = roles[id].flatMap { widths[$0] ?? widths[$0.withActivation(!$0.isActivated)] }
      maps[graph[id].name] = MapPlan(bits: min(bits ?? MapPlan.widths.upperBound, MapPlan.widths.upperBound))
    }
    for (id, twin) in zip(network.layers, twins) {
      guard let layer = graph[id].op as? any LinearOperator, let other = quantized[twin].op as? any LinearOperator
      else {
        continue
      }
      weights[graph[id].name] = WeightPlan(bits: min(other.kernel.bits, WeightPlan.widths.upperBound))
      if layer.bias != nil {
        biases[graph[id].name] = BiasPlan(bits: other.bias?.bits ?? BiasPlan.widths.upperBound)
      }
    }
    levelTies(of: network)
  }

  /// The layers of another graph that stand for those of the network, in their order.
  private static func twins(
    of network: FloatNetwork, among others: [NodeID], in quantized: Graph
  ) throws(Diagnostics) -> [NodeID] {
    let graph = network.graph
    func kind(_ node: Node) -> String { type(of: node.op).mnemonic }
    let named = Dictionary(
      others.map { (String(quantized[$0].name.split(separator: "/")[0]), $0) }, uniquingKeysWith: { first, _ in first })
    let byName = network.layers.compactMap { id in
      named[String(graph[id].name.split(separator: "/")[0])].flatMap {
        kind(quantized[$0]) == kind(graph[id]) ? $0 : nil
      }
    }
    if Set(byName).count == network.layers.count { return byName }
    guard others.map({ kind(quantized[$0]) }) == network.layers.map({ kind(graph[$0]) }) else {
      throw Diagnostics([
        Diagnostic(
          "\(others.count) layers: \(others.map { kind(quantized[$0]) }.runs)", at: .init(file: quantized.file),
          supported:
            "the \(network.layers.count) layers of the float network: \(network.layers.map { kind(graph[$0]) }.runs)")
      ])
    }
    return others
  }
}

/// What makes each tensor of a graph, functions and moves left out.
private struct Roles {
  struct Role: Hashable {
    /// The operator that computed it, and its number among those of its kind.
    var kind: String
    var number: Int
    /// Whether a function such as a ReLU stands between.
    var isActivated = false

    func withActivation(_ isActivated: Bool) -> Role { Role(kind: kind, number: number, isActivated: isActivated) }
  }

  private var roles: [Role?] = []

  /// - Parameter layers: in the order in which they are counted.
  init(_ graph: Graph, layers: [NodeID]) {
    let places = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($1, $0) })
    var counts: [String: Int] = [:]
    for id in graph.ids {
      let node = graph[id]
      switch node.op.motion {
      case _ where node.op is any LinearOperator:
        roles.append(places[id].map { Role(kind: "layer", number: $0) })
      case .function:
        let role = roles[node.inputs[0].index]
        roles.append(node.op is ElementwiseOp ? role?.withActivation(true) : role)
      case .keepsOrder, .permutes, .selects, .selectsLargest, .surroundsWithZeros:
        roles.append(roles[node.inputs[0].index])
      case .combines, .concatenates, .mixes:
        let kind = type(of: node.op).mnemonic
        roles.append(Role(kind: kind, number: counts[kind, default: 0]))
        counts[kind, default: 0] += 1
      }
    }
  }

  subscript(id: NodeID) -> Role? { roles[id.index] }

  /// Of a graph with quantizers; the widest where there are several.
  func widths(in graph: Graph) -> [Role: Int] {
    var widths: [Role: Int] = [:]
    for node in graph.nodes {
      guard let op = node.op as? QuantizeOp, let role = self[node.inputs[0]] else { continue }
      widths[role] = max(widths[role] ?? 0, op.bits)
    }
    return widths
  }
}

extension [String] {
  /// `conv2d, 2 dense`
  fileprivate var runs: String {
    var runs: [(count: Int, name: String)] = []
    for name in self {
      if runs.last?.name == name { runs[runs.count - 1].count += 1 } else { runs.append((1, name)) }
    }
    return runs.map { $0.count == 1 ? $0.name : "\($0.count) \($0.name)" }.joined(separator: ", ")
  }
}
