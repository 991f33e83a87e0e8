import QIR

/// The layers of a graph and which reads which, as QTools sees them (`CreateGraph` in qgraph.py).
struct LayerGraph {
  private let graph: Graph
  /// The layer that each node belongs to.
  private let owner: [Int?]
  private let layers: [Layer]
  /// Whether the model's author wrote them.
  private let isWritten: Bool
  /// In the model's order, each behind those that it reads.
  private(set) var nodes: [LayerNode] = []

  init(_ model: Model) {
    graph = model.graph
    isWritten = !model.provenance.layers.isEmpty
    layers = isWritten ? model.provenance.layers : graph.layersOfNodes
    var owner = [Int?](repeating: nil, count: graph.nodes.count)
    for (index, layer) in layers.enumerated() {
      for node in layer.nodes { owner[node] = index }
    }
    self.owner = owner
    collect()
  }

  /// Of the network, not of what is missing of it.
  var inputs: [NodeID] { graph.inputs.filter { owner[$0.index] == nil } }

  private mutating func collect() {
    let kept = layers.indices.filter { layers[$0].className != "Dropout" }
    let place = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    nodes = kept.map { node(layers[$0], place) }
    var isRead = [Bool](repeating: false, count: graph.nodes.count)
    for layer in layers {
      for input in layer.inputs { isRead[plain(input).index] = true }
    }
    for layer in layers where !isRead[layer.output.index] {
      if case .layer(let last)? = source(of: layer.output, place) { nodes[last].isLast = true }
    }
  }

  private func node(_ layer: Layer, _ place: [Int: Int]) -> LayerNode {
    var edges: [LayerNode.Edge] = []
    for input in layer.inputs {
      guard let source = source(of: input, place) else { continue }
      let extents = graph[input].shape.extents
      let edge = LayerNode.Edge(
        source: source, shape: source == .networkInput ? .listed(extents) : .extents(extents))
      if let known = edges.firstIndex(where: { $0.source == source }) {
        edges[known] = edge
      } else {
        edges.append(edge)
      }
    }
    return LayerNode(
      layer: layer, edges: edges, inputShapes: layer.inputs.map { graph[$0].shape.extents },
      outputShape: graph[layer.output].shape.extents, poolSize: poolSize(of: layer),
      quantizers: quantizers(of: layer), isFirst: edges.contains { $0.source == .networkInput })
  }

  /// Those that the author wrote, or where nobody knows layers what the codes say.
  private func quantizers(of layer: Layer) -> [String: LayerNode.Quantized] {
    if !isWritten {
      return graph[layer.output].op.codedTypes.mapValues { LayerNode.Quantized(type: $0) }
    }
    return layer.quantizers.mapValues { .init(type: $0.kind.dataType, isKnown: $0.kind.isKnownToQTools) }
  }

  /// What makes a node's values, past Dropout and the ends of models within the model.
  private func source(of id: NodeID, _ place: [Int: Int]) -> LayerNode.Source? {
    var id = id
    while true {
      id = plain(id)
      guard let layer = owner[id.index] else { return .networkInput }
      if let index = place[layer] { return .layer(index) }
      guard let input = layers[layer].inputs.first else { return nil }
      id = input
    }
  }

  /// The node behind one that belongs to no layer and only gives a model within the model its name.
  private func plain(_ id: NodeID) -> NodeID {
    var id = id
    while owner[id.index] == nil, let input = graph[id].inputs.first { id = input }
    return id
  }

  private func poolSize(of layer: Layer) -> [Int]? {
    for node in layer.nodes {
      if let pool = graph.nodes[node].op as? AveragePoolOp {
        return [pool.window.size.rows, pool.window.size.columns]
      }
    }
    return nil
  }
}
