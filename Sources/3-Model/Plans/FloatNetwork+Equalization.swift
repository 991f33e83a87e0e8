import Diagnostics
import QIR
import Quantization

/// Cross-layer equalization (Nagel et al. 2019, arXiv 1906.04721): channels of maps become alike where the layers in front divide
/// them by numbers and those behind multiply again.
extension FloatNetwork {
  /// Tensors whose channels may be divided by the same factors.
  package struct Edge: Sendable {
    /// The first map among them: its factors are those of all.
    package var map: NodeID
    /// The layers that make them, or what narrows a map.
    package var producers: [NodeID]
    /// What takes the factors on between layers: ReLUs, sums, pooling, reshaping.
    package var carriers: [NodeID]
    /// The layers that read them, and what narrows them.
    package var readers: [NodeID]
    /// Whether they meet in sums: several layers make them then, as a rule.
    package var isJoined: Bool
  }

  /// The edge whose first map this is.
  package func edge(of map: NodeID) -> Edge? { edges.first { $0.map == map } }

  /// All of them, each layer's results in one at most.
  static func edges(of graph: Graph, _ consumers: [[NodeID]], maps: [NodeID]) -> [Edge] {
    var seen: Set<NodeID> = []
    return graph.ids.compactMap { id in
      guard graph[id].op.scalesChannels, !seen.contains(id) else { return nil }
      var flood = EdgeFlood(graph, consumers, channels: graph[id].shape.channels)
      flood.visit(id)
      seen.formUnion(flood.seen)
      guard flood.isPossible, !flood.readers.isEmpty, let map = maps.first(where: flood.seen.contains) else {
        return nil
      }
      let tensors = flood.seen.sorted()
      return Edge(
        map: map, producers: tensors.filter { graph[$0].op.scalesChannels },
        carriers: tensors.filter { !graph[$0].op.scalesChannels }, readers: flood.readers.sorted(),
        isJoined: tensors.contains { graph[$0].op is AddOp })
    }
  }

  /// The same network with its maps' channels divided by the factors of a plan: what the plan's codes stand for.
  package func equalized(by plan: QuantizationPlan) throws(Diagnostics) -> FloatNetwork {
    var changed: [NodeID: any Operator] = [:]
    for edge in edges {
      guard let factors = plan.maps[graph[edge.map].name]?.factors, !factors.isEmpty else { continue }
      for id in edge.producers { changed[id] = (changed[id] ?? graph[id].op).dividingOutputs(by: factors) }
      for id in edge.readers { changed[id] = (changed[id] ?? graph[id].op).multiplyingInputs(by: factors) }
    }
    if changed.isEmpty { return self }
    let equalized = try Diagnostics.collected {
      var rewriter = GraphRewriter(graph)
      for id in graph.ids {
        try rewriter.replace(id, by: changed[id] ?? graph[id].op, inputs: graph[id].inputs.map(rewriter.copy(of:)))
      }
      return try rewriter.finish()
    }
    return try FloatNetwork(equalized)
  }
}

/// Finds all tensors that have to have the factors of one of them.
private struct EdgeFlood {
  private let graph: Graph
  private let consumers: [[NodeID]]
  private let channels: Int
  private(set) var seen: Set<NodeID> = []
  private(set) var readers: Set<NodeID> = []
  /// False where something makes or reads them that knows no factors.
  private(set) var isPossible = true

  /// - Parameter channels: an element's factor is that of its place among so many.
  init(_ graph: Graph, _ consumers: [[NodeID]], channels: Int) {
    (self.graph, self.consumers, self.channels) = (graph, consumers, channels)
  }

  mutating func visit(_ id: NodeID) {
    guard seen.insert(id).inserted else { return }
    let own = graph[id].shape.channels
    if graph.outputs.contains(id) { isPossible = false }
    if graph[id].op.scalesChannels {
      isPossible = isPossible && own == channels
    } else if carries(id) {
      for input in graph[id].inputs { visit(input) }
    } else {
      isPossible = false
    }
    for reader in consumers[id.index] {
      let op = graph[reader].op
      guard op.scalesChannels else {
        visit(reader)
        continue
      }
      isPossible = isPossible && (op is DenseOp ? own % channels == 0 : own == channels)
      readers.insert(reader)
    }
  }

  /// Whether an operator of divided channels makes the same divided.
  private func carries(_ id: NodeID) -> Bool {
    let op = graph[id].op
    if let function = op as? ElementwiseOp { return function.functions.allSatisfy { $0 == .relu } }
    return op.motion.keepsOrder
      || graph[id].shape.channels == channels && (op is AddOp || op is AveragePoolOp || op is MaxPoolOp)
  }
}

extension Operator {
  /// Whether it may divide the channels of its results, and multiply those of its inputs, by anything: a layer, whose weights
  /// take that, or what narrows a map, whose requantization does.
  fileprivate var scalesChannels: Bool {
    self is any LinearOperator || (self as? ElementwiseOp)?.functions.isEmpty ?? false
  }

  fileprivate func dividingOutputs(by factors: [Float]) -> any Operator {
    guard var layer = self as? any LinearOperator else { return scaling(by: factors.map { 1 / Double($0) }) }
    layer.divideOutputs(by: factors)
    return layer
  }

  fileprivate func multiplyingInputs(by factors: [Float]) -> any Operator {
    guard var layer = self as? any LinearOperator else { return scaling(by: factors.map { Double($0) }) }
    layer.multiplyInputs(by: factors)
    return layer
  }

  /// What narrows a map, with a gain per channel.
  private func scaling(by factors: [Double]) -> BatchNormalizationOp {
    let gains = (self as? BatchNormalizationOp)?.gains ?? factors.map { _ in 1 }
    return BatchNormalizationOp(
      gamma: zip(gains, factors).map { Double(Float($0 * $1)) }, beta: nil, mean: factors.map { _ in 0 },
      variance: factors.map { _ in 1 }, epsilon: 0)
  }
}

extension Motion {
  fileprivate var keepsOrder: Bool {
    if case .keepsOrder = self { true } else { false }
  }
}

extension LinearOperator {
  private var groups: Int {
    switch kind {
    case .convolution(let op): op.groups
    case .depthwiseConvolution: kernel.shape[2]
    default: 1
    }
  }

  fileprivate mutating func divideOutputs(by factors: [Float]) {
    let (weights, channels) = (kernel.values, outputChannels)
    kernel = .real(weights.indices.map { Float(weights[$0] / Double(factors[$0 % channels])) }, shape: kernel.shape)
    bias = bias.map { .real(zip($0.values, factors).map { Float($0 / Double($1)) }, shape: $0.shape) }
  }

  fileprivate mutating func multiplyInputs(by factors: [Float]) {
    kernel = .real(weights(forInputsDividedBy: factors).map { Float($0) }, shape: kernel.shape)
  }

  /// The weights that make the same of inputs whose channels were divided.
  ///
  /// - Parameter factors: one per input channel, or none.
  package func weights(forInputsDividedBy factors: [Float]) -> [Double] {
    let weights = kernel.values
    guard !factors.isEmpty else { return weights }
    let outputs = outputChannels / groups
    let inputs = factors.count / groups
    return weights.indices.map { index in
      let (term, channel) = index.quotientAndRemainder(dividingBy: outputChannels)
      return weights[index] * Double(factors[channel / outputs * inputs + term % inputs])
    }
  }
}
