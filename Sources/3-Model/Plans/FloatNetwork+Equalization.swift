import Diagnostics
import QIR
import Quantization

/// Cross-layer equalization (Nagel et al. 2019, arXiv 1906.04721): channels of a map become alike where the layer in front divides
/// them by numbers and those behind multiply again.
extension FloatNetwork {
  /// A map that may be equalized.
  package struct Edge: Sendable {
    /// The layer whose results it has, with at most a ReLU between.
    package var producer: NodeID
    /// What takes the factors on between the map and the layers, in order: pooling, reshaping.
    package var carriers: [NodeID]
    /// The layers that read it.
    package var readers: [NodeID]
  }

  /// nil where something else reads the map, or the function in front of it does not leave positive factors as they are.
  package func edge(of map: NodeID) -> Edge? {
    var producer = map
    if let function = graph[map].op as? ElementwiseOp {
      producer = graph[map].inputs[0]
      guard function.functions.allSatisfy({ $0 == .relu }), consumers[producer.index] == [map],
        !graph.outputs.contains(producer)
      else { return nil }
    }
    guard graph[producer].op is any LinearOperator else { return nil }
    var edge = Edge(producer: producer, carriers: [], readers: [])
    return follow(map, &edge, channels: graph[map].shape.channels) && !edge.readers.isEmpty ? edge : nil
  }

  /// Whether all that reads a tensor may be part of an edge: an element's factor is that of its place among `channels`.
  private func follow(_ id: NodeID, _ edge: inout Edge, channels: Int) -> Bool {
    if graph.outputs.contains(id) { return false }
    let own = graph[id].shape.channels
    for reader in consumers[id.index] {
      let op = graph[reader].op
      if op is any LinearOperator, op is DenseOp ? own % channels == 0 : own == channels {
        edge.readers.append(reader)
      } else if op.motion.keepsOrder || own == channels && (op is AveragePoolOp || op is MaxPoolOp) {
        edge.carriers.append(reader)
        guard follow(reader, &edge, channels: channels) else { return false }
      } else {
        return false
      }
    }
    return true
  }

  /// The same network with its maps' channels divided by the factors of a plan: what the plan's codes stand for.
  package func equalized(by plan: QuantizationPlan) throws(Diagnostics) -> FloatNetwork {
    var layers: [NodeID: any LinearOperator] = [:]
    func change(_ id: NodeID, _ body: (inout any LinearOperator) -> Void) {
      guard var layer = layers[id] ?? graph[id].op as? any LinearOperator else { return }
      body(&layer)
      layers[id] = layer
    }
    for map in maps {
      guard let factors = plan.maps[graph[map].name]?.factors, !factors.isEmpty, let edge = edge(of: map) else {
        continue
      }
      change(edge.producer) { $0.divideOutputs(by: factors) }
      for reader in edge.readers { change(reader) { $0.multiplyInputs(by: factors) } }
    }
    if layers.isEmpty { return self }
    let changed = try Diagnostics.collected {
      var rewriter = GraphRewriter(graph)
      for id in graph.ids {
        try rewriter.replace(id, by: layers[id] ?? graph[id].op, inputs: graph[id].inputs.map(rewriter.copy(of:)))
      }
      return try rewriter.finish()
    }
    return try FloatNetwork(changed)
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
